// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_session.h"

#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <memory>
#include <utility>

#include "core/bounded_text.h"
#include "store/database.h"
#include "store/postgresql_errors.h"

namespace liveness::store {

namespace {

using Clock = std::chrono::steady_clock;

/// For a server that answers at all; one that does not was already waited for.
constexpr std::chrono::milliseconds kAtOnce{1000};

/// Bounds that are set where nobody else has set one. A server that was cut off may leave a transaction
/// behind whose locks the others wait for: PostgreSQL ends it.
constexpr std::pair<const char*, const char*> kTimeouts[] = {
    {"statement_timeout", "20s"},
    {"lock_timeout", "5s"},
    {"idle_in_transaction_session_timeout", "20s"},
    // A client whose machine died is noticed, and its name is free again (see takeName()), within half a
    // minute.
    {"tcp_keepalives_idle", "10"},
    {"tcp_keepalives_interval", "5"},
    {"tcp_keepalives_count", "4"},
    {"tcp_user_timeout", "30s"}};

/// "...FATAL:  28P01: password ..." -> "28P01", whatever language "FATAL" is in; "" where there is none.
std::string stateIn(const std::string& verbose) {
  const auto in_code = [](unsigned char c) { return std::isdigit(c) != 0 || std::isupper(c) != 0; };
  for (std::size_t at = verbose.rfind(":  "); at != std::string::npos && at > 0;
       at = verbose.rfind(":  ", at - 1)) {
    const std::string code = verbose.substr(at + 3, 6);
    if (code.size() == 6 && code.back() == ':' && std::all_of(code.begin(), code.end() - 1, in_code))
      return code.substr(0, 5);
  }
  return "";
}

/// libpq gives SOCI no code when it fails to connect: tried once more, and asked for one.
std::string stateOfFailure(const std::string& keywords) {
  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };
  const std::unique_ptr<PGconn, Finish> connection(PQconnectStart(keywords.c_str()));
  if (!connection || PQstatus(connection.get()) == CONNECTION_BAD) return "";
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  const auto deadline = Clock::now() + kAtOnce;
  for (auto wants = PGRES_POLLING_WRITING; wants != PGRES_POLLING_OK && wants != PGRES_POLLING_FAILED;
       wants = PQconnectPoll(connection.get())) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    pollfd socket{PQsocket(connection.get()),
                  static_cast<short>(wants == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (left.count() <= 0 || ::poll(&socket, 1, static_cast<int>(left.count())) <= 0) break;
  }
  return stateIn(PQerrorMessage(connection.get()));
}

/// "Cannot establish ...\nconnection to server at ... failed: Connection refused\n\tIs ..." -> the reason.
std::string reasonIn(const std::string& said) {
  const auto first = said.find('\n');
  const std::string rest = first == std::string::npos ? said : said.substr(first + 1);
  return core::boundedText(rest.substr(0, rest.find('\n')), 256);
}

DatabaseError describeFailure(const std::string& keywords, const soci::soci_error& error, bool at_once) {
  const std::string state = at_once ? stateOfFailure(keywords) : "";
  if (!state.empty()) return describeState(state, error.get_error_message());
  return {DatabaseError::Kind::away, reasonIn(error.get_error_message()) + "; " +
                                         "see that PostgreSQL runs, and that it can be reached from here"};
}

}  // namespace

void setUp(soci::session& sql, Access access) {
  auto* connection = static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);  // or it writes to the server's stderr

  std::string encoding;
  sql << "SHOW server_encoding", soci::into(encoding);
  if (encoding != "UTF8")
    throw DatabaseError(DatabaseError::Kind::unfit,
                        "the database has the encoding " + encoding +
                            "; make one with createdb --encoding=UTF8 --template=template0");
  sql << "SET search_path = pg_catalog; SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET "
         "standard_conforming_strings = on";
  for (const auto& [name, value] : kTimeouts)
    sql << "SELECT set_config(name, '" << value << "', false) FROM pg_settings WHERE name = '" << name
        << "' AND source = 'default'";
  if (access == Access::read) sql << "SET default_transaction_read_only = on";
}

void connect(soci::session& sql, const std::string& keywords) {
  const auto begin = Clock::now();
  try {
    sql.open(soci::postgresql, keywords);
  } catch (const soci::soci_error& e) {
    throw describeFailure(keywords, e, Clock::now() - begin < kAtOnce);
  }
}

}  // namespace liveness::store
