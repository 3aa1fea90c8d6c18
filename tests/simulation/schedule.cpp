// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "simulation/schedule.h"

#include <algorithm>
#include <utility>

namespace liveness::simulation {

using namespace std::chrono_literals;
using fakes::available;
using fakes::HostSession;
using fakes::unavailable;

Schedule::Schedule(std::uint64_t seed, bool trace)
    : random_(seed),
      trace_(trace),
      has_operator_((seed + 1) % 8 < 2),
      rules_random_(seed ^ (std::uint64_t{1} << 40)),
      changes_rules_(rules_random_.below(8) == 0) {
  kind_ = fakes::kEveryHost[random_.below(fakes::kEveryHost.size())];
  kind_.commands_per_tick = random_.of<std::uint32_t>({1, 2, 64, 64});
  policy_.idle_timeout =
      random_.of<std::chrono::milliseconds>({1s, 2s, 4s, 10s, 11s, 13'370ms, 20s, 20s, 31s, 60s, 360s});
  if (random_.percent(3)) policy_.idle_timeout = 0s;
  policy_.ping = !random_.percent(10);
  policy_.checkpoint_interval =
      random_.of<std::chrono::milliseconds>({1s, 5s, 10s, 60s, 60s, 60s, 60s, 3600s});
  policy_.inactive_idle_timeout = random_.of<std::chrono::milliseconds>({0s, 5s, 20s, 120s, 1800s});
  policy_.held_presence =
      random_.of<HeldPresence>({HeldPresence::unavailable, HeldPresence::away, HeldPresence::keep});
  policy_.held_grace = random_.of<std::chrono::milliseconds>({0s, 1s, 5s, 60s});
  policy_.mass_minimum = random_.of<std::uint32_t>({1, 2, 3, 20, 20, 20});
  policy_.mass_share = random_.of<double>({0, 0.1, 0.5, 1});
  policy_.logout_rate = random_.of<std::uint32_t>({1, 2, 100, 100});
  policy_.ping_attempts = random_.of<std::uint32_t>({1, 2, 2, 2, 3, 7, 10});
  users_ = 1 + random_.below(4);
  resources_ = 1 + random_.below(3);

  // Now and then where the table's sixteenths of a second wrap around.
  auto start = MonotonicTime(100h + random_.between(0s, 10s));
  if (random_.percent(10))
    start = MonotonicTime(std::chrono::seconds((1ll << 32) / 16) - random_.between(0s, 600s));
  world_ = std::make_unique<fakes::World>(kind_, policy_, fakes::VirtualClock(start));
  if (random_.percent(25)) world_->ticks_late_by = random_.between(0s, 200ms);
  // In some stories so late that each tick ends a stall.
  if (seed % 16 == 3) world_->ticks_late_by = Random(~seed).between(320ms, seed % 32 == 3 ? 400ms : 3s);
  oracle_ = std::make_unique<Oracle>(*world_, policy_);
  world_->host.closings_wait = kind_.queues && random_.percent(50);
  world_->host.wire_of = [this](SessionId, auto) {
    return random_.of<Wire>({Wire::unknown, Wire::answering, Wire::silent});
  };
  world_->host.when_told_to_close = [this](SessionId id) {
    if (random_.percent(30)) comeBack(id);
  };
  world_->host.when_probed = [this](SessionId id, const Probe& probe) { handleProbe(id, probe.number); };

  description_ = std::string(kind_.name) + ", " + std::to_string(kind_.commands_per_tick) +
                 " commands a tick, idle timeout " + std::to_string(policy_.idle_timeout.count()) + " ms, " +
                 (policy_.ping ? std::to_string(policy_.ping_attempts) + " probes, " : "no ping, ") +
                 std::to_string(users_) + " users with " + std::to_string(resources_) + " resources" +
                 (world_->host.closings_wait ? ", closes take their time" : "") +
                 (has_operator_ ? ", an operator" : "") + (changes_rules_ ? ", rules that change" : "");
}

bool Schedule::play() {
  const std::uint64_t length = 20 + random_.below(40);
  if (random_.percent(2) || (changes_rules_ && rules_random_.percent(15))) openCrowd();
  while (steps_ < length && complaint().empty()) {
    step();
    if (has_operator_ && complaint().empty() && random_.percent(25)) operate();
    if (changes_rules_ && complaint().empty() && rules_random_.percent(15)) changeRules();
    ++steps_;
    world_->host.run();
    oracle_->afterStep();
    if (random_.percent(25)) oracle_->checkTable();
  }
  if (complaint().empty()) end();
  return complaint().empty();
}

void Schedule::step() {
  const std::uint64_t dice = random_.below(100);
  const SessionId id = somebody();
  if (dice < 15 || !id) {
    openSomebody();
  } else if (dice < 55) {
    actOn(id);
  } else if (dice < 60) {
    troubleTheHost();
  } else if (dice < 65) {
    sendStale();
  } else {
    pass(someTime());
  }
}

/// More than fall due together without their probes being spread.
void Schedule::openCrowd() {
  say("forty clients bind");
  for (int i = 0; i < 40; ++i) open("crowd" + std::to_string(i), "r");
}

void Schedule::openSomebody() {
  open("user" + std::to_string(random_.below(users_)), "r" + std::to_string(random_.below(resources_)));
}

void Schedule::open(const std::string& user, const std::string& resource) {
  const bool resumable = random_.percent(25);
  if (random_.percent(5)) return adopt(user, resource, resumable);
  const bool told = !random_.percent(10);
  say(user + "/" + resource + (resumable ? " binds, resumable" : " binds") +
      (told ? "" : ", and nobody says what became of the older one"));
  const SessionId id = told ? world_->host.open(user, resource, resumable)
                            : world_->host.openUntold(user, resource, resumable);
  meet(id, user, resource);
  if (random_.percent(70)) world_->host.present(id, available());
}

/// As if the plugin had been loaded just now.
void Schedule::adopt(const std::string& user, const std::string& resource, bool resumable) {
  const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(random_.between(0s, 3h));
  say(user + "/" + resource + " was there, last heard " + std::to_string(ago.count()) + " ms ago");
  const UtcTime heard = world_->now().utc - ago;
  const SessionId id = world_->host.adopt(user, resource, resumable, heard);
  meet(id, user, resource);
  if (random_.percent(70)) world_->host.presentUnheard(id, available());
  if (!resumable || random_.percent(50)) return;
  say("and held");
  world_->host.hold(id, StreamHeld{heard + ago * random_.below(5) / 4});
}

void Schedule::meet(SessionId id, const std::string& user, const std::string& resource) {
  manners_[id.toInteger()] =
      random_.of<Manner>({Manner::answers, Manner::answers_late, Manner::makes_noise, Manner::is_dead});
  handles_.push_back({id, world_->plugin.heard(id), false});
  names_[id.toInteger()] = {user, resource};
}

void Schedule::actOn(SessionId id) {
  if (random_.percent(60))
    speak(id);
  else
    changeStream(id);
}

void Schedule::speak(SessionId id) {
  if (world_->host.find(id)->held) return;
  switch (random_.below(7)) {
    case 6: {
      const bool active = random_.percent(50);
      say(name(id) + (active ? " is active" : " is inactive"));
      return world_->host.setActive(id, active);
    }
    case 0:
      say(name(id) + " enables resumption");
      return world_->host.enableResumption(id);
    case 1:
      say(name(id) + " is available");
      return world_->host.present(id, available("here", Show::chat));
    case 2:
      say(name(id) + " is unavailable");
      return world_->host.present(id, unavailable("bye", random_.percent(50) ? "<presence/>" : ""));
    case 3:
      say(name(id) + " answers a probe that nobody sent");
      return world_->host.answer(id, static_cast<std::uint32_t>(random_.below(20)));
    case 4:
      if (!world_->host.find(id)->presence && random_.percent(20)) {
        say(name(id) + " is found available");
        return world_->host.presentUnheard(id, available());
      }
      say(name(id) + " changes its manners");
      manners_[id.toInteger()] = random_.percent(50) ? Manner::answers : Manner::is_dead;
      return;
    default:
      say(name(id) + " is heard");
      return world_->host.hear(id);
  }
}

void Schedule::changeStream(SessionId id) {
  switch (random_.below(6)) {
    case 0:
    case 1:
      say(name(id) + "'s network goes");
      return world_->host.lose(id);
    case 2:
    case 3: {
      const HostSession* who = world_->host.find(id);
      if (!who->resumable) return;
      handles_.push_back({id, who->heard, true});
      say(name(id) + " is resumed");
      return world_->host.resume(id);
    }
    case 4:
      if (!world_->host.find(id)->held) return;
      say(name(id) + "'s hold runs out");
      return world_->host.close(id, random_.percent(50) ? Cause::hold_expired : Cause::connection_lost);
    default:
      say(name(id) + " is kicked");
      return world_->host.close(id, Cause::kicked);
  }
}

void Schedule::handleProbe(SessionId id, std::uint32_t number) {
  say(name(id) + " is probed");
  const auto answer = [this, id, number] {
    const HostSession* who = world_->host.find(id);
    if (who == nullptr || who->held || !oracle_->knows(id)) return;
    say(name(id) + " answers");
    world_->host.answer(id, number);
  };
  switch (manners_[id.toInteger()]) {
    case Manner::answers:
      return answer();
    case Manner::answers_late:
      return later(random_.between(0s, policy_.idle_timeout), answer);
    case Manner::makes_noise:
      if (oracle_->knows(id)) world_->host.hear(id);
      return;
    case Manner::is_dead:
      if (!random_.percent(20)) return;
      say(name(id) + "'s network turns out to be gone");
      world_->host.lose(id);
      if (random_.percent(50)) comeBack(id);
      return;
  }
}

void Schedule::comeBack(SessionId id) {
  const auto [user, resource] = names_[id.toInteger()];
  const Duration soon = random_.percent(50) ? Duration(0) : random_.between(0s, 100ms);
  later(soon, [this, user = user, resource = resource] { open(user, resource); });
}

void Schedule::pass(Duration time) {
  const MonotonicTime until = world_->now().monotonic + time;
  while (complaint().empty()) {
    const MonotonicTime next_tick =
        std::max(world_->host.wake + world_->ticks_late_by, world_->now().monotonic);
    const MonotonicTime next_entry = agenda_.empty() ? MonotonicTime::max() : agenda_.begin()->first;
    if (std::min(next_tick, next_entry) > until) break;
    world_->clock.advanceTo(std::min(next_tick, next_entry));
    if (next_entry <= next_tick) {
      const auto what = std::move(agenda_.extract(agenda_.begin()).mapped());
      what();
    } else {
      tick();
      world_->clock.advance(world_->tick_cost);
    }
  }
  world_->clock.advanceTo(until);
}

void Schedule::tick() {
  oracle_->beforeTick();
  world_->tick();
  oracle_->afterTick();
}

void Schedule::end() {
  world_->store.database_is_away = false;
  world_->host.deaf_to_closing = false;
  world_->host.closings_wait = false;
  world_->host.run();
  oracle_->afterStep();
  oracle_->checkTable();
  if (!complaint().empty()) return;
  if (random_.percent(50)) {
    say("the server stops");
    oracle_->expectStop();
    const std::size_t commands = world_->host.commands.size();
    world_->plugin.stop(world_->now());
    world_->plugin.stop(world_->now());
    oracle_->afterStop(commands);
    return;
  }
  say("everybody leaves");
  agenda_.clear();
  while (!world_->host.sessions().empty())
    world_->host.close(world_->host.sessions().begin()->second.id, Cause::connection_lost);
  pass(30s);
  oracle_->afterStep();
  oracle_->checkTable();
  oracle_->checkEmpty();
  if (asked_ != 0) oracle_->complain("a question for a last seen was answered never, or twice");
}

SessionId Schedule::somebody() {
  std::vector<SessionId> all;
  for (const auto& entry : world_->host.sessions())
    if (oracle_->knows(entry.second.id)) all.push_back(entry.second.id);
  return all.empty() ? SessionId{} : random_.of(all);
}

Duration Schedule::someTime() {
  const Duration idle = std::max<Duration>(policy_.idle_timeout, 4s);
  switch (random_.below(4)) {
    case 0:
      return random_.between(0s, 1s);
    case 1:
      return random_.between(0s, idle / 2);
    case 2:
      return random_.between(idle / 2, idle);
    default:
      return random_.between(idle, idle + 15s);
  }
}

void Schedule::later(Duration in, std::function<void()> what) {
  agenda_.emplace(world_->now().monotonic + in, std::move(what));
}

std::string Schedule::name(SessionId id) const {
  const HostSession* who = world_->host.find(id);
  return who == nullptr ? "somebody gone" : who->full_jid;
}

void Schedule::say(const std::string& what) {
  if (trace_) lines_.push_back(std::to_string(world_->elapsed().count()) + " ms: " + what);
}

}  // namespace liveness::simulation
