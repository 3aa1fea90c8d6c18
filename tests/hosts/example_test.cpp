// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The example adapter: a real process with clients on its port, in either style, and its record as it lies on
// disk.
#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/port_lease.h"
#include "support/sqlite_file.h"
#include "support/stored_last_seen.h"
#include "support/tcp_socket.h"
#include "support/temp_dir.h"

namespace liveness::tests {

namespace {

using support::eventually;
using support::milliseconds;
using support::SteadyClock;

constexpr std::chrono::seconds kDeadline{
    20};  // for what takes milliseconds, or a second or two: busy machines

/// A client of lines, that answers pings for as long as somebody waits for something of it.
class Client {
 public:
  Client(std::uint16_t port, const std::string& begin) : socket_(support::Endpoint{"127.0.0.1", port}) {
    say(begin);
  }

  void say(const std::string& line) { socket_.send(line + '\n'); }

  /// Waits for a line that begins so, and passes over others. Empty where none comes.
  std::string hear(const std::string& beginning, bool answering = true) {
    const auto end = SteadyClock::now() + kDeadline;
    while (SteadyClock::now() < end) {
      for (std::size_t at = 0; (at = in_.find('\n')) != std::string::npos;) {
        const std::string line = in_.substr(0, at);
        in_.erase(0, at + 1);
        if (answering && line.rfind("ping ", 0) == 0) say("pong " + line.substr(5));
        if (line.rfind(beginning, 0) == 0) return line;
        passed_over.push_back(line);
      }
      const auto bytes = socket_.receive(milliseconds{100});
      if (bytes && bytes->empty()) return {};
      if (bytes) in_ += *bytes;
    }
    return {};
  }

  void cut() { socket_.reset(); }
  bool isClosed() {
    return eventually(kDeadline, [&] {
      const auto bytes = socket_.receive(milliseconds{100});
      return bytes && bytes->empty();
    });
  }

  std::vector<std::string> passed_over;

 private:
  support::TcpSocket socket_;
  std::string in_;
};

struct Server {
  support::PortLease lease;
  support::TempDir folder{"liveness-example"};
  std::filesystem::path database = folder.path() / "records.sqlite3";
  std::vector<std::string> options;
  std::unique_ptr<support::ChildProcess> process;

  explicit Server(std::vector<std::string> with) : options(std::move(with)) { start(); }

  void start() {
    const char* program = std::getenv("LIVENESS_EXAMPLE");
    REQUIRE_MESSAGE(program != nullptr, "LIVENESS_EXAMPLE is not set: run this with meson test");
    support::Command command;
    command.arguments = {program, std::to_string(lease.port()), database.string()};
    command.arguments.insert(command.arguments.end(), options.begin(), options.end());
    command.output = folder.path() / "log";
    process = std::make_unique<support::ChildProcess>(command);
    REQUIRE_MESSAGE(eventually(kDeadline, [&] { return isListening() || !process->running(); }), log());
    REQUIRE_MESSAGE(process->running(), log());
  }

  bool isListening() const {
    try {
      support::TcpSocket(support::Endpoint{"127.0.0.1", lease.port()});
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  }

  int stop(int signal) {
    process->signal(signal);
    return process->wait(kDeadline).value_or(-1000);
  }

  std::string log() const {
    std::ifstream file(folder.path() / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  Client client(const std::string& begin) const { return {lease.port(), begin}; }

  /// Somebody who is here, and sees the others.
  Client contact(const std::string& user) const {
    Client contact = client("login " + user + " desk");
    contact.say("here");
    contact.say("last nobody");
    REQUIRE(contact.hear("last nobody") == "last nobody never");  // so it is here
    return contact;
  }

  std::optional<support::StoredLastSeen> recordOf(const std::string& user) const {
    return support::readLastSeen(database, user + "@example.org");
  }

  bool isOnRecordAsHere(const std::string& user) const {
    return support::SqliteFile(database).one("SELECT count(*) FROM online_users WHERE bare_jid = '" + user +
                                             "@example.org'") == "1";
  }

  /// The record, once it says this.
  bool isRecorded(const std::string& user, const std::string& cause) const {
    return eventually(kDeadline, [&] {
      const auto record = recordOf(user);
      return record && record->cause == cause;
    });
  }
};

/// What there is, once for each style.
std::vector<std::vector<std::string>> styles() {
  return {{}, {"--queued"}};
}

std::vector<std::string> with(std::vector<std::string> options, std::initializer_list<std::string> more) {
  options.insert(options.end(), more);
  return options;
}

}  // namespace

TEST_SUITE("hosts/example") {
  TEST_CASE("contacts see a client come and go, and how it went is on record") {
    for (const auto& style : styles()) {
      const Server server(style);
      Client juliet = server.contact("juliet"), romeo = server.client("login romeo phone");
      romeo.say("here in the garden");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here in the garden");
      CHECK(romeo.hear("see juliet") == "see juliet/desk here ");
      juliet.say("last romeo");
      CHECK(juliet.hear("last") == "last romeo here");
      romeo.say("gone to Mantua");
      CHECK(juliet.hear("see romeo") == "see romeo/phone gone to Mantua");
      REQUIRE(server.isRecorded("romeo", "logged_out"));
      CHECK(server.recordOf("romeo")->status == "to Mantua");
      CHECK(server.recordOf("romeo")->resource == "phone");
      juliet.say("last romeo");
      const std::string last = juliet.hear("last");
      CHECK(last.rfind("last romeo 20", 0) == 0);
      CHECK(last.find("Z logged_out to Mantua") != std::string::npos);
    }
  }

  TEST_CASE("a client whose connection breaks is logged out on its behalf, once") {
    for (const auto& style : styles()) {
      const Server server(style);
      Client juliet = server.contact("juliet"), romeo = server.client("login romeo phone");
      romeo.say("here");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here ");
      romeo.cut();
      CHECK(juliet.hear("see romeo") == "see romeo/phone gone ");
      CHECK(server.isRecorded("romeo", "connection_lost"));
      juliet.say("last nobody");
      CHECK(juliet.hear("last") == "last nobody never");
      for (const std::string& line : juliet.passed_over) CHECK(line.find("romeo") == std::string::npos);
    }
  }

  TEST_CASE("a client that says nothing is asked, and logged out; one that answers stays") {
    for (const auto& style : styles()) {
      const Server server(with(style, {"idle_timeout=2", "ping_attempts=1"}));
      Client juliet = server.contact("juliet"), romeo = server.client("login romeo phone");
      romeo.say("here");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here ");
      CHECK(juliet.hear("see romeo") == "see romeo/phone gone ");
      juliet.say("sessions");
      CHECK(juliet.hear("session ").rfind("session juliet@example.org/desk reachable", 0) == 0);
      CHECK_FALSE(server.recordOf("juliet").has_value());
      CHECK(romeo.hear("ping ", false) != "");
      CHECK(romeo.hear("bye ", false) == "bye you were not heard for too long");
      CHECK(romeo.isClosed());
      REQUIRE(server.isRecorded("romeo", "timed_out"));
      const auto record = *server.recordOf("romeo");
      CHECK(record.logged_out_at - record.last_heard_at >= milliseconds{1900});
    }
  }

  TEST_CASE(
      "a client that may resume is held, shown as gone after the grace, and seen again when it is back") {
    for (const auto& style : styles()) {
      const Server server(with(style, {"held_grace=0"}));
      Client juliet = server.contact("juliet"), romeo = server.client("login romeo phone keep");
      romeo.say("here again");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here again");
      romeo.cut();
      CHECK(juliet.hear("see romeo") == "see romeo/phone gone");
      juliet.say("say romeo wherefore");
      Client back = server.client("resume romeo phone");
      CHECK(back.hear("resumed") == "resumed");
      CHECK(back.hear("said") == "said juliet/desk wherefore");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here again");
      CHECK_FALSE(server.recordOf("romeo").has_value());
    }
  }

  TEST_CASE("a client that does not resume in time is logged out, and its contacts see it go") {
    for (const auto& style : styles()) {
      const Server server(with(style, {"hold=0"}));
      Client juliet = server.contact("juliet"), romeo = server.client("login romeo phone keep");
      romeo.say("here");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here ");
      romeo.cut();
      CHECK(juliet.hear("see romeo") == "see romeo/phone gone ");
      CHECK(server.isRecorded("romeo", "hold_expired"));
      CHECK(server.client("resume romeo phone").hear("error") == "error there is nothing to resume");
    }
  }

  TEST_CASE("an operator asks for a sign of life, and ends a session") {
    for (const auto& style : styles()) {
      const Server server(style);
      Client juliet = server.contact("juliet"), romeo = server.client("login romeo phone");
      romeo.say("here");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here ");
      juliet.say("probe romeo phone");
      CHECK(romeo.hear("ping ") != "");
      juliet.say("kick romeo phone");
      CHECK(romeo.hear("bye ") == "bye an operator ended this");
      CHECK(juliet.hear("see romeo") == "see romeo/phone gone ");
      CHECK(server.isRecorded("romeo", "kicked"));
    }
  }

  TEST_CASE("a later login with the same resource replaces the older one, and is not logged out by its end") {
    for (const auto& style : styles()) {
      const Server server(style);
      Client juliet = server.contact("juliet"), romeo = server.client("login romeo phone");
      romeo.say("here");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here ");
      Client newer = server.client("login romeo phone");
      newer.say("here anew");
      CHECK(romeo.hear("bye") == "bye replaced");
      CHECK(juliet.hear("see romeo") == "see romeo/phone gone ");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here anew");
      CHECK(server.isRecorded("romeo", "replaced"));
      juliet.say("last romeo");
      CHECK(juliet.hear("last") == "last romeo here");
    }
  }

  TEST_CASE("an adapter that is taken out and put back in logs nobody out, and knows who is there") {
    for (const auto& style : styles()) {
      const Server server(with(style, {"held_grace=0"}));
      Client juliet = server.contact("juliet"), romeo = server.client("login romeo phone");
      Client nurse = server.client("login nurse phone keep");
      romeo.say("here");
      CHECK(juliet.hear("see romeo") == "see romeo/phone here ");
      nurse.say("here too");
      nurse.cut();
      CHECK(juliet.hear("see nurse") == "see nurse/phone here too");
      CHECK(juliet.hear("see nurse") == "see nurse/phone gone");
      const auto silence = [&juliet] {
        juliet.say("sessions");
        const std::string line = juliet.hear("session nurse@");  // ... held 1234 ms
        return std::stol("0" + line.substr(line.find("held") + 5));
      };
      REQUIRE(eventually(kDeadline, [&] { return silence() >= 700; }));
      server.process->signal(SIGHUP);
      CHECK(juliet.hear("see nurse") == "see nurse/phone here too");  // nobody is left who would end it
      CHECK(juliet.hear("see nurse") == "see nurse/phone gone");      // and the new one begins it
      CHECK(silence() >= 700);
      for (const char* user : {"juliet", "romeo", "nurse"}) CHECK_FALSE(server.recordOf(user).has_value());
      juliet.say("sessions");
      CHECK(juliet.hear("session ") != "");
      Client back = server.client("resume nurse phone");
      CHECK(juliet.hear("see nurse") == "see nurse/phone here too");
      romeo.cut();
      CHECK(juliet.hear("see romeo") == "see romeo/phone gone ");
      CHECK(server.isRecorded("romeo", "connection_lost"));
    }
  }

  TEST_CASE("a server that ends in order, and one that is killed, has everybody on record") {
    for (const auto& style : styles()) {
      Server server(style);
      Client juliet = server.contact("juliet");
      CHECK(server.stop(SIGTERM) == 0);
      REQUIRE(server.recordOf("juliet").has_value());
      CHECK(server.recordOf("juliet")->cause == "server_stopped");
      server.start();
      Client again = server.contact("juliet");
      REQUIRE(eventually(kDeadline, [&] { return server.isOnRecordAsHere("juliet"); }));
      server.stop(SIGKILL);
      server.start();
      CHECK(server.isRecorded("juliet", "server_crashed"));
    }
  }

  TEST_CASE("a bad option is an error that names it, and nothing is served") {
    for (const auto& style : styles()) {
      const char* program = std::getenv("LIVENESS_EXAMPLE");
      REQUIRE(program != nullptr);
      const support::PortLease lease;
      const support::TempDir folder("liveness-example");
      support::Command command;
      command.arguments = with({program, std::to_string(lease.port()), (folder.path() / "x").string()},
                               {"idle_timeout=soon"});
      command.arguments.insert(command.arguments.end(), style.begin(), style.end());
      const auto ended = support::run(command);
      CHECK(ended.status == 1);
      CHECK(ended.output.find("idle_timeout") != std::string::npos);
      CHECK(ended.output.find("soon") != std::string::npos);
      CHECK_FALSE(std::filesystem::exists(folder.path() / "x"));
    }
  }
}

}  // namespace liveness::tests
