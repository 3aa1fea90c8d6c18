// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "fakes/world.h"

namespace liveness::tests {

using namespace std::chrono_literals;
using fakes::available;
using fakes::Command;
using fakes::FakeHost;
using fakes::HostKind;
using fakes::kEveryHost;
using fakes::unavailable;
using fakes::VirtualClock;
using fakes::World;
using std::chrono::milliseconds;

/// The table keeps sixteenths of a second; nothing may be off by more than two of them, nor early by more
/// than the one that rounding costs.
constexpr milliseconds kEarly{63};
constexpr milliseconds kLate{125};

inline bool about(milliseconds actual, milliseconds expected) {
  return actual >= expected - kEarly && actual <= expected + kLate;
}
inline bool about(UtcTime actual, UtcTime expected) {
  return about(actual.time_since_epoch(), expected.time_since_epoch());
}

inline Policy idleAfter(milliseconds idle_timeout, bool ping = true, std::uint32_t attempts = 2) {
  Policy policy;
  policy.idle_timeout = idle_timeout;
  policy.ping = ping;
  policy.ping_attempts = attempts;
  return policy;
}

/// Many may time out together, as fast as the host can: neither doubt nor rate.
inline Policy undoubted(Policy policy) {
  policy.mass_minimum = 1'000'000;
  policy.logout_rate = 1'000'000;
  return policy;
}

/// A client that is available, with a status.
inline SessionId openAvailable(World& world) {
  const SessionId id = world.host.open("nurse");
  world.host.present(id, available("here"));
  return id;
}

/// One whose session would be held.
inline SessionId openResumable(World& world) {
  const SessionId id = world.host.open("nurse");
  world.host.enableResumption(id);
  world.host.present(id, available("here"));
  return id;
}

/// An operator ends the session; the host does what it was told.
inline bool disconnect(World& world, SessionId id) {
  const bool done = world.plugin.disconnect(world.now(), id);
  world.host.run();
  return done;
}

}  // namespace liveness::tests

/// Runs the rest of a test case once on each kind of host.
#define EVERY_HOST(kind) \
  for (const ::liveness::fakes::HostKind& kind : ::liveness::fakes::kEveryHost) SUBCASE(kind.name)

#define CHECK_ABOUT(actual, expected)                                           \
  CHECK_MESSAGE(::liveness::tests::about((actual), (expected)), #actual " is ", \
                ::liveness::tests::inMilliseconds(actual), " ms, expected ",    \
                ::liveness::tests::inMilliseconds(expected))

namespace liveness::tests {
inline long long inMilliseconds(milliseconds d) {
  return d.count();
}
inline long long inMilliseconds(UtcTime t) {
  return t.time_since_epoch().count();
}
}  // namespace liveness::tests
