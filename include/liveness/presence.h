// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <string>

namespace liveness {

/// The <show/> of an available presence (RFC 6121 section 4.7.2.1); `online` where there is none.
enum class Show : std::uint8_t { online, away, chat, dnd, xa };

/// What a client told the world about itself (RFC 6121 section 4.7): the broadcast presence, not one that it
/// directed at somebody.
struct Presence {
  bool available = false;
  Show show = Show::online;
  std::int8_t priority = 0;

  /// The text of <status/>, as the client wrote it. Whoever keeps it bounds it (kMaxStatusBytes).
  std::string status;

  /// Of an unavailable presence with a <status/> or any other child: the whole stanza as XML, without `to`,
  /// well-formed and at most kMaxPresenceBytes long. Empty otherwise.
  std::string xml;
};

/// How much of a client's words is kept. Cut at a character, never inside one.
constexpr std::size_t kMaxStatusBytes = 1024;
constexpr std::size_t kMaxPresenceBytes = 8192;

/// The text of <show/>; "online" for none. And back: what is not one of RFC 6121's four is `online`.
const char* toString(Show show) noexcept;
Show showFromString(const std::string& text) noexcept;

/// The one order of <show/>, from who is the most there to who is the least: chat, online, away, xa, dnd. A
/// number from 0 to 4.
int rankOf(Show show) noexcept;

}  // namespace liveness
