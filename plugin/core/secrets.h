// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace liveness::core {

/// A connection string as a log may show it: what could be a password in it is "***". Meant for strings that
/// are wrong somehow, so it rather hides too much.
std::string withoutPassword(std::string text);

/// Where "pass" begins for the first time, in capitals or not, as it is or with '%' and two digits for any of
/// its letters; npos: nowhere.
std::size_t findPass(std::string_view text) noexcept;

}  // namespace liveness::core
