// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/spool.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "store/counted.h"
#include "store/spool_file.h"
#include "store/spool_reader.h"
#include "store/spool_transfer.h"
#include "store/sqlite_database.h"
#include "store/sqlite_file.h"

namespace liveness::store {

namespace {

constexpr std::size_t kSlice = SpoolReader::kSlice;

/// A name is only there for good when its folder is on disk.
void flushFolder(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

Spool::Taken came(const SpoolTransfer& of, const SpoolReader& file) {
  return {of.records(), of.refused(), of.whyRefused(), file.damage(), ""};
}

/// All that can be read of a file that cannot be added to.
Spool::Taken salvage(const std::string& path, const std::string& into, UtcTime now) {
  SqliteDatabase database(into);
  database.open();
  try {
    SpoolReader file(path);
    SpoolTransfer transfer(file, database, now, true);
    putForgotten(into, file.forgotten());
    transfer.giveLogouts();
    transfer.giveLastSeen();
    transfer.giveLogins();
    for (auto heard = file.heard(kSlice); !heard.empty(); heard = file.heard(kSlice)) putHeard(into, heard);
    putUnfinished(into, transfer.keepRuns());
    return came(transfer, file);
  } catch (const SpoolError& e) {
    Spool::Taken nothing;
    nothing.damage = e.what();
    return nothing;
  }
}

bool isThere(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

/// Another file in its place can be added to. One that is locked, or on a full disk, is as good as before.
bool isSpoiled(const DatabaseError& e) {
  return e.spoiled || e.kind != DatabaseError::Kind::away;
}

}  // namespace

Spool::Spool(std::string path) : path_(std::move(path)) {}
Spool::~Spool() = default;

void Spool::onNews(const std::string& bare_jid) {
  if (!all_) changed_.insert(bare_jid);
}

void Spool::onHeard(std::uint64_t login, UtcTime at) {
  if (!all_) heard_[login] = at;
}

std::optional<Spool::Taken> Spool::put(const Run& run, const Waiting& waiting, const LastHeard& heard,
                                       UtcTime now) {
  if (!isOpen()) forgetChanges();
  if (hasAll() || (all_ && waiting.empty() && heard.empty())) return std::nullopt;
  return into(run, now, [&](SpoolFile& file) {
    file.put(all_ ? waiting.some(waiting.size()) : waiting.of(changed_), all_ ? heard : heard_, now);
  });
}

std::optional<Spool::Taken> Spool::putLast(const Run& run, const Waiting& waiting, UtcTime now) {
  auto before = into(run, now, [&](SpoolFile& file) { file.putLast(waiting.some(waiting.size()), now); });
  file_.reset();  // now it is one file, without a log beside it
  return before;
}

template <class Put>
std::optional<Spool::Taken> Spool::into(const Run& run, UtcTime now, Put put) {
  std::optional<Taken> before;
  try {
    try {
      open(run, now);
      put(*file_);
    } catch (const DatabaseError& e) {
      if (!isSpoiled(e) || !std::filesystem::is_regular_file(path_)) throw;
      before = replace(e.what(), run, now, put);
    }
  } catch (...) {
    forgetChanges();
    throw;
  }
  holds_ = true;
  all_ = false;
  changed_.clear();
  heard_.clear();
  return before;
}

bool Spool::isOpen() const {
  return file_ != nullptr && file_->isThere();
}

void Spool::open(const Run& run, UtcTime now) {
  if (isOpen()) return;
  forgetChanges();
  const bool is_new = !isThere(path_);
  try {
    file_ = std::make_unique<SpoolFile>(path_, run, now);
  } catch (const DatabaseError&) {
    if (is_new) removeFile(path_);  // there is nothing in it
    throw;
  }
  flushFolder(path_);
}

/// The new file is made under another name, so that what is to be read of the old one is never lost.
template <class Put>
Spool::Taken Spool::replace(const std::string& why, const Run& run, UtcTime now, Put put) {
  forgetChanges();
  const std::string part = path_ + ".part";
  removeFile(part);
  Taken before = salvage(path_, part, now);
  if (before.damage.empty()) before.damage = why;
  {
    SpoolFile file(part, run, now);
    put(file);
  }
  before.aside = setAside(path_);
  std::filesystem::rename(part, path_);
  flushFolder(path_);
  return before;
}

void Spool::forgetChanges() noexcept {
  file_.reset();
  all_ = true;
  changed_.clear();
  heard_.clear();
}

void Spool::drop(const Run& run, UtcTime now) {
  if (!holds_) return;
  try {
    if (isThere(path_)) {
      open(run, now);
      const bool others = file_->hasOthers();
      if (others) file_->drop();
      file_.reset();
      if (!others) remove();
    }
  } catch (...) {
    forgetChanges();
    throw;
  }
  forgetChanges();
  holds_ = false;
}

void Spool::remove() const {
  removeFile(path_);
  flushFolder(path_);
}

bool Spool::hasOnlyOurs() noexcept {
  try {
    return holds_ && isOpen() && !file_->hasOthers();
  } catch (const std::exception&) {
    return false;
  }
}

std::optional<Spool::Taken> Spool::takeIn(Database& database, UtcTime now, bool keep_history) {
  if (!wanted() || !isThere(path_) || hasOnlyOurs()) return std::nullopt;
  forgetChanges();
  Taken taken;
  try {
    SpoolReader file(path_);
    SpoolTransfer transfer(file, database, now, keep_history);
    transfer.forget(file.forgotten());
    transfer.giveLogouts();
    transfer.giveLastSeen();
    transfer.giveLogins();
    transfer.giveHeard();
    transfer.endRuns();
    taken = came(transfer, file);
  } catch (const SpoolError& e) {
    if (!e.spoiled) throw;
    taken.damage = e.what();
  }
  try {
    if (taken.damage.empty() && taken.refused == 0)
      remove();
    else
      taken.aside = setAside(path_);
  } catch (const std::filesystem::filesystem_error& e) {
    throw SpoolError("it was taken in, but cannot be deleted or renamed: " + e.code().message(), false);
  }
  flushFolder(path_);
  holds_ = false;
  return taken;
}

std::string describe(const Spool::Taken& taken) {
  std::string text = records(taken.records) + " of it could be taken in";
  if (taken.refused != 0) text += ", " + records(taken.refused) + " refused; the last: " + taken.why_refused;
  if (!taken.damage.empty()) text += "; the rest is spoiled: " + taken.damage;
  return text + ". The file is now " + taken.aside;
}

}  // namespace liveness::store
