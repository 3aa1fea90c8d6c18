// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "liveness/time.h"

namespace liveness::store {

/// What each database has of its own in questions that are otherwise the same words.
struct Dialect {
  const char* schema;  ///< goes before the name of a table, which is then ours whatever comes first elsewhere
  const char* begin_reading;  ///< of a transaction with several questions and one answer
  const char* of_domain;      ///< a condition: bare_jid ends in :suffix
  const char* here;           ///< a question: who is here, available or only connected; some of them twice
  const char* away;           ///< a condition: the user of this row of the view seen is not here
  const char* moment;         ///< the parameter :moment as a time
  const char* holds_text;     ///< a condition: bare_jid or status holds :text, which is toSearch()'s
  const char* bytewise;       ///< behind a column: texts are ordered byte by byte
  std::string (*toSearch)(std::string_view);
  std::string (*toText)(UtcTime);
  std::optional<UtcTime> (*fromText)(std::string_view);
};

}  // namespace liveness::store
