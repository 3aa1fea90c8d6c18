// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "liveness/heard.h"
#include "liveness/host.h"
#include "liveness/presence.h"
#include "liveness/session.h"

namespace liveness::fakes {

/// A command as the plugin gave it.
struct Command {
  enum class Kind : std::uint8_t { probe, broadcast, close, end, show_held, show_again };
  Kind kind{};
  MonotonicTime given_at;
  SessionId session;                           ///< of all but broadcast
  std::uint32_t number = 0;                    ///< of probe
  std::string full_jid;                        ///< of broadcast
  Presence presence;                           ///< of broadcast
  Audience audience = Audience::everybody;     ///< of broadcast
  HeldView view;                               ///< of show_held
  Probe::Kind probe_kind = Probe::Kind::ping;  ///< of probe
};

/// A session as the server itself has it.
struct HostSession {
  SessionId id;
  std::string bare_jid;
  std::string full_jid;
  bool resumable = false;
  bool held = false;
  MonotonicTime held_at;          ///< of a held one: since then
  std::optional<HeldView> shown;  ///< what contacts were told to see instead
  bool inactive = false;
  std::optional<Presence> presence;  ///< only while available
  Heard heard;
  MonotonicTime last_heard;
};

/// Is told what happens on a FakeHost, each time right before the plugin is. Signals that a test emits by
/// hand are not told.
class HostObserver {
 public:
  virtual ~HostObserver() = default;
  virtual void opening(const std::string& /*full_jid*/) {}
  virtual void opened(const HostSession&) {}  ///< after the plugin has named it
  virtual void heard(const HostSession&) {}
  virtual void presented(const HostSession&, const Presence&) {}
  virtual void resumptionEnabled(const HostSession&) {}
  virtual void clientState(const HostSession&) {}
  virtual void answered(const HostSession&, std::uint32_t /*probe_number*/) {}
  virtual void held(const HostSession&) {}
  virtual void resumed(const HostSession&) {}
  virtual void closed(const HostSession&, Cause) {}
  virtual void commanded(const Command&) {}
  virtual void wireAsked(SessionId, Wire /*answer*/) {}
};

}  // namespace liveness::fakes
