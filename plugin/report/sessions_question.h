// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "liveness/session.h"
#include "report/parameters.h"

namespace liveness::report {

/// Which sessions somebody wants to look at, in which order, and which part of them.
struct SessionsQuestion {
  enum class Sort : std::uint8_t {
    jid,         ///< byte by byte, as all text here
    resource,    ///< of the JID
    state,       ///< reachable, suspect, held
    heard,       ///< when last heard, oldest first
    round_trip,  ///< shortest first; those without one are last in either direction
    presence,    ///< chat, online, away, xa, dnd, not available
    transport,   ///< tcp, websocket, bosh
    next,        ///< when something happens, soonest first; where nothing will, last in either direction
    opened,      ///< oldest first
  };

  /// What must be part of the JID or the status. The letters A to Z equal a to z, all else only itself.
  std::string text;
  std::optional<SessionState> state;
  std::optional<Transport> transport;
  std::string user;  ///< bare JID
  Sort sort = Sort::jid;
  bool descending = false;  ///< what is equal is in ascending order of JIDs all the same
  std::size_t offset = 0;
  std::size_t limit = 50;

  static constexpr std::size_t kMostRows = 500;
  static constexpr std::size_t kMostOffset = 100'000'000;
};

/// Reads q, state, transport, user, sort, order, offset and limit. nullopt: `error` says what is wrong with
/// which parameter, and what is accepted.
std::optional<SessionsQuestion> readSessionsQuestion(const Parameters& parameters, std::string& error);

}  // namespace liveness::report
