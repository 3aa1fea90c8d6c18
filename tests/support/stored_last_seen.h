// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

namespace liveness::support {

using UtcMillis = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

inline UtcMillis utcNow() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// A time as SQLite's schema says (2026-11-23T00:44:48.123Z). Throws std::runtime_error where it is not.
UtcMillis parseUtc(const std::string& written);

/// One row of the store, read with SQLite's own library: what an operator sees, not what the plugin says.
struct StoredLastSeen {
  UtcMillis last_heard_at;
  UtcMillis logged_out_at;
  std::string cause;
  std::string resource;
  std::string status;
  std::string offline_presence;
};

/// nullopt where there is no such file, table or row. Throws std::runtime_error where a time is not written
/// as the schema says, or the database cannot be read.
std::optional<StoredLastSeen> readLastSeen(const std::filesystem::path& database,
                                           const std::string& bare_jid);

}  // namespace liveness::support
