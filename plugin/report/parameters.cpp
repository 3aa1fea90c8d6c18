// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/parameters.h"

#include <algorithm>

#include "core/bounded_text.h"

namespace liveness::report {

namespace {

// Of a name or a value that somebody sent, this much is repeated to them.
constexpr std::size_t kShown = 64;

std::string shown(const std::string& text) {
  return core::boundedText(text, kShown) + (text.size() > kShown ? "..." : "");
}

std::string shown(const std::string& name, const std::string& value) {
  return shown(name) + "=" + shown(value);
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return text;
}

}  // namespace

std::string ParameterReader::text(const char* name) {
  const std::string* value = find(name);
  return value == nullptr ? std::string{} : *value;
}

std::optional<std::size_t> ParameterReader::choice(const char* name,
                                                   const std::vector<std::string>& accepted) {
  const std::string* value = find(name);
  if (value == nullptr) return std::nullopt;
  const auto found = std::find(accepted.begin(), accepted.end(), *value);
  if (found != accepted.end()) return static_cast<std::size_t>(found - accepted.begin());
  complain(shown(name, *value) + ": accepted are " + listed(accepted));
  return std::nullopt;
}

std::size_t ParameterReader::number(const char* name, std::size_t otherwise, std::size_t most) {
  const std::string* value = find(name);
  if (value == nullptr) return otherwise;
  const bool digits = std::all_of(value->begin(), value->end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && value->size() <= 18) {
    const unsigned long long n = std::stoull(*value);
    if (n <= most) return static_cast<std::size_t>(n);
  }
  complain(shown(name, *value) + ": accepted is a whole number from 0 to " + std::to_string(most));
  return otherwise;
}

std::optional<std::string> ParameterReader::error() {
  for (const auto& [name, value] : parameters_)
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      complain(shown(name, value) + ": there is no such parameter; " +
               (known_.empty() ? "none is accepted" : "accepted: " + listed(known_)));
  if (complaint_.empty()) return std::nullopt;
  return complaint_;
}

const std::string* ParameterReader::find(const char* name) {
  known_.emplace_back(name);
  const std::string* found = nullptr;
  for (const auto& [each, value] : parameters_) {
    if (each != name || value.empty()) continue;
    if (found != nullptr) complain(shown(name, value) + ": given twice, once is accepted");
    found = &value;
  }
  return found;
}

void ParameterReader::complain(std::string text) {
  if (complaint_.empty()) complaint_ = std::move(text);
}

}  // namespace liveness::report
