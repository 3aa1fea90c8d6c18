// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "liveness/time.h"

namespace liveness {

/// Time as the session table keeps it: sixteenths of a second on HostClock in 32 bits, wrapping after eight
/// years, compared by difference (meaningful up to four).
using Ticks = std::chrono::duration<std::uint32_t, std::ratio<1, 16>>;

constexpr std::uint32_t toTicks(MonotonicTime t) noexcept {
  using Wide = std::chrono::duration<std::int64_t, Ticks::period>;
  return static_cast<std::uint32_t>(std::chrono::duration_cast<Wide>(t.time_since_epoch()).count());
}

/// Where one session's last byte is noted. Lives in the session table, at a fixed address.
struct HeardCell {
  std::atomic<std::uint32_t> last_heard{0};
  std::atomic<std::uint32_t> generation{0};  ///< counts the streams that the slot has had
};

/// Resolved once, when a stream opens, and kept beside the stream: hearing a client is then one comparison
/// and one store, without a lock, a look-up or an allocation. May be used from any thread for as long as the
/// Plugin lives, and not after it; once the session has ended or got another stream it does nothing.
class Heard {
 public:
  Heard() = default;
  Heard(HeardCell* cell, std::uint32_t generation) noexcept : cell_(cell), generation_(generation) {}

  /// A byte arrived from the client, whitespace or part of a stanza included; nothing outbound counts.
  void at(MonotonicTime now) const noexcept {
    if (cell_ != nullptr && cell_->generation.load(std::memory_order_relaxed) == generation_)
      cell_->last_heard.store(toTicks(now), std::memory_order_relaxed);
  }

 private:
  HeardCell* cell_ = nullptr;
  std::uint32_t generation_ = 0;
};

}  // namespace liveness
