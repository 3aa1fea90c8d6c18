// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/sessions_question.h"

namespace liveness::report {

std::optional<SessionsQuestion> readSessionsQuestion(const Parameters& parameters, std::string& error) {
  ParameterReader reader(parameters);
  SessionsQuestion question;
  question.text = reader.text("q");
  // In the order of their enumerations.
  if (const auto n = reader.choice("state", {"reachable", "suspect", "held"}))
    question.state = static_cast<SessionState>(*n);
  if (const auto n = reader.choice("transport", {"tcp", "websocket", "bosh"}))
    question.transport = static_cast<Transport>(*n);
  question.user = reader.text("user");
  if (const auto n = reader.choice("sort", {"jid", "resource", "state", "heard", "round_trip", "presence",
                                            "transport", "next", "opened"}))
    question.sort = static_cast<SessionsQuestion::Sort>(*n);
  question.descending = reader.choice("order", {"asc", "desc"}) == std::size_t{1};
  question.offset = reader.number("offset", 0, SessionsQuestion::kMostOffset);
  question.limit = reader.number("limit", question.limit, SessionsQuestion::kMostRows);
  if (auto complaint = reader.error()) {
    error = std::move(*complaint);
    return std::nullopt;
  }
  return question;
}

}  // namespace liveness::report
