// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <string_view>

#include "store/batch.h"

namespace liveness::store {

/// A number for the name that a run writes under, its node and domain, by which processes know each other:
/// FNV-1a, the same in each build. Two names that share one are as rare as two runs that share theirs.
inline std::uint64_t nameKey(const Run& run) noexcept {
  std::uint64_t key = 14695981039346656037u;
  const auto add = [&](std::string_view text) {
    for (const char c : text) key = (key ^ static_cast<unsigned char>(c)) * 1099511628211u;
  };
  add(run.node);
  constexpr char kBetween = '\0';  // neither has one
  add({&kBetween, 1});
  add(run.domain);
  return key;
}

}  // namespace liveness::store
