// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstdint>

#include "liveness/heard.h"

namespace liveness::core {

/// A moment as the table keeps it (liveness::Ticks). Wraps; only differences have a meaning.
using Tick = std::uint32_t;

/// How many ticks `a` lies after `b`; negative when it lies before.
constexpr std::int32_t after(Tick a, Tick b) noexcept {
  return static_cast<std::int32_t>(a - b);
}

constexpr Tick later(Tick a, Tick b) noexcept {
  return after(a, b) >= 0 ? a : b;
}

/// The number of whole ticks that a duration takes at least.
constexpr std::uint32_t ceilTicks(std::chrono::milliseconds d) noexcept {
  constexpr std::int64_t per_second = Ticks::period::den;
  return static_cast<std::uint32_t>((d.count() * per_second + 999) / 1000);
}

/// From one tick to a later one, in time; zero where `to` is not later.
constexpr std::chrono::milliseconds between(Tick from, Tick to) noexcept {
  const std::int32_t n = after(to, from);
  return std::chrono::milliseconds{n <= 0 ? 0 : std::int64_t{n} * 1000 / Ticks::period::den};
}

/// How long a host may take to say that a stream which we asked to be closed is closed, before its session is
/// ended on record without it.
constexpr std::uint32_t kCloseConfirmation = ceilTicks(std::chrono::seconds{10});

/// So far off that it stands for never: two years. What is met there is put off again.
constexpr std::uint32_t kFarTicks = std::uint32_t{1} << 30;

}  // namespace liveness::core
