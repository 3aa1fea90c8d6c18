// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/board.h"

#include <utility>

namespace liveness::report {

void Board::tickEnded(const Plugin& plugin, const Now& now, std::chrono::milliseconds wait) {
  ticks_.ended(now.monotonic, wait);
  series_.look(plugin, now);
  giveUpForgotten(now.monotonic);
}

std::uint64_t Board::beginPage(const Now& now, SessionsQuestion question) {
  giveUpForgotten(now.monotonic);
  if (pages_.size() >= kMostPages) return 0;
  pages_.emplace(++last_page_, Page{SessionsPage(std::move(question)), now.monotonic});
  return last_page_;
}

Board::Progress Board::continuePage(const Plugin& plugin, const Now& now, std::uint64_t page,
                                    std::string& json) {
  const auto found = pages_.find(page);
  if (found == pages_.end()) return Progress::unknown;
  found->second.touched_at = now.monotonic;
  if (!found->second.page.step(plugin, now)) return Progress::going_on;
  json = found->second.page.json();
  pages_.erase(found);
  return Progress::done;
}

void Board::giveUpForgotten(MonotonicTime now) {
  for (auto page = pages_.begin(); page != pages_.end();)
    page = now - page->second.touched_at > kPatience ? pages_.erase(page) : std::next(page);
}

}  // namespace liveness::report
