// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/stored_last_seen.h"

#include <ctime>
#include <iomanip>
#include <sstream>
#include <stdexcept>

#include "support/sqlite_file.h"

namespace liveness::support {

UtcMillis parseUtc(const std::string& written) {
  std::tm fields{};
  std::string millis;
  std::istringstream in(written);
  in >> std::get_time(&fields, "%Y-%m-%dT%H:%M:%S") >> millis;
  const bool whole = in && millis.size() == 5 && millis.front() == '.' && millis.back() == 'Z' &&
                     millis.find_first_not_of("0123456789", 1) == 4;
  if (!whole || written.size() != 24)
    throw std::runtime_error("the store has a time written as \"" + written + "\"");
  return UtcMillis{std::chrono::seconds{timegm(&fields)} +
                   std::chrono::milliseconds{std::stoi(millis.substr(1))}};
}

std::optional<StoredLastSeen> readLastSeen(const std::filesystem::path& database,
                                           const std::string& bare_jid) {
  if (!std::filesystem::exists(database)) return std::nullopt;
  SqliteFile file(database);
  if (file.one("SELECT count(*) FROM sqlite_master WHERE name = 'last_seen'") == "0")
    return std::nullopt;  // still being made
  std::string quoted;
  for (const char c : bare_jid) quoted += c == '\'' ? "''" : std::string(1, c);
  const auto found = file.rows(
      "SELECT last_heard_at, logged_out_at, cause, resource, status, offline_presence "
      "FROM last_seen WHERE bare_jid = '" +
      quoted + "'");
  if (found.empty()) return std::nullopt;
  const auto& row = found.front();
  return StoredLastSeen{parseUtc(row[0]), parseUtc(row[1]), row[2], row[3], row[4], row[5]};
}

}  // namespace liveness::support
