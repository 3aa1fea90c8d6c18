// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "liveness/presence.h"
#include "liveness/time.h"

namespace liveness {

/// Names one session for as long as it lives, and nothing after that: a slot in the table, and how often that
/// slot had been given out before. A stale name finds nobody, so the late teardown of an old stream cannot
/// log out the new one of the same JID.
struct SessionId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;  ///< 0 names no session.

  explicit operator bool() const noexcept { return generation != 0; }
  std::uint64_t toInteger() const noexcept { return (std::uint64_t{generation} << 32) | slot; }
  static SessionId fromInteger(std::uint64_t n) noexcept {
    return {static_cast<std::uint32_t>(n), static_cast<std::uint32_t>(n >> 32)};
  }
  friend bool operator==(SessionId a, SessionId b) noexcept { return a.toInteger() == b.toInteger(); }
  friend bool operator!=(SessionId a, SessionId b) noexcept { return !(a == b); }
};

/// How sure we are that somebody is behind a session.
enum class SessionState : std::uint8_t {
  reachable,  ///< heard within half of its idle timeout
  suspect,    ///< a probe is out and unanswered
  held,       ///< the stream is lost, the host keeps the session for resumption (XEP-0198)
  gone,       ///< logged out
};

/// Why a user was logged out.
enum class Cause : std::uint8_t {
  logged_out,       ///< the client said so
  connection_lost,  ///< the stream broke, or the host had to give it up, without a word from the client
  timed_out,        ///< unheard for its idle timeout, and logged out by us
  replaced,         ///< by a new session with the same full JID (RFC 6120 section 7.7.2.2)
  kicked,           ///< closed by an administrator or a module; never for a mistake of the client
  hold_expired,     ///< held, and not resumed: not in time, or the host refused it
  server_stopped,   ///< the server shut down in order
  server_crashed,   ///< the server died without a word
};
constexpr std::size_t kCauses = 8;

/// What is known beyond the cause of a timeout, from the transport.
enum class Evidence : std::uint8_t {
  none,
  network_gone,   ///< the client's machine did not acknowledge what was sent to it
  client_silent,  ///< the machine acknowledged everything, its program answered nothing
};

enum class Transport : std::uint8_t { tcp, websocket, bosh };

const char* toString(SessionState state) noexcept;
const char* toString(Cause cause) noexcept;
const char* toString(Transport transport) noexcept;
const char* toString(Evidence evidence) noexcept;  ///< empty for none
std::optional<Cause> causeFromString(const std::string& text) noexcept;
std::optional<Evidence> evidenceFromString(const std::string& text) noexcept;

/// What contacts see of a held session instead of what its client had said.
struct HeldView {
  bool available = false;  ///< true: with <show>xa</show> and the last status; false: unavailable
  UtcTime last_heard{};    ///< goes into a <delay/> (XEP-0203)
};

/// What happens to a session next, if nothing is heard of it.
enum class Next : std::uint8_t {
  nothing,    ///< that the plugin knows of
  probe,      ///< it is asked for a sign of life
  time_out,   ///< it is logged out, or held where it is resumable
  end,        ///< its stream was asked to be closed: it ends, confirmed or not
  show_held,  ///< contacts see what the policy says of a held session
};

const char* toString(Next next) noexcept;

/// What the table knows about one session, copied out for somebody to look at.
struct SessionInfo {
  SessionId id;
  std::string full_jid;
  SessionState state = SessionState::gone;
  Transport transport = Transport::tcp;
  std::optional<Presence> presence;  ///< none: connected, but never available or unavailable again
  UtcTime opened_at{};
  UtcTime last_heard{};
  std::chrono::milliseconds silence{0};                 ///< now - last heard
  std::uint32_t probes_unanswered = 0;                  ///< probes out since the client was last heard
  std::uint32_t probes_sent = 0;                        ///< in all the session's life
  std::optional<std::chrono::microseconds> round_trip;  ///< of answered probes, smoothed (RFC 6298 section 2)
  UtcTime state_since{};
  bool managed = false;    ///< XEP-0198: probed with <r/>
  bool resumable = false;  ///< XEP-0198: would be held
  bool inactive = false;   ///< XEP-0352
  bool doubted = false;    ///< one of too many that fell silent together: gets a further probe
  std::chrono::milliseconds idle_timeout{0};  ///< that counts for it now; zero: never
  std::optional<Cause> held_because;          ///< of a held one: how the stream was lost
  std::optional<HeldView> shown;              ///< of a held one: what contacts see instead of its presence
  Next next = Next::nothing;
  std::chrono::milliseconds next_in{0};  ///< from now, if nothing is heard; not of `nothing`
};

}  // namespace liveness
