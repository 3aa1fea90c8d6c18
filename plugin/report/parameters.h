// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace liveness::report {

/// What stands behind the question mark of an address: names and values, decoded.
using Parameters = std::vector<std::pair<std::string, std::string>>;

/// Takes a question's parameters one by one, and knows in the end whether all was well. A parameter without a
/// value counts as not there: forms send those. After a mistake the first one is what error() says, and what
/// is taken no longer matters.
class ParameterReader {
 public:
  explicit ParameterReader(const Parameters& parameters) : parameters_(parameters) {}

  std::string text(const char* name);

  /// Which of the accepted words it is.
  std::optional<std::size_t> choice(const char* name, const std::vector<std::string>& accepted);

  /// A whole number from 0 to `most`.
  std::size_t number(const char* name, std::size_t otherwise, std::size_t most);

  /// To be called when everything that there is was taken. What the asker should read, or nullopt.
  std::optional<std::string> error();

 private:
  const std::string* find(const char* name);
  void complain(std::string text);

  const Parameters& parameters_;
  std::vector<std::string> known_;
  std::string complaint_;
};

}  // namespace liveness::report
