// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/ticks.h"
#include "liveness/timeline.h"

namespace liveness::core {

/// What happened to sessions lately, those that have gone among them: two rings for a whole domain. One holds
/// what a session goes through once or a few times; the other what recurs for as long as it lives (probes,
/// answers, presences, XEP-0352), so that this does not push the rest out.
///
/// Memory is bounded, and taken when the table grows, never for an event: 17 bytes for each of 8192 events in
/// either ring (280 KB); from some 1400 sessions on, 4 and 6 events for each of them (170 bytes); and never
/// for more than 2^18 in either (9 MB), which is reached at 44,000 and 66,000 sessions.
class EventLog {
 public:
  using Kind = SessionEvent::Kind;

  /// The value of a `probed` that a `suspect` comes with: not noted on its own, as so many are.
  static constexpr std::uint32_t kMakesSuspect = 1;

  struct Entry {
    Tick at;
    Kind kind;
    std::uint32_t value;
  };

  EventLog();

  /// Makes room for a table of so many slots.
  void makeRoomFor(std::uint32_t slots);

  /// `session` is the generation of its SessionId, which no other session has; `again`: what else is noted
  /// once recurs for this one.
  void note(Tick at, std::uint32_t session, Kind kind, std::uint32_t value = 0, bool again = false) noexcept;

  /// What is left of a session's events, the oldest first.
  std::vector<Entry> of(std::uint32_t session) const;

 private:
  struct Numbered {
    Entry entry;
    std::uint32_t number;  ///< of all events, in the order in which they were noted
  };

  class Ring {
   public:
    void grow(std::size_t events);
    void add(std::uint32_t session, const Entry& entry, std::uint32_t number) noexcept;
    void collect(std::uint32_t session, std::vector<Numbered>& found) const;

   private:
    static constexpr std::size_t kBlock = 1024;

    /// An array for each member: a search reads one of them.
    struct Block {
      std::array<std::uint32_t, kBlock> session{};  ///< 0: empty
      std::array<Tick, kBlock> at{};
      std::array<std::uint32_t, kBlock> number{};
      std::array<std::uint32_t, kBlock> value{};
      std::array<Kind, kBlock> kind{};
    };
    std::vector<std::unique_ptr<Block>> blocks_;
    std::size_t next_ = 0;
    std::size_t used_ = 0;  ///< what is behind it never held anything
  };

  Ring milestones_;
  Ring recurring_;
  std::uint32_t last_number_ = 0;
};

}  // namespace liveness::core
