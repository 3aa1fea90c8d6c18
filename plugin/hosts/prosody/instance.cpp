// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/prosody/instance.h"

#include <utility>

#include "hosts/clock.h"
#include "hosts/prosody/own_options.h"
#include "hosts/store_timing.h"
#include "store/soci_store.h"

namespace liveness::hosts::prosody {

namespace {

// mod_presence sends the unavailable presence of a session that ends (its resource-unbind handler). A probe
// or a logout costs Prosody some tenths of a millisecond: this many keep a tick below ten.
constexpr Host::Capabilities kCapabilities{true, 24};

/// A text that is right for Policy may name no store all the same.
void checkStore(const std::string& connection_string) {
  try {
    store::checkConnectionString(connection_string);
  } catch (const store::StoreError& e) {
    throw OptionError("bad value of option " + std::string(kOptionPrefix) + "store: " + e.what());
  }
}

}  // namespace

Policy Instance::judgedPolicy() const {
  Policy judged = Policy::fromOptions(options, kOptionPrefix, ownOptions());
  if (judged.store.empty())
    judged.store = defaults.store;
  else
    checkStore(judged.store);
  if (judged.node.empty()) judged.node = defaults.node;
  return judged;
}

void Instance::create(std::string domain) {
  policy = judgedPolicy();
  store = store::openStore(policy.store, {policy.node, domain, defaults.spool_path}, storeTiming());
  host = std::make_unique<ProsodyHost>(std::move(domain), kCapabilities);
  plugin = std::make_unique<Plugin>(*host, *store, policy);
  began_at = readClocks().utc;
}

void Instance::judge() const {
  judgedPolicy();
}

bool Instance::configure() {
  Policy changed = judgedPolicy();
  if (changed.store != policy.store || changed.node != policy.node) return false;
  policy = std::move(changed);
  plugin->setPolicy(readClocks(), policy);
  return true;
}

bool Instance::findLastSeen(std::string bare_jid, std::uint64_t token) {
  // Whether the call still stands is asked of the token, and not of a variable of the call: the callback
  // lives on in the store when it does not.
  asking = token;
  const auto found = [this, token](std::optional<LastSeen> seen) {
    if (asking == token) {
      asking = 0;
      answer = {token, std::move(seen)};
    } else {
      answers.push_back({token, std::move(seen)});
    }
  };
  try {
    plugin->findLastSeen(readClocks(), std::move(bare_jid), found);
  } catch (...) {
    asking = 0;
    throw;
  }
  return std::exchange(asking, 0) == 0;
}

void Instance::close(bool log_out_everybody) {
  if (plugin == nullptr) return;
  if (log_out_everybody) plugin->stop(readClocks());
  store->stop();
  store->poll();
  for (Notice& n : store->takeNotices()) notices.push_back(std::move(n));
  plugin.reset();
  store.reset();
  host.reset();
}

}  // namespace liveness::hosts::prosody
