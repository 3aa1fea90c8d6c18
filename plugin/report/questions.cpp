// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/questions.h"

#include <utility>
#include <vector>

namespace liveness::report {

namespace {

constexpr std::size_t kMostOffset = 100'000'000;

bool wellRead(ParameterReader& reader, std::string& error) {
  auto complaint = reader.error();
  if (complaint) error = std::move(*complaint);
  return !complaint;
}

std::vector<std::string> allCauses() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kCauses; ++i) names.emplace_back(toString(static_cast<Cause>(i)));
  return names;
}

}  // namespace

std::optional<UsersQuestion> readUsersQuestion(const Parameters& parameters, std::string& error) {
  ParameterReader reader(parameters);
  UsersQuestion question;
  question.text = reader.text("q");
  if (const auto n = reader.choice("cause", allCauses())) question.cause = static_cast<Cause>(*n);
  using Sort = UsersQuestion::Sort;
  if (const auto n = reader.choice("sort", {toString(Sort::jid), toString(Sort::last_heard),
                                            toString(Sort::logged_out), toString(Sort::cause)}))
    question.sort = static_cast<Sort>(*n);
  question.descending = reader.choice("order", {"asc", "desc"}) == std::size_t{1};
  question.offset = reader.number("offset", 0, kMostOffset);
  question.limit = reader.number("limit", 50, kMostUsers);
  if (!wellRead(reader, error)) return std::nullopt;
  return question;
}

std::optional<std::size_t> readHistoryLimit(const Parameters& parameters, std::string& error) {
  ParameterReader reader(parameters);
  const std::size_t limit = reader.number("limit", 50, kMostLogouts);
  if (!wellRead(reader, error)) return std::nullopt;
  return limit;
}

std::optional<std::chrono::seconds> readSpan(const Parameters& parameters, std::string& error) {
  ParameterReader reader(parameters);
  const auto n = reader.choice("span", {"3600", "86400"});
  if (!wellRead(reader, error)) return std::nullopt;
  return std::chrono::seconds{n == std::size_t{1} ? 86400 : 3600};
}

bool readNothing(const Parameters& parameters, std::string& error) {
  ParameterReader reader(parameters);
  return wellRead(reader, error);
}

}  // namespace liveness::report
