// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What stands behind the question mark of the page's addresses: a question within its bounds, or a short text
// that says what is wrong.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/bounded_text.h"
#include "report/questions.h"
#include "report/sessions_question.h"

namespace {

using namespace liveness;
using namespace liveness::report;

/// name NUL value NUL name NUL value
Parameters from(const std::string& input) {
  Parameters parameters;
  for (std::size_t at = 0; at < input.size();) {
    const auto name_end = std::min(input.find('\0', at), input.size());
    const auto value_at = std::min(name_end + 1, input.size());
    const auto value_end = std::min(input.find('\0', value_at), input.size());
    parameters.emplace_back(input.substr(at, name_end - at), input.substr(value_at, value_end - value_at));
    at = value_end + 1;
  }
  return parameters;
}

template <class Read>
auto judged(const Read& read, const Parameters& parameters) {
  std::string error;
  const auto question = read(parameters, error);
  if (static_cast<bool>(question) != error.empty()) std::abort();
  if (error.size() > 1000 || core::boundedText(error, 1000) != error) std::abort();
  return question;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Parameters parameters = from(std::string(reinterpret_cast<const char*>(data), size));
  if (const auto users = judged(readUsersQuestion, parameters))
    if (users->limit > kMostUsers) std::abort();
  if (const auto sessions = judged(readSessionsQuestion, parameters))
    if (sessions->limit > SessionsQuestion::kMostRows || sessions->offset > SessionsQuestion::kMostOffset)
      std::abort();
  if (const auto limit = judged(readHistoryLimit, parameters))
    if (*limit > kMostLogouts) std::abort();
  judged(readSpan, parameters);
  judged(readNothing, parameters);
  return 0;
}
