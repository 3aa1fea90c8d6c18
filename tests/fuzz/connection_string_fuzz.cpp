// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an operator may write as a store: a database, or one line that says what is wrong; what we hand to
// libpq is what was meant, and nothing that is shown has the password in it.

#include <libpq-fe.h>

#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>

#include "store/connection_string.h"
#include "store/postgresql_connection_string.h"
#include "store/soci_store.h"

namespace {

using namespace liveness::store;

std::map<std::string, std::string> keywordsOf(const std::string& text) {
  struct Free {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
  };
  const std::unique_ptr<PQconninfoOption, Free> options(PQconninfoParse(text.c_str(), nullptr));
  if (!options) std::abort();
  std::map<std::string, std::string> keywords;
  for (const PQconninfoOption* o = options.get(); o->keyword != nullptr; ++o)
    if (o->val != nullptr) keywords[o->keyword] = o->val;
  return keywords;
}

/// The longest word of it; "" where it is short, or may be shown for another reason.
std::string secretOf(const std::map<std::string, std::string>& keywords) {
  const auto password = keywords.find("password");
  if (password == keywords.end()) return "";
  std::string longest, word;
  for (const char c : password->second + '\0') {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      word += c;
      continue;
    }
    if (word.size() > longest.size()) longest = word;
    word.clear();
  }
  if (longest.size() < 6 || std::string("postgresql service").find(longest) != std::string::npos) return "";
  for (const auto& [keyword, value] : keywords)
    if (keyword.find(longest) != std::string::npos ||
        (keyword != "password" && value.find(longest) != std::string::npos))
      return "";
  return longest;
}

std::size_t countOf(const std::string& word, const std::string& text) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++count;
  return count;
}

void checkTarget(const std::string& text) {
  const auto target = parsePostgresql(text);
  if (target.name.size() > 256) std::abort();
  const auto keywords = keywordsOf(target.keywords);
  const std::string secret = secretOf(keywords);
  if (secret.empty()) return;
  // Written somewhere else as well, where it means something else: "us%2aunt" for a user who is told again
  // behind.
  if (countOf(secret, text) > countOf(secret, keywords.at("password"))) return;
  if (target.name.find(secret) != std::string::npos) std::abort();
  if (withoutPassword(text).find(secret) != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const std::string& whole : {text, "postgresql://" + text, "sqlite3://" + text}) {
    try {
      checkConnectionString(whole);
    } catch (const StoreError& e) {
      const std::string what = e.what();
      if (what.size() > 2000 || what.find_first_of(std::string("\n\r\x1b\0", 4)) != std::string::npos)
        std::abort();
    }
  }
  try {
    checkTarget("postgresql://" + text);
  } catch (const StoreError&) {
  }
  return 0;
}
