// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/crowd.h"

#include <memory>
#include <stdexcept>
#include <utility>

namespace liveness::e2e {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using support::RawClient;

int between(int low, int high, std::mt19937& random) {
  return std::uniform_int_distribution<int>(low, high)(random);
}

}  // namespace

Crowd::Crowd(support::Endpoint server, const std::vector<std::string>& names, std::uint32_t seed,
             Ledger& ledger)
    : server_(std::move(server)), ledger_(ledger) {
  for (const auto& name : names) users_.emplace_back([this, name, seed] { live(name, seed); });
}

Crowd::~Crowd() {
  goHome();
}

void Crowd::goHome() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  going_home_.notify_all();
  for (auto& user : users_) user.join();
  users_.clear();
}

std::vector<std::string> Crowd::names(const std::string& prefix, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back(prefix + std::to_string(i));
  return names;
}

void Crowd::rest(milliseconds span) {
  std::unique_lock lock(mutex_);
  going_home_.wait_for(lock, span, [this] { return over_; });
}

void Crowd::comeAtMost(int times) {
  const std::lock_guard lock(mutex_);
  at_most_ = times;
  ++limits_;
}

/// `logins`: since the limit was set.
bool Crowd::mayCome(unsigned& limit, int& logins) {
  const std::lock_guard lock(mutex_);
  if (over_) return false;
  if (std::exchange(limit, limits_) != limits_) logins = 0;
  return at_most_ < 0 || logins < at_most_;
}

void Crowd::live(const std::string& name, std::uint32_t seed) {
  std::seed_seq mixed(name.begin(), name.end());
  std::mt19937 random(mixed);
  random.discard(seed % 100'000);
  unsigned limit = 0;
  int logins = 0;
  for (int serial = 1;; ++serial) {
    while (!mayCome(limit, logins)) {
      rest(20ms);
      const std::lock_guard lock(mutex_);
      if (over_) return;
    }
    try {
      visit(name, serial, random, logins);
    } catch (const std::runtime_error&) {
      rest(20ms);  // the server is away, or goes away just now
    }
  }
}

void Crowd::visit(const std::string& name, int serial, std::mt19937& random, int& logins) {
  const std::string jid = name + "@localhost", resource = "r" + std::to_string(serial);
  RawClient client(server_);
  client.logIn(name, "secret", "localhost", resource);
  ledger_.begin(jid, resource);
  client.send("<presence/>");
  if (!client.roundTrip()) return;
  ledger_.confirm(jid);
  ++logins;
  ++logins_;

  std::unique_ptr<RawClient> second;
  if (between(1, 4, random) == 1) {
    second = std::make_unique<RawClient>(server_);
    second->logIn(name, "secret", "localhost", resource + "b");
    if (!client.roundTrip()) return;  // there may have been another start of the server in between
    ledger_.say(jid);
    second->send("<presence/>");
    if (!second->roundTrip()) return;
    ledger_.answered(jid);
  }

  // A third of them stays long; of these, every second one is silent.
  const bool stays = between(1, 3, random) == 1;
  const bool silent = stays && between(1, 2, random) == 1;
  const auto over = [this] {
    const std::lock_guard lock(mutex_);
    return over_;
  };
  for (int words = stays ? between(8, 30, random) : between(1, 4, random); words > 0 && !over(); --words) {
    client.listen(milliseconds{between(50, 300, random)});
    if (client.ended()) return;
    if (silent) continue;
    ledger_.say(jid);
    if (!client.roundTrip()) return;
    ledger_.answered(jid);
  }
  if (!second) return leave(client, jid, serial, random);

  // Who goes first, goes unnoticed. But the words are the login's, unless the other one says some.
  const bool first_stays = between(1, 2, random) == 1;
  RawClient& first_to_go = first_stays ? *second : client;
  const std::string words = "first-words-" + std::to_string(serial) + "-of-" + jid;
  ledger_.firstLeaves(jid, words);
  first_to_go.send("<presence type='unavailable'><status>" + words + "</status></presence>");
  if (!first_to_go.roundTrip()) return;
  ledger_.firstLeft(jid);
  leave(first_stays ? client : *second, jid, serial, random);
}

void Crowd::leave(RawClient& client, const std::string& jid, int serial, std::mt19937& random) {
  const std::string status = "words-" + std::to_string(serial) + "-of-" + jid;
  switch (between(1, 4, random)) {
    case 1:
      ledger_.leave(jid, "logged_out", status);
      client.send("<presence type='unavailable'><status>" + status + "</status></presence>");
      if (client.roundTrip()) ledger_.left(jid);
      break;
    case 2:
      ledger_.leave(jid, "logged_out", "");
      client.send("<presence type='unavailable'/>");
      if (client.roundTrip()) ledger_.left(jid);
      break;
    case 3:
      ledger_.leave(jid, "logged_out", "");
      client.send("</stream:stream>");
      client.listen(8s);  // for the server's own
      if (!client.receivedThat("</stream:stream>").empty()) ledger_.left(jid);
      break;
    default:
      ledger_.leave(jid, "connection_lost", "");
      client.socket().reset();
      ledger_.left(jid);
  }
}

}  // namespace liveness::e2e
