// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace liveness::support {

/// Between SQLite and the file system of this process for as long as the object lives: notes every write, and
/// every flush. A loss of power at any moment can so be played through afterwards: what was flushed is on the
/// disk, and of the rest whatever chance left there, by sectors.
///
/// That a file is there, or is there no more, counts as on the disk at once: SQLite flushes the folder too,
/// and this does not look into how. One object at a time.
class RecordingDisk {
 public:
  RecordingDisk();
  ~RecordingDisk();
  RecordingDisk(const RecordingDisk&) = delete;
  RecordingDisk& operator=(const RecordingDisk&) = delete;

  /// Notes nothing from now on. Before SQLite's files of the time before are closed is too early.
  void end();

  /// How much has happened so far: a moment to lose the power at.
  std::size_t moment() const;

  /// Puts into `folder` the files, by their names, as they could be after a loss of power at `moment`.
  void layDown(const std::filesystem::path& folder, std::size_t moment, std::mt19937& random) const;

  // For the functions that SQLite calls.
  struct Event {
    enum class Kind : std::uint8_t { created, written, truncated, flushed, removed };
    Kind kind;
    std::string file;  ///< name, without its folder
    std::size_t offset = 0;
    std::string bytes{};
  };
  void note(Event event);

 private:
  mutable std::mutex mutex_;
  std::vector<Event> events_;
};

}  // namespace liveness::support
