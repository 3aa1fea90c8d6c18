// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/postgresql_session.h"

#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "core/bounded_text.h"
#include "store/database.h"
#include "store/postgresql_errors.h"

namespace liveness::store {

namespace {

using Clock = std::chrono::steady_clock;

/// For a server that answers at all; one that does not is waited for as libpq is told to.
constexpr std::chrono::milliseconds kAtOnce{1000};
constexpr std::chrono::milliseconds kToJudge{10'000};  // a password

constexpr const char* kWrongPassword = "28P01";

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

/// Of what libpq would write to the server's stderr.
void ignore(void*, const char*) {}

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};

/// libpq's own way of connecting, which SOCI takes, keeps no code of what the server refused. So this comes
/// before it: the same, but with the codes in the messages. Nothing is asked of a server twice that has said
/// no once: a password that is wrong would count twice where such things are counted. nullopt where it let us
/// in, or did not answer at once.
std::optional<DatabaseError> refusalOf(const std::string& keywords) {
  const std::unique_ptr<PGconn, Finish> connection(PQconnectStart(keywords.c_str()));
  if (!connection || PQstatus(connection.get()) == CONNECTION_BAD) return std::nullopt;
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  PQsetNoticeProcessor(connection.get(), ignore, nullptr);
  const auto begin = Clock::now();
  for (auto wants = PGRES_POLLING_WRITING; wants != PGRES_POLLING_OK && wants != PGRES_POLLING_FAILED;
       wants = PQconnectPoll(connection.get())) {
    // Where sslmode is "prefer" libpq would try once more, without TLS.
    if (stateIn(PQerrorMessage(connection.get())) == kWrongPassword) break;
    // One that has asked for the password is there, and may be slow to look it up.
    const auto patience = PQconnectionUsedPassword(connection.get()) != 0 ? kToJudge : kAtOnce;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(begin + patience - Clock::now());
    pollfd socket{PQsocket(connection.get()),
                  static_cast<short>(wants == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (left.count() <= 0 || ::poll(&socket, 1, static_cast<int>(left.count())) <= 0) break;
  }
  const std::string said = PQerrorMessage(connection.get()), state = stateIn(said);
  if (PQstatus(connection.get()) == CONNECTION_OK || state.empty()) return std::nullopt;
  return describeState(state, said);
}

/// "Cannot establish ...\nconnection to server at ... failed: Connection refused\n\tIs ..." -> the reason.
std::string reasonIn(const std::string& said) {
  const auto first = said.find('\n');
  const std::string rest = first == std::string::npos ? said : said.substr(first + 1);
  return core::boundedText(rest.substr(0, rest.find('\n')), 256);
}

}  // namespace

void setUp(soci::session& sql, Access access) {
  auto* connection = static_cast<soci::postgresql_session_backend*>(sql.get_backend())->conn_;
  PQsetNoticeProcessor(connection, ignore, nullptr);

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
  if (const auto refusal = refusalOf(keywords)) throw DatabaseError(*refusal);
  try {
    sql.open(soci::postgresql, keywords);
  } catch (const soci::soci_error& e) {
    throw DatabaseError(
        DatabaseError::Kind::away,
        reasonIn(e.get_error_message()) + "; see that PostgreSQL runs, and that it can be reached from here");
  }
}

}  // namespace liveness::store
