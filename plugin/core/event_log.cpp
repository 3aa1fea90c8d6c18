// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/event_log.h"

#include <algorithm>

namespace liveness::core {

namespace {

constexpr std::size_t kLeast = 8192;
constexpr std::size_t kMost = std::size_t{1} << 18;
constexpr std::size_t kMilestonesPerSlot = 4;
constexpr std::size_t kRecurringPerSlot = 6;

bool recurs(SessionEvent::Kind kind) noexcept {
  using Kind = SessionEvent::Kind;
  return kind == Kind::presence || kind == Kind::unavailable || kind == Kind::probed ||
         kind == Kind::answered || kind == Kind::inactive || kind == Kind::active;
}

}  // namespace

EventLog::EventLog() {
  milestones_.grow(kLeast);
  recurring_.grow(kLeast);
}

void EventLog::makeRoomFor(std::uint32_t slots) {
  milestones_.grow(std::clamp(slots * kMilestonesPerSlot, kLeast, kMost));
  recurring_.grow(std::clamp(slots * kRecurringPerSlot, kLeast, kMost));
}

void EventLog::note(Tick at, std::uint32_t session, Kind kind, std::uint32_t value, bool again) noexcept {
  (again || recurs(kind) ? recurring_ : milestones_).add(session, {at, kind, value}, ++last_number_);
}

std::vector<EventLog::Entry> EventLog::of(std::uint32_t session) const {
  std::vector<Numbered> found;
  milestones_.collect(session, found);
  recurring_.collect(session, found);
  // A sign of life may have been noted after something that came later (Plugin::Impl::noteLife).
  std::sort(found.begin(), found.end(), [](const Numbered& a, const Numbered& b) {
    if (a.entry.at != b.entry.at) return after(b.entry.at, a.entry.at) > 0;
    return after(b.number, a.number) > 0;
  });
  std::vector<Entry> entries;
  entries.reserve(2 * found.size() + 1);
  for (const auto& [entry, number] : found) {
    entries.push_back(entry);
    if (entry.kind != Kind::probed) continue;
    entries.back().value = 0;
    if (entry.value == kMakesSuspect) entries.push_back({entry.at, Kind::suspect, 0});
  }
  return entries;
}

void EventLog::Ring::grow(std::size_t events) {
  while (blocks_.size() * kBlock < events) blocks_.push_back(std::make_unique<Block>());
}

void EventLog::Ring::add(std::uint32_t session, const Entry& entry, std::uint32_t number) noexcept {
  if (next_ == blocks_.size() * kBlock) next_ = 0;
  Block& block = *blocks_[next_ / kBlock];
  const std::size_t i = next_ % kBlock;
  ++next_;
  block.session[i] = session;
  block.at[i] = entry.at;
  block.number[i] = number;
  block.value[i] = entry.value;
  block.kind[i] = entry.kind;
  used_ = std::max(used_, next_);
}

void EventLog::Ring::collect(std::uint32_t session, std::vector<Numbered>& found) const {
  for (std::size_t begin = 0; begin < used_; begin += kBlock) {
    const Block& block = *blocks_[begin / kBlock];
    for (std::size_t i = 0; i < kBlock; ++i)
      if (block.session[i] == session)
        found.push_back({{block.at[i], block.kind[i], block.value[i]}, block.number[i]});
  }
}

}  // namespace liveness::core
