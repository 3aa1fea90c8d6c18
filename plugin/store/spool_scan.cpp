// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool_scan.h"

#include <soci/sqlite3/soci-sqlite3.h>

#include <utility>

#include "store/sqlite_errors.h"

namespace liveness::store {

SpoolScan::SpoolScan(soci::session& sql, std::string columns, std::string table,
                     std::function<void(soci::statement&)> exchange)
    : sql_(sql), columns_(std::move(columns)), table_(std::move(table)), exchange_(std::move(exchange)) {}

bool SpoolScan::next() {
  while (!done_) {
    bool found = false;
    const bool sound = tried([&] { found = fetch(); });
    if (found) return true;
    rows_.reset();
    if (back_)
      goOn();
    else if (sound)
      done_ = true;
    else
      goBackFromBehind();
  }
  return false;
}

template <class What>
bool SpoolScan::tried(What what) {
  try {
    what();
    return true;
  } catch (const soci::soci_error& e) {
    const DatabaseError described = describe(e);
    if (!described.spoiled) throw;
    const std::string text = described.what();  // the advice behind it is for a database
    if (damage_.empty()) damage_ = text.substr(0, text.find("; "));
    return false;
  }
}

void SpoolScan::select() {
  // By its rows and not by an index of it, which may be damaged where they are not.
  const std::string text = "SELECT rowid, " + columns_ + " FROM " + table_ +
                           " NOT INDEXED WHERE rowid BETWEEN :first AND :last ORDER BY rowid" +
                           (back_ ? " DESC" : "");
  rows_.emplace(sql_);
  rows_->exchange(soci::into(at_));
  exchange_(*rows_);
  rows_->exchange(soci::use(from_, "first"));
  rows_->exchange(soci::use(to_, "last"));
  rows_->alloc();
  rows_->prepare(text);
  rows_->define_and_bind();
  rows_->execute();
}

bool SpoolScan::fetch() {
  if (from_ > to_) return false;
  if (!rows_) select();
  if (!rows_->fetch()) return false;
  // A damaged page may lead to one that was read already.
  if (at_ < from_ || at_ > to_) throw soci::sqlite3_soci_error("rows are out of order", SQLITE_CORRUPT);
  if (back_)
    to_ = at_ - 1;
  else
    from_ = at_ + 1;
  return true;
}

/// Looks further and further away for a row that can be read.
void SpoolScan::goBackFromBehind() {
  const Number damaged = from_;
  for (Number step = 1; step > 0 && step <= kLast - damaged; step = step > kLast / 2 ? 0 : step * 2) {
    from_ = damaged + step;
    to_ = kLast;
    bool found = false;
    const bool sound = tried([&] { found = fetch(); });
    rows_.reset();
    if (!sound) continue;
    behind_ = found ? std::optional<Number>(at_) : std::nullopt;
    to_ = found ? at_ - 1 : damaged + step - 1;
    from_ = damaged;
    back_ = true;
    return;
  }
  done_ = true;
}

void SpoolScan::goOn() {
  back_ = false;
  done_ = !behind_.has_value();
  from_ = behind_.value_or(kLast);
  to_ = kLast;
}

}  // namespace liveness::store
