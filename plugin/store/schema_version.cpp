// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/schema_version.h"

namespace liveness::store {

DatabaseError unfit(const std::string& why) {
  return DatabaseError(DatabaseError::Kind::unfit, why);
}

int versionOnRecord(soci::session& sql, const Dialect& dialect, int newest, const std::string& or_else) {
  int version = 0;
  soci::indicator known = soci::i_null;
  sql << std::string("SELECT max(version) FROM ") + dialect.schema + "schema_version",
      soci::into(version, known);
  if (known != soci::i_ok) throw unfit("its table schema_version is empty; put a backup in its place");
  if (version > newest)
    throw unfit("its schema has version " + std::to_string(version) + ", and this Liveness knows up to " +
                std::to_string(newest) + "; install the newer Liveness again, or " + or_else);
  return version;
}

DatabaseError notYet(const std::string& why) {
  return DatabaseError(DatabaseError::Kind::away, why);
}

void checkIsNewest(int version, int newest) {
  if (version == newest) return;
  throw notYet("its schema has version " + std::to_string(version) + ", and this Liveness has " +
               std::to_string(newest) + "; start the server once, which brings it up to date");
}

}  // namespace liveness::store
