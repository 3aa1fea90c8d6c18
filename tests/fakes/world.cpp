// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "fakes/world.h"

#include <algorithm>

namespace liveness::fakes {

World::World(const HostKind& kind, const Policy& policy, VirtualClock start)
    : clock(start), host(clock, kind), plugin(host, store, policy) {
  host.heard_of = [this](SessionId id) { return plugin.heard(id); };
  tick();
}

World::~World() = default;

World::Milliseconds World::tick() {
  host.beginTick();
  const Milliseconds delay = plugin.tick(clock.now());
  host.endTick(delay);
  return delay;
}

void World::runUntil(MonotonicTime t) {
  while (true) {
    const MonotonicTime next = std::max(host.wake + ticks_late_by, clock.now().monotonic);
    if (next > t) break;
    clock.advanceTo(next);
    tick();
    clock.advance(tick_cost);
  }
  clock.advanceTo(t);
}

std::vector<World::Milliseconds> World::timesOf(Command::Kind kind, SessionId id) const {
  std::vector<Milliseconds> times;
  for (const Command& command : host.commands)
    if (command.kind == kind && command.session == id)
      times.push_back(std::chrono::floor<Milliseconds>(command.given_at - clock.start()));
  return times;
}

SessionInfo World::info(SessionId id) const {
  for (SessionInfo& each : plugin.sessions(clock.now()))
    if (each.id == id) return each;
  return {};
}

}  // namespace liveness::fakes
