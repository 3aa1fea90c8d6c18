// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <lua.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "liveness/policy.h"
#include "liveness/store.h"

namespace liveness::hosts::prosody {

/// What a store may answer.
using Found = std::variant<std::optional<LastSeen>, std::vector<LastSeen>, Store::Inactive,
                           std::vector<std::uint64_t>, std::vector<std::string>, FoundUsers, std::string>;

/// Pushes one value: a record as a table, nil for none, a list, { total =, users = } or { matched =, users =
/// }, a text. Needs five places on the stack. May raise a Lua error, so `found` must lie where that is no
/// harm.
void pushFound(lua_State* L, const Found& found);

// Arguments, judged; each raises a Lua error for what is none. What is filled must lie where that is no harm.

/// Seconds since the Unix epoch; what no calendar has is cut.
UtcTime checkTime(lua_State* L, int index);

/// The same with a fraction, or nothing where there is nil or none.
std::optional<UtcTime> optionalTime(lua_State* L, int index);

/// How many rows are wanted, cut to `most`.
std::size_t checkLimit(lua_State* L, int index, lua_Integer most);

void checkTimes(lua_State* L, int index, std::vector<UtcTime>& times);
void checkTexts(lua_State* L, int index, std::vector<std::string>& texts);

/// { text =, cause =, sort =, descending =, offset =, limit = }, as UsersQuestion has them; all but the limit
/// may be left out.
void checkUsersQuestion(lua_State* L, int index, lua_Integer most, UsersQuestion& question);

/// The table of options at `index`. Only strings are names; values are converted nowhere, so nothing in here
/// raises.
void readOptions(lua_State* L, int index, Options& options);

}  // namespace liveness::hosts::prosody
