// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "liveness/users_question.h"
#include "report/parameters.h"

// The questions that documents other than the page of sessions answer. Each reader answers with nullopt where
// `error` says what is wrong with which parameter, and what is accepted.
namespace liveness::report {

constexpr std::size_t kMostUsers = 500;
constexpr std::size_t kMostLogouts = 500;

/// Of the list of users: q, cause, sort, order, offset and limit.
std::optional<UsersQuestion> readUsersQuestion(const Parameters& parameters, std::string& error);

/// Of one user: limit, of the logouts that are listed.
std::optional<std::size_t> readHistoryLimit(const Parameters& parameters, std::string& error);

/// Of the series: span, an hour or a day.
std::optional<std::chrono::seconds> readSpan(const Parameters& parameters, std::string& error);

/// Of what takes no parameter: true where there is none.
bool readNothing(const Parameters& parameters, std::string& error);

}  // namespace liveness::report
