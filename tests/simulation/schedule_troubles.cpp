// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What happens to a story's host, and who gives orders on it.

#include "simulation/schedule.h"

#include <algorithm>

namespace liveness::simulation {

using namespace std::chrono_literals;
using fakes::available;
using fakes::HostSession;
using fakes::unavailable;

void Schedule::troubleTheHost() {
  switch (random_.below(10)) {
    case 0: {
      const Duration away = random_.between(2s, random_.percent(50) ? Duration(20s) : Duration(2h));
      say("the host stalls for " +
          std::to_string(std::chrono::duration_cast<std::chrono::seconds>(away).count()) + " s");
      world_->stall(away);
      // Either the timer has its turn first, or what had arrived in the meantime.
      if (random_.percent(50)) tick();
      return;
    }
    case 1: {
      const auto jump = std::chrono::duration_cast<std::chrono::milliseconds>(random_.between(0s, 48h)) - 24h;
      say("the date is set by " + std::to_string(jump.count()) + " ms");
      oracle_->dateSet();
      return world_->clock.setDate(jump);
    }
    case 2: {
      const std::string whose = "user" + std::to_string(random_.below(users_)) + "@example.org";
      say("somebody asks for the last seen of " + whose);
      ++asked_;
      return world_->plugin.findLastSeen(world_->now(), whose, [this, whose](const auto& answer) {
        --asked_;
        oracle_->checkLastSeen(whose, answer);
      });
    }
    case 9: {
      const std::string whose = "user" + std::to_string(random_.below(users_)) + "@example.org";
      say("the account of " + whose + " is deleted");
      oracle_->forgetting(whose);
      return world_->plugin.forgetUser(world_->now(), whose);
    }
    case 3:
      world_->host.deaf_to_closing = !world_->host.deaf_to_closing;
      return say(world_->host.deaf_to_closing ? "the host no longer closes streams"
                                              : "the host closes streams again");
    case 4:
      world_->store.has_room = !world_->store.has_room;
      return say(world_->store.has_room ? "the store has room again"
                                        : "the store has no room for checkpoints");
    case 6:
      world_->store.database_is_away = !world_->store.database_is_away;
      return say(world_->store.database_is_away ? "the database is away" : "the database is back");
    case 7:
      return reload();
    case 5:
      say("the database has lost who is here");
      world_->store.logins_lost = true;
      return;
    default:
      if (!world_->host.closings_wait) return;
      say("waiting closes are carried out");
      world_->host.closings_wait = false;
      world_->host.run();
      world_->host.closings_wait = true;
  }
}

void Schedule::reload() {
  if (random_.percent(50)) {
    policy_.held_presence =
        random_.of<HeldPresence>({HeldPresence::unavailable, HeldPresence::away, HeldPresence::keep});
    policy_.held_grace = random_.of<std::chrono::milliseconds>({0s, 1s, 5s, 60s});
    policy_.checkpoint_interval = random_.of<std::chrono::milliseconds>({1s, 10s, 60s, 3600s});
  }
  takeRules();
}

void Schedule::changeRules() {
  do changeRule();
  while (rules_random_.percent(40));
  takeRules();
}

void Schedule::changeRule() {
  Random& dice = rules_random_;
  const auto a_little = [&](std::chrono::milliseconds timeout) {
    const auto tenths = static_cast<std::int64_t>(dice.of<std::uint64_t>({5, 8, 9, 11, 12, 20}));
    return timeout == 0ms ? timeout : std::clamp<std::chrono::milliseconds>(timeout * tenths / 10, 1s, 1800s);
  };
  switch (dice.below(9)) {
    case 0:
      policy_.idle_timeout =
          dice.of<std::chrono::milliseconds>({0s, 1s, 2s, 4s, 10s, 13'370ms, 20s, 31s, 60s, 360s});
      return;
    case 1:
    case 2:
      policy_.idle_timeout = a_little(policy_.idle_timeout);
      return;
    case 3:
      policy_.inactive_idle_timeout = dice.of<std::chrono::milliseconds>({0s, 5s, 20s, 120s, 1800s});
      return;
    case 4:
      policy_.inactive_idle_timeout = a_little(policy_.inactive_idle_timeout);
      return;
    case 5:
      policy_.ping_attempts = dice.of<std::uint32_t>({1, 2, 2, 3, 7, 10});
      return;
    case 6:
      policy_.ping = !policy_.ping;
      return;
    case 7:
      policy_.mass_minimum = dice.of<std::uint32_t>({1, 2, 3, 20});
      policy_.mass_share = dice.of<double>({0, 0.1, 0.5, 1});
      return;
    default:
      policy_.logout_rate = dice.of<std::uint32_t>({1, 2, 100});
  }
}

void Schedule::takeRules() {
  const char* const views[] = {"unavailable", "away", "keep"};
  say("the module is reloaded: held_presence " + std::string(views[static_cast<int>(policy_.held_presence)]) +
      ", held_grace " + std::to_string(policy_.held_grace.count()) + " ms, idle timeout " +
      std::to_string(policy_.idle_timeout.count()) + " ms, inactive " +
      std::to_string(policy_.inactive_idle_timeout.count()) + " ms, " +
      (policy_.ping ? std::to_string(policy_.ping_attempts) + " probes" : "no ping") + ", a mass from " +
      std::to_string(policy_.mass_minimum) + " on, " + std::to_string(policy_.logout_rate) +
      " logouts a second");
  oracle_->rulesChange(policy_);
  world_->plugin.setPolicy(world_->now(), policy_);
}

void Schedule::operate() {
  // Of those who are here, or who were.
  const SessionId id = random_.percent(80) || handles_.empty() ? somebody() : random_.of(handles_).session;
  if (random_.percent(70)) {
    say("the operator wants a sign of life of " + name(id));
    const Oracle::Answer right = oracle_->expectProbe(id);
    return oracle_->checkAnswer(right, world_->plugin.probe(world_->now(), id), "a probe");
  }
  say("the operator disconnects " + name(id));
  world_->host.cause_of_ending = random_.of<Cause>({Cause::kicked, Cause::connection_lost, Cause::timed_out});
  const Oracle::Answer right = oracle_->expectEnd(id);
  oracle_->checkAnswer(right, world_->plugin.disconnect(world_->now(), id), "an end");
}

void Schedule::sendStale() {
  const OldHandle& old = random_.of(handles_);
  if (old.replaced || world_->host.find(old.session) == nullptr) old.heard.at(world_->now().monotonic);
  const SessionId id = old.session;
  if (world_->host.find(id) != nullptr) return;
  say("something is said of a session that has gone");
  const Now now = world_->now();
  world_->host.onStanzaReceived(now, id, Stanza(random_.percent(50) ? available() : unavailable("stale")));
  if (random_.percent(50)) world_->host.onStreamHeld(now, id, StreamHeld{});
  if (random_.percent(50)) world_->host.onStreamResumed(now, id);
  world_->host.onStreamClosed(now, id, StreamClosed{Cause::kicked});
}

}  // namespace liveness::simulation
