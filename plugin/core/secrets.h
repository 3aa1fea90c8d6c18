// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

namespace liveness::core {

/// A connection string as a log may show it: what could be a password in it is "***". Meant for strings that
/// are wrong somehow, so it rather hides too much.
std::string withoutPassword(std::string text);

}  // namespace liveness::core
