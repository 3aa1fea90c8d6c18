// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "report/words.h"

// For the sources that put documents together; it takes its time to compile.
namespace liveness::report {

/// Keeps its fields in the order in which they were put.
using Json = nlohmann::ordered_json;

inline std::string dump(const Json& json) {
  // What is no UTF-8 becomes U+FFFD, and nothing is thrown.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

inline double seconds(std::chrono::microseconds d) {
  return static_cast<double>(d.count()) / 1e6;
}

}  // namespace liveness::report
