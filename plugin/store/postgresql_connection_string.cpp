// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_connection_string.h"

#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <memory>
#include <sstream>
#include <utility>

#include "core/secrets.h"
#include "store/shown.h"
#include "store/soci_store.h"

namespace liveness::store {

namespace {

using Keywords = std::map<std::string, std::string>;

/// A lost server is noticed within about ten seconds by whoever waits for it, also where nothing comes back
/// at all; a connection that cannot be made, within two for each address (libpq's least).
constexpr std::pair<const char*, const char*> kDefaults[] = {
    {"connect_timeout", "2"},  {"fallback_application_name", "liveness"},
    {"keepalives_idle", "5"},  {"keepalives_interval", "2"},
    {"keepalives_count", "3"}, {"tcp_user_timeout", "10000"},
};

StoreError unusable(const std::string& connection_string, const std::string& why) {
  return StoreError(
      "store \"" + withoutPassword(connection_string) + "\": " + shown(why, 512) +
      "; accepted is postgresql://USER:PASSWORD@HOST:PORT/DATABASE, or "
      "postgresql:///DATABASE?host=/run/postgresql for a socket, with '%' and two digits for "
      "what has a meaning of its own, or libpq's keywords: postgresql://host=HOST dbname=DATABASE");
}

/// libpq's own words, up to where they quote what may be a part of a password.
std::string complaint(const char* said, const std::string& connection_string) {
  if (said == nullptr) return "there is no memory to read it";
  std::string text = said;
  text.erase(text.find_last_not_of("\r\n") + 1);
  const auto open = text.rfind(" \"");
  const auto close = open == std::string::npos ? open : text.find('"', open + 2);
  if (close == std::string::npos) return text;
  const std::string quoted = text.substr(open + 2, close - open - 2);
  const bool shown_anyway = withoutPassword(connection_string).find(quoted) != std::string::npos;
  return shown_anyway ? text : text.substr(0, open);
}

/// SOCI's style: the first thing behind the slashes is a keyword.
bool isKeywords(const std::string& rest) {
  const auto after = std::find_if(rest.begin(), rest.end(),
                                  [](unsigned char c) { return c != '_' && std::isalnum(c) == 0; });
  const auto equals = std::find_if(after, rest.end(), [](unsigned char c) { return std::isspace(c) == 0; });
  return after != rest.begin() && equals != rest.end() && *equals == '=';
}

Keywords parse(const std::string& connection_string, const std::string& rest) {
  struct Free {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
    void operator()(char* text) const noexcept { PQfreemem(text); }
  };
  const std::string text = isKeywords(rest) ? rest : "postgresql://" + rest;
  char* said = nullptr;
  const std::unique_ptr<PQconninfoOption, Free> options(PQconninfoParse(text.c_str(), &said));
  const std::unique_ptr<char, Free> error(said);
  if (!options) throw unusable(connection_string, complaint(said, connection_string));

  Keywords keywords;
  for (const PQconninfoOption* o = options.get(); o->keyword != nullptr; ++o)
    if (o->val != nullptr) keywords[o->keyword] = o->val;
  return keywords;
}

bool isNumber(const std::string& text, long least, long most) {
  if (text.empty() || text.size() > 9) return false;
  if (!std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; }))
    return false;
  const long number = std::stol(text);
  return number >= least && number <= most;
}

/// What libpq itself judges only when it connects.
void check(const std::string& connection_string, const Keywords& keywords) {
  if (const auto port = keywords.find("port"); port != keywords.end()) {
    std::istringstream ports(port->second);  // one for each host, or one for all; an empty one is the default
    for (std::string one; std::getline(ports, one, ',');)
      if (!one.empty() && !isNumber(one, 1, 65535))
        throw unusable(connection_string, "the port is not a number from 1 to 65535");
  }
  if (const auto database = keywords.find("dbname"); database != keywords.end())
    if (database->second.find('@') != std::string::npos)
      throw unusable(connection_string,
                     "there is an '@' in the database's name: is it a '/' in the password?");
  for (const auto& [keyword, ignored] : kDefaults) {
    const auto set = keywords.find(keyword);
    if (set == keywords.end() || set->first == "fallback_application_name") continue;
    if (!isNumber(set->second, 0, 999999999))
      throw unusable(connection_string, set->first + " is not a whole number");
  }
}

std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') text += '\\';
    text += c;
  }
  return text + '\'';
}

/// Such as "postgresql://liveness@db.example.org:5433/chat": what an operator knows it by.
std::string nameOf(const Keywords& keywords) {
  const auto get = [&](const char* keyword) {
    const auto found = keywords.find(keyword);
    return found == keywords.end() ? std::string() : found->second;
  };
  const std::string user = get("user"), port = get("port"), service = get("service");
  const std::string host = get("host").empty() ? get("hostaddr") : get("host");
  const bool socket = !host.empty() && host.front() == '/';
  std::string name = "postgresql://";
  if (!user.empty()) name += user + '@';
  const bool ipv6 = std::count(host.begin(), host.end(), ':') > 1 && host.find(',') == std::string::npos;
  if (!socket) name += ipv6 ? '[' + host + ']' : host;
  if (!port.empty()) name += ':' + port;
  name += '/' + get("dbname");
  if (socket) name += "?host=" + host;
  if (!service.empty()) name += "?service=" + service;
  return shown(name, 256);
}

}  // namespace

std::string withoutPassword(const std::string& text) {
  // It may be malformed, so what could be a password is guessed generously.
  std::string safe = text;
  const auto slashes = safe.find("://");
  const auto at = safe.rfind('@');
  if (slashes != std::string::npos && at != std::string::npos) {
    const auto colon = safe.find(':', slashes + 3);
    if (colon < at) safe.replace(colon + 1, at - colon - 1, "***");
  }
  const auto found = core::findPass(safe);
  if (found != std::string::npos) safe.replace(found, std::string::npos, "***");
  return shown(safe, 256);
}

PostgresqlTarget parsePostgresql(const std::string& connection_string) {
  if (connection_string.find('\0') != std::string::npos)
    throw unusable(connection_string, "there is a NUL in it");
  Keywords keywords = parse(connection_string, connection_string.substr(connection_string.find("://") + 3));
  check(connection_string, keywords);

  PostgresqlTarget target;
  target.name = nameOf(keywords);
  for (const auto& [keyword, value] : kDefaults) keywords.emplace(keyword, value);
  keywords["client_encoding"] = "UTF8";
  for (const auto& [keyword, value] : keywords)
    target.keywords += (target.keywords.empty() ? "" : " ") + keyword + '=' + quoted(value);
  return target;
}

}  // namespace liveness::store
