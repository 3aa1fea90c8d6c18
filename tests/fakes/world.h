// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "fakes/fake_host.h"
#include "fakes/fake_store.h"
#include "fakes/virtual_clock.h"
#include "liveness/plugin.h"

namespace liveness::fakes {

/// A plugin between a fake host and a fake store, and the time that passes for all of them. A host that keeps
/// its promise: tick() is called when it was asked for, or `ticks_late_by` later.
class World {
 public:
  using Duration = VirtualClock::Duration;
  using Milliseconds = std::chrono::milliseconds;

  explicit World(const HostKind& kind, const Policy& policy = {}, VirtualClock start = {});
  ~World();

  VirtualClock clock;
  FakeStore store;
  FakeHost host;
  Plugin plugin;

  Duration ticks_late_by{0};
  /// What one tick costs the host; also keeps a plugin that wants to go on at once from stopping the clock.
  Duration tick_cost = std::chrono::microseconds{100};

  Now now() const { return clock.now(); }
  /// Since the world began.
  Milliseconds elapsed() const { return std::chrono::floor<Milliseconds>(clock.elapsed()); }

  Milliseconds tick();
  void runUntil(MonotonicTime t);
  void runFor(Duration d) { runUntil(clock.now().monotonic + d); }
  /// Until so long after the world began.
  void runTo(Duration since_start) { runUntil(clock.start() + since_start); }
  /// The process stands still, and with it the timer.
  void stall(Duration d) { clock.advance(d); }

  /// When commands of a kind were given to a session, since the world began.
  std::vector<Milliseconds> timesOf(Command::Kind kind, SessionId id) const;
  std::vector<Milliseconds> probesTo(SessionId id) const { return timesOf(Command::Kind::probe, id); }
  std::vector<Milliseconds> closingsOf(SessionId id) const { return timesOf(Command::Kind::close, id); }

  /// The state of a session by its name, or gone.
  SessionInfo info(SessionId id) const;
};

inline Presence available(const std::string& status = {}, Show show = Show::online) {
  return {true, show, 0, status, {}};
}
inline Presence unavailable(const std::string& status = {}, const std::string& xml = {}) {
  return {false, Show::online, 0, status, xml};
}

}  // namespace liveness::fakes
