// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The words of the public types, in one place: what operators, logs and records say.

#include <array>

#include "liveness/presence.h"
#include "liveness/session.h"
#include "liveness/timeline.h"
#include "liveness/users_question.h"

namespace liveness {

namespace {

constexpr std::array<const char*, 5> kShows{"online", "away", "chat", "dnd", "xa"};
constexpr std::array<const char*, 4> kStates{"reachable", "suspect", "held", "gone"};
constexpr std::array<const char*, kCauses> kCauseNames{"logged_out",     "connection_lost", "timed_out",
                                                       "replaced",       "kicked",          "hold_expired",
                                                       "server_stopped", "server_crashed"};
constexpr std::array<const char*, 3> kEvidences{"", "network_gone", "client_silent"};
constexpr std::array<const char*, 5> kNexts{"nothing", "probe", "time_out", "end", "show_held"};
constexpr std::array<const char*, 16> kEvents{
    "opened",  "available",  "presence",    "unavailable", "probed", "answered",  "suspect",      "held",
    "resumed", "shown_held", "shown_again", "inactive",    "active", "timed_out", "disconnected", "closed"};
constexpr std::array<const char*, 3> kTransports{"tcp", "websocket", "bosh"};
constexpr std::array<const char*, 4> kUsersSorts{"jid", "last_heard", "logged_out", "cause"};

}  // namespace

const char* toString(Show show) noexcept {
  return kShows[static_cast<std::size_t>(show)];
}

Show showFromString(const std::string& text) noexcept {
  for (std::size_t i = 1; i < kShows.size(); ++i)
    if (text == kShows[i]) return static_cast<Show>(i);
  return Show::online;
}

int rankOf(Show show) noexcept {
  switch (show) {
    case Show::chat:
      return 0;
    case Show::online:
      return 1;
    case Show::away:
      return 2;
    case Show::xa:
      return 3;
    case Show::dnd:
      break;
  }
  return 4;
}

const char* toString(SessionState state) noexcept {
  return kStates[static_cast<std::size_t>(state)];
}

const char* toString(Cause cause) noexcept {
  return kCauseNames[static_cast<std::size_t>(cause)];
}

const char* toString(Transport transport) noexcept {
  return kTransports[static_cast<std::size_t>(transport)];
}

const char* toString(Next next) noexcept {
  return kNexts[static_cast<std::size_t>(next)];
}

const char* toString(SessionEvent::Kind kind) noexcept {
  return kEvents[static_cast<std::size_t>(kind)];
}

const char* toString(Evidence evidence) noexcept {
  return kEvidences[static_cast<std::size_t>(evidence)];
}

std::optional<Evidence> evidenceFromString(const std::string& text) noexcept {
  for (std::size_t i = 0; i < kEvidences.size(); ++i)
    if (text == kEvidences[i]) return static_cast<Evidence>(i);
  return std::nullopt;
}

std::optional<Cause> causeFromString(const std::string& text) noexcept {
  for (std::size_t i = 0; i < kCauseNames.size(); ++i)
    if (text == kCauseNames[i]) return static_cast<Cause>(i);
  return std::nullopt;
}

const char* toString(UsersQuestion::Sort sort) noexcept {
  return kUsersSorts[static_cast<std::size_t>(sort)];
}

std::optional<UsersQuestion::Sort> usersSortFromString(const std::string& text) noexcept {
  for (std::size_t i = 0; i < kUsersSorts.size(); ++i)
    if (text == kUsersSorts[i]) return static_cast<UsersQuestion::Sort>(i);
  return std::nullopt;
}

}  // namespace liveness
