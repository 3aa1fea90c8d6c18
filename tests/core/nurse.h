// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include "core/every_host.h"

namespace liveness::tests {

/// A user with a phone, whose session can be resumed, and a laptop, whose cannot.
constexpr char kNurse[] = "nurse@example.org";

inline SessionId openPhone(World& world) {
  const SessionId id = world.host.open("nurse", "phone", true);
  world.host.present(id, available("on the phone"));
  return id;
}

inline SessionId openLaptop(World& world) {
  const SessionId id = world.host.open("nurse", "laptop");
  world.host.present(id, available("at the desk"));
  return id;
}

inline UserInfo nurse(World& world) {
  return world.plugin.user(world.now(), kNurse);
}

}  // namespace liveness::tests
