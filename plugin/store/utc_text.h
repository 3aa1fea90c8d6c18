// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "liveness/time.h"

namespace liveness::store {

/// A time as the records have it: UTC, ISO 8601, to the millisecond: 2026-11-23T00:44:48.123Z. Texts sort
/// like the times they mean. What is outside of the years 0000 to 9999 becomes the first or last moment of
/// these.
std::string toUtcText(UtcTime time);

/// nullopt for everything that toUtcText() does not write.
std::optional<UtcTime> fromUtcText(std::string_view text);

}  // namespace liveness::store
