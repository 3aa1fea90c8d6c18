// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Step 2: the Host that the plugin is given. There are two styles. This one does each command at once; it is
// the simpler, for servers that may be called back from within a call into the plugin. The other is
// hosts::QueuedHost (queued_host.h), which keeps commands until the call has returned; adapter.cpp takes them
// out in carryOut(). Continue with adapter.h.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "hosts/example/commands.h"
#include "liveness/host.h"

namespace liveness::hosts::example {

/// Said of this server in either style. It tells nobody anything when a connection breaks: so the plugin has
/// it told (Host::broadcast). Mind what your server does here: where it sends an unavailable presence by
/// itself and this is false, contacts get two.
constexpr Host::Capabilities kCapabilities{/*broadcasts_when_stream_closes=*/false, /*commands_per_tick=*/64};

class DirectHost final : public Host {
 public:
  using RequestTick = std::function<void(std::chrono::milliseconds)>;

  DirectHost(Commands& commands, RequestTick request_tick)
      : commands_(commands), request_tick_(std::move(request_tick)) {}

  const std::string& domain() const noexcept override { return commands_.domain(); }
  const Capabilities& capabilities() const noexcept override { return kCapabilities; }

  void probe(SessionId session, const Probe& probe) override { commands_.probe(session, probe); }
  void broadcast(const std::string& full_jid, const Presence& presence, Audience audience) override {
    commands_.broadcast(full_jid, presence, audience);
  }
  void showHeld(SessionId session, const HeldView& view) override { commands_.showHeld(session, view); }
  void showAgain(SessionId session) override { commands_.showAgain(session); }
  void closeStream(SessionId session, StreamError error) override { commands_.closeStream(session, error); }
  void endSession(SessionId session) override { commands_.endSession(session); }
  Wire wire(SessionId session, std::chrono::milliseconds since) const override {
    return commands_.wire(session, since);
  }
  void requestTick(std::chrono::milliseconds delay) override { request_tick_(delay); }

 private:
  Commands& commands_;
  RequestTick request_tick_;
};

}  // namespace liveness::hosts::example
