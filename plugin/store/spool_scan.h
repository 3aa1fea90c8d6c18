// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace liveness::store {

/// Goes over the rows of a table in a file that may be damaged, in their order. Where a page cannot be read
/// it goes on from the table's other end, until it comes to one again: what lies between is lost.
class SpoolScan {
 public:
  /// `columns` are fetched into what `exchange` names.
  SpoolScan(soci::session& sql, std::string columns, std::string table,
            std::function<void(soci::statement&)> exchange);

  /// False: that was the last row. Throws soci::soci_error where the table could not be read for another
  /// reason than damage.
  bool next();

  /// What was damaged; empty: nothing so far.
  const std::string& damage() const noexcept { return damage_; }

 private:
  using Number = long long;
  static constexpr Number kFirst = 1;  // SQLite counts from there, and runs have numbers that are positive
  static constexpr Number kLast = std::numeric_limits<Number>::max() - 1;

  /// False where the file is damaged.
  template <class What>
  bool tried(What what);
  void select();
  bool fetch();
  void goBackFromBehind();
  void goOn();

  soci::session& sql_;
  const std::string columns_, table_;
  const std::function<void(soci::statement&)> exchange_;
  std::optional<soci::statement> rows_;
  Number at_ = 0;
  Number from_ = kFirst, to_ = kLast;  // of what is still to come on this way
  bool back_ = false;                  // is the way
  std::optional<Number> behind_;       // the damage, when it goes back; nullopt: nothing is
  bool done_ = false;
  std::string damage_;
};

}  // namespace liveness::store
