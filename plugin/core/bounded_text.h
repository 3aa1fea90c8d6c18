// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace liveness::core {

/// A client's words as they may be kept: valid UTF-8 without NUL, at most `max_bytes` long and cut at a
/// character. What is not UTF-8 becomes U+FFFD.
std::string boundedText(std::string_view text, std::size_t max_bytes);

}  // namespace liveness::core
