// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <string>

namespace liveness::store {

/// As it is said in a notice.
inline std::string counted(std::uint64_t n, const char* one, const char* many) {
  return std::to_string(n) + ' ' + (n == 1 ? one : many);
}

inline std::string records(std::uint64_t n) {
  return counted(n, "record", "records");
}

}  // namespace liveness::store
