// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Times as databases have them, and texts on their way into one: what is read is written the same again.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/bounded_text.h"
#include "store/database.h"
#include "store/news.h"
#include "store/postgresql_values.h"
#include "store/utc_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace liveness;
  using namespace liveness::store;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto time = fromUtcText(text))
    if (toUtcText(*time) != text) std::abort();
  if (const auto time = fromPostgresqlTime(text))
    if (fromUtcText(toUtcText(*time)) != time) std::abort();

  const std::string jid = cleanJid(text);
  if (cleanJid(jid) != jid || jid.size() > 3071) std::abort();
  PostgresqlArray array;
  array.add(jid);
  array.addOrNull(core::boundedText(text, kMaxStatusBytes));
  if (array.text().front() != '{' || array.text().back() != '}') std::abort();
  try {
    array.add(text);
  } catch (const DatabaseError& e) {
    if (e.kind != DatabaseError::Kind::refused) std::abort();
  }
  return 0;
}
