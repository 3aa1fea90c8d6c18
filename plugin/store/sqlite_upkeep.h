// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace liveness::store {

/// Keeps SQLite's file as small as what is in it, and its log (-wal) short. What was deleted is overwritten
/// in the file at once (secure_delete), but the log has the pages as they were until it is emptied, which
/// SQLite cannot do while somebody else reads what was there before. Lives on the writer's thread.
class SqliteUpkeep {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::uint64_t kLargestLog = 128 * 1024 * 1024;  ///< twice what it has by itself

  SqliteUpkeep(std::string path, std::uint64_t largest_log);

  /// The file was opened: the log may be one that a process left which died.
  void onOpened() noexcept { only_opened_ = look_for_room_ = true; }

  /// Users were forgotten: their words are in the log.
  void onForgotten() noexcept { empty_log_ = true, due_ = Time{}; }

  /// Much was deleted.
  void onPurged() noexcept { look_for_room_ = true; }

  /// A part of what is to be done. Throws soci::soci_error.
  Upkeep some(soci::session& sql, Time now);

 private:
  void emptyLog(soci::session& sql, Time now, Upkeep& done);
  void giveRoomBack(soci::session& sql);
  void makeShrinkable(soci::session& sql);

  const std::string path_, log_;
  const std::uint64_t largest_log_;
  bool only_opened_ = false;
  bool empty_log_ = false;
  bool look_for_room_ = false;
  Time due_{};  // the next attempt to empty the log
  std::optional<Time> held_since_;
  bool told_ = false;
};

}  // namespace liveness::store
