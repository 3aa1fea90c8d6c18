// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/prosody/instance.h"

#include "hosts/clock.h"
#include "store/soci_store.h"

namespace liveness::hosts::prosody {

namespace {

constexpr char kPrefix[] = "liveness_";

// mod_presence sends the unavailable presence of a session that ends (its resource-unbind handler). A probe
// or a logout costs Prosody some tenths of a millisecond: this many keep a tick below ten.
constexpr Host::Capabilities kCapabilities{true, 24};

}  // namespace

void Instance::create(std::string domain) {
  policy = Policy::fromOptions(options, kPrefix);
  if (policy.store.empty()) policy.store = default_store;
  store = store::openStore(policy.store);
  host = std::make_unique<QueuedHost>(std::move(domain), kCapabilities);
  plugin = std::make_unique<Plugin>(*host, *store, policy);
}

bool Instance::configure() {
  Policy changed = Policy::fromOptions(options, kPrefix);
  if (changed.store.empty()) changed.store = default_store;
  if (changed.store != policy.store) return false;
  policy = std::move(changed);
  plugin->setPolicy(policy);
  return true;
}

void Instance::close(bool log_out_everybody) {
  if (plugin == nullptr) return;
  if (log_out_everybody) plugin->stop(readClocks());
  if (log_out_everybody && !started) store->start();  // whatever is on record must reach the disk
  store->stop();
  store->poll();
  for (Notice& n : store->takeNotices()) notices.push_back(std::move(n));
  plugin.reset();
  store.reset();
  host.reset();
}

}  // namespace liveness::hosts::prosody
