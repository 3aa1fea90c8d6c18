// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/bounded_text.h"

namespace liveness::store {

/// Text of whatever origin as a line of the log may have it.
inline std::string shown(std::string_view text, std::size_t max_bytes) {
  std::string line = core::boundedText(text, max_bytes);
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return line;
}

}  // namespace liveness::store
