// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/sqlite_questions.h"

#include <unordered_set>

#include "core/folded_text.h"
#include "store/sqlite_functions.h"
#include "store/utc_text.h"

namespace liveness::store {

const Dialect kSqlite{"main.",
                      "BEGIN",
                      "substr(bare_jid, -length(:suffix)) = :suffix",
                      kHere,
                      "NOT is_here(bare_jid, 'once')",
                      ":moment",
                      "(holds(bare_jid, :text) OR holds(status, :text))",
                      "",
                      core::folded,
                      toUtcText,
                      fromUtcText};

std::vector<std::string> unknown(soci::session& sql, const std::vector<std::string>& bare_jids) {
  std::vector<std::string> found;
  std::string name;
  int known = 0;
  soci::statement seen = (sql.prepare << "SELECT count(*) FROM seen WHERE bare_jid = :name",
                          soci::use(name, "name"), soci::into(known));
  for (const std::string& user : bare_jids) {
    name = user;
    seen.execute(true);
    if (known == 0) found.push_back(user);
  }
  if (found.empty()) return found;

  std::unordered_set<std::string> unseen(found.begin(), found.end());
  soci::statement all = (sql.prepare << kHere, soci::into(name));
  for (all.execute(); all.fetch();) unseen.erase(name);
  std::vector<std::string> never;
  for (std::string& user : found)
    if (unseen.count(user) != 0) never.push_back(std::move(user));
  return never;
}

}  // namespace liveness::store
