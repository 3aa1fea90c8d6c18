// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>
#include <string_view>

namespace liveness::core {

/// The same for texts that differ only in capitals, of any alphabet that has them: to search without regard
/// to them. What is not UTF-8 stays as it is.
std::string folded(std::string_view text);

/// The same into a text that is there already, for many in a row.
void fold(std::string_view text, std::string& into);

}  // namespace liveness::core
