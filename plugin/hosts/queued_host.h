// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <variant>

#include "liveness/host.h"

namespace liveness::hosts {

/// A Host whose commands wait in line until the adapter takes them: for servers that call into the plugin but
/// cannot, or better should not, be called back from inside of that call.
class QueuedHost : public Host {
 public:
  struct ProbeAction {
    SessionId session;
    Probe probe;
  };
  struct BroadcastAction {
    std::string full_jid;
    Presence presence;
    Audience audience;
  };
  struct ShowHeldAction {
    SessionId session;
    HeldView view;
  };
  struct ShowAgainAction {
    SessionId session;
  };
  struct CloseAction {
    SessionId session;
    StreamError error;
  };
  struct EndAction {
    SessionId session;
  };
  struct TickAction {
    std::chrono::milliseconds delay;
  };
  using Action = std::variant<ProbeAction, BroadcastAction, ShowHeldAction, ShowAgainAction, CloseAction,
                              EndAction, TickAction>;

  QueuedHost(std::string domain, const Capabilities& capabilities)
      : domain_(std::move(domain)), capabilities_(capabilities) {}

  const std::string& domain() const noexcept override { return domain_; }
  const Capabilities& capabilities() const noexcept override { return capabilities_; }

  void probe(SessionId session, const Probe& probe) override {
    actions_.emplace_back(ProbeAction{session, probe});
  }
  void broadcast(const std::string& full_jid, const Presence& presence, Audience audience) override {
    actions_.emplace_back(BroadcastAction{full_jid, presence, audience});
  }
  void showHeld(SessionId session, const HeldView& view) override {
    actions_.emplace_back(ShowHeldAction{session, view});
  }
  void showAgain(SessionId session) override { actions_.emplace_back(ShowAgainAction{session}); }
  void closeStream(SessionId session, StreamError error) override {
    actions_.emplace_back(CloseAction{session, error});
  }
  void endSession(SessionId session) override { actions_.emplace_back(EndAction{session}); }
  void requestTick(std::chrono::milliseconds delay) override { actions_.emplace_back(TickAction{delay}); }

  /// Commands given and not yet taken, oldest first. The adapter empties it.
  std::deque<Action>& actions() noexcept { return actions_; }

 private:
  std::string domain_;
  Capabilities capabilities_;
  std::deque<Action> actions_;
};

}  // namespace liveness::hosts
