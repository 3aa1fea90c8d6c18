// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <algorithm>
#include <array>
#include <boost/container/string.hpp>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "core/ticks.h"
#include "liveness/heard.h"
#include "liveness/presence.h"
#include "liveness/session.h"

namespace liveness::core {

/// 24 bytes with room for 23 characters inside: the parts of most JIDs cost no allocation.
using CompactString = boost::container::string;

constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// What contacts see of a session.
enum class Shown : std::uint8_t { itself, away, unavailable };

/// What is rarely touched of a session. What a tick and a byte touch lies in arrays of its own.
struct Session {
  CompactString resource;
  CompactString status;
  MonotonicTime asked_at{};    ///< when the last probe was sent, whoever wanted it
  std::uint32_t user = kNone;  ///< index in Users
  std::uint32_t next = kNone;  ///< slot of the user's next session
  std::uint32_t previous = kNone;
  std::uint32_t generation = 0;  ///< of SessionId; 0: the slot is free
  Tick opened_at = 0;
  Tick heard_before_probe = 0;      ///< last_heard when the first of the probes now out was sent
  std::uint32_t probe_number = 0;   ///< of the last probe while unanswered; 0: none
  std::uint32_t round_trip_us = 0;  ///< of answered probes, smoothed; 0: none yet
  std::uint32_t probes_sent = 0;
  Tick state_since = 0;
  Tick stepped_at = 0;  ///< when the heartbeat's own last probe was sent, or the end was asked for
  Show show = Show::online;
  std::int8_t priority = 0;
  Transport transport = Transport::tcp;
  bool available = false;
  bool was_available = false;         ///< at any time
  bool managed = false;               ///< XEP-0198
  bool resumable = false;             ///< XEP-0198
  bool inactive = false;              ///< XEP-0352
  bool settled = false;               ///< may be sent to: its negotiation is over
  bool counted = false;               ///< in the Census
  bool doubted = false;               ///< would have timed out, together with too many others
  bool kicked = false;                ///< an operator wants it to end, and the host was told
  std::uint8_t uncounted_probes = 0;  ///< out besides those that are counted in probesOut()
  Shown shown = Shown::itself;
  Cause lost_because = Cause::connection_lost;  ///< of a held one
  Evidence evidence = Evidence::none;           ///< of the timeout, when it comes
};

/// Where a session stands with the heartbeat.
enum class Phase : std::uint8_t {
  listening,  ///< due for a probe when silent; a free slot is, too
  probed,     ///< one or more probes are out
  closing,    ///< its end was asked for
  held,
};

/// All sessions of one domain, in slots. A slot is given out again after its session is gone; the address of
/// its HeardCell is fixed for the table's life.
///
/// Owned by the host's thread; only the HeardCells may be written from others.
class SessionTable {
 public:
  static constexpr std::uint32_t kChunkSlots = 1024;

  /// The arrays of kChunkSlots neighbouring slots.
  struct Chunk {
    std::array<Tick, kChunkSlots> check_at{};
    std::array<HeardCell, kChunkSlots> heard;
    std::array<Phase, kChunkSlots> phase{};
    std::array<std::uint8_t, kChunkSlots> probes_out{};
    std::array<Session, kChunkSlots> sessions;
  };

  /// Takes a free slot for a session heard just `now`, whose check is put off to never.
  SessionId open(Tick now);

  /// Frees a slot: what names it names nothing from now on.
  void close(std::uint32_t slot, Tick now);

  /// The slot that a name stands for, or kNone.
  std::uint32_t find(SessionId id) const noexcept {
    return id.generation != 0 && id.slot < slots() && at(id.slot).generation == id.generation ? id.slot
                                                                                              : kNone;
  }

  /// A new stream for a session: handles of the old one become deaf.
  void renewStream(std::uint32_t slot) noexcept;
  Heard heard(std::uint32_t slot) noexcept;

  Session& at(std::uint32_t slot) noexcept { return chunk(slot).sessions[slot % kChunkSlots]; }
  const Session& at(std::uint32_t slot) const noexcept { return chunk(slot).sessions[slot % kChunkSlots]; }
  Tick& checkAt(std::uint32_t slot) noexcept { return chunk(slot).check_at[slot % kChunkSlots]; }
  Phase& phase(std::uint32_t slot) noexcept { return chunk(slot).phase[slot % kChunkSlots]; }
  Phase phase(std::uint32_t slot) const noexcept { return chunk(slot).phase[slot % kChunkSlots]; }
  std::uint8_t& probesOut(std::uint32_t slot) noexcept { return chunk(slot).probes_out[slot % kChunkSlots]; }
  std::uint8_t probesOut(std::uint32_t slot) const noexcept {
    return chunk(slot).probes_out[slot % kChunkSlots];
  }
  Tick lastHeard(std::uint32_t slot) const noexcept {
    return chunk(slot).heard[slot % kChunkSlots].last_heard.load(std::memory_order_relaxed);
  }
  void setLastHeard(std::uint32_t slot, Tick tick) noexcept {
    chunk(slot).heard[slot % kChunkSlots].last_heard.store(tick, std::memory_order_relaxed);
  }

  SessionId idOf(std::uint32_t slot) const noexcept { return {slot, at(slot).generation}; }
  bool live(std::uint32_t slot) const noexcept { return at(slot).generation != 0; }

  /// Slots that were ever given out, live or free now.
  std::uint32_t slots() const noexcept { return used_; }
  std::uint32_t size() const noexcept { return live_; }

  /// Slots that there is memory for.
  std::uint32_t capacity() const noexcept { return static_cast<std::uint32_t>(chunks_.size()) * kChunkSlots; }

  /// Calls `due(slot)` for slots from `from` on whose check is due at `now`, until it answers false or all
  /// were visited. Answers the first slot that was not looked at, slots() at the end; lowers `next` to the
  /// earliest check that it saw to come.
  template <class Due>
  std::uint32_t scan(std::uint32_t from, Tick now, std::int32_t& next, Due due);

  /// Calls `visit(slot)` for each session that is in another phase than listening.
  template <class Visit>
  void visitUnlistened(Visit visit) const;

 private:
  Chunk& chunk(std::uint32_t slot) noexcept { return *chunks_[slot / kChunkSlots]; }
  const Chunk& chunk(std::uint32_t slot) const noexcept { return *chunks_[slot / kChunkSlots]; }
  void grow(Tick now);

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t used_ = 0;
  std::uint32_t live_ = 0;
  std::uint32_t last_generation_ = 0;
};

template <class Due>
std::uint32_t SessionTable::scan(std::uint32_t from, Tick now, std::int32_t& next, Due due) {
  constexpr std::uint32_t kBlock = 256;  // judged whole first: a loop that the compiler turns into vectors
  std::uint32_t slot = from;
  while (slot < slots()) {
    const std::uint32_t end = std::min((slot / kBlock + 1) * kBlock, slots());
    const Tick* check_at = &checkAt(slot);
    const std::uint32_t n = end - slot;
    std::int32_t earliest = next;
    for (std::uint32_t i = 0; i < n; ++i) {
      const std::int32_t wait = after(check_at[i], now);
      earliest = wait < earliest ? wait : earliest;
    }
    if (earliest > 0) {
      next = earliest;
      slot = end;
      continue;
    }
    for (; slot < end; ++slot) {
      if (after(checkAt(slot), now) <= 0 && !due(slot)) return slot;
      const std::int32_t wait = after(checkAt(slot), now);
      if (wait < next) next = wait;  // not above zero: due again at once
    }
  }
  return slot;
}

template <class Visit>
void SessionTable::visitUnlistened(Visit visit) const {
  // Most are listening, and a free slot is: eight of them are passed over at a time, untouched otherwise.
  static_assert(sizeof(Phase) == 1 && static_cast<int>(Phase::listening) == 0 && kChunkSlots % 8 == 0);
  for (std::uint32_t slot = 0; slot < slots(); slot += 8) {
    std::uint64_t phases = 0;
    std::memcpy(&phases, &chunk(slot).phase[slot % kChunkSlots], sizeof phases);
    for (std::uint32_t i = slot; phases != 0 && i < slot + 8; ++i)
      if (phase(i) != Phase::listening) visit(i);
  }
}

}  // namespace liveness::core
