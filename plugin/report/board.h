// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "liveness/plugin.h"
#include "report/series.h"
#include "report/sessions_page.h"
#include "report/tick_meter.h"

namespace liveness::report {

/// What a host's adapter keeps beside each plugin for those who look at it: how it went so far, what its
/// ticks cost, and the pages that are being put together. Told of each tick by the adapter; on the host's
/// thread.
class Board {
 public:
  /// So many pages at once are being worked on; each keeps a few MiB where there are many sessions.
  static constexpr std::size_t kMostPages = 16;

  /// A page that nobody asks to go on for so long is given up.
  static constexpr std::chrono::seconds kPatience{30};

  void tickBegan(const Now& now) { ticks_.began(now.monotonic); }

  /// What the tick wanted done is done, and the next one is to come in `wait`.
  void tickEnded(const Plugin& plugin, const Now& now, std::chrono::milliseconds wait);

  /// The plugin asked for a tick (Host::requestTick()).
  void tickAsked(const Now& now, std::chrono::milliseconds delay) { ticks_.asked(now.monotonic, delay); }

  /// Begins a page. 0: there are too many already, and whoever asks should ask again later.
  std::uint64_t beginPage(const Now& now, SessionsQuestion question);

  enum class Progress : std::uint8_t { unknown, going_on, done };

  /// Does a few milliseconds' work on a page; once it is done it is in `json`, and the page unknown.
  Progress continuePage(const Plugin& plugin, const Now& now, std::uint64_t page, std::string& json);

  /// Nobody waits for it any more.
  void giveUpPage(std::uint64_t page) { pages_.erase(page); }

  const Series& series() const noexcept { return series_; }
  const TickMeter& ticks() const noexcept { return ticks_; }

 private:
  struct Page {
    SessionsPage page;
    MonotonicTime touched_at;
  };
  void giveUpForgotten(MonotonicTime now);

  Series series_;
  TickMeter ticks_;
  std::map<std::uint64_t, Page> pages_;
  std::uint64_t last_page_ = 0;
};

}  // namespace liveness::report
