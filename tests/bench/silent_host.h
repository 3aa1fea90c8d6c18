// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "liveness/host.h"

namespace liveness::bench {

/// Takes every command and does nothing about it.
class SilentHost : public Host {
 public:
  SilentHost() { capabilities_.commands_per_tick = 1'000'000; }
  const std::string& domain() const noexcept override { return domain_; }
  const Capabilities& capabilities() const noexcept override { return capabilities_; }
  void probe(SessionId, const Probe&) override { ++probes; }
  void broadcast(const std::string&, const Presence&, Audience) override {}
  void showHeld(SessionId, const HeldView&) override {}
  void showAgain(SessionId) override {}
  void closeStream(SessionId, StreamError) override { ++closes; }
  void endSession(SessionId) override {}
  void requestTick(std::chrono::milliseconds) override {}
  std::size_t probes = 0;
  std::size_t closes = 0;

 private:
  std::string domain_ = "example.org";
  Capabilities capabilities_;
};

}  // namespace liveness::bench
