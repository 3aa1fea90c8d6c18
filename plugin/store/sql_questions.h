// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "liveness/store.h"
#include "store/dialect.h"

namespace liveness::store {

// Reader's functions of the same names, as far as both databases are asked alike.

std::optional<LastSeen> find(soci::session& sql, const Dialect& dialect, const std::string& bare_jid);
std::vector<LastSeen> history(soci::session& sql, const Dialect& dialect, const std::string& bare_jid,
                              std::size_t limit);
Store::Inactive inactive(soci::session& sql, const Dialect& dialect, const std::string& domain,
                         UtcTime before, std::size_t limit);
std::vector<std::uint64_t> active(soci::session& sql, const Dialect& dialect, const std::string& domain,
                                  const std::vector<UtcTime>& since);
FoundUsers users(soci::session& sql, const Dialect& dialect, const std::string& domain,
                 const UsersQuestion& question);

}  // namespace liveness::store
