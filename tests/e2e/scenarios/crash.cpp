// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A server that is killed at random moments, again and again, on the same data. LIVENESS_KILLS says how often
// (in CI 40), LIVENESS_SEED repeats a run's decisions (what the machine adds to them, it cannot).
#include <csignal>
#include <cstdlib>
#include <random>
#include <set>

#include "e2e/crowd_stage.h"
#include "support/sqlite_file.h"

namespace liveness::e2e {
namespace {

using support::SqliteFile;

/// What a client told the server in this time before a kill may or may not be on record: it waits for the
/// writer's thread, which may be busy with the commit before.
constexpr milliseconds kWindow{400};

constexpr seconds kCheckpointInterval{1};
constexpr std::size_t kUsers = 12;
constexpr int kGhosts = 20000;

unsigned fromEnvironment(const char* name, unsigned otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(value, nullptr, 10));
}

/// One server, its crowd, and how it is treated.
class Crashes {
 public:
  explicit Crashes(unsigned seed)
      : random_(seed),
        server_(crowdSetup(Crowd::names("user", kUsers),
                           "liveness_checkpoint_interval = " + std::to_string(kCheckpointInterval.count()))),
        crowd_(server_.c2s(), Crowd::names("user", kUsers), seed, ledger_) {
    awaitRun();
  }

  /// A life of some length under load, its end, and the next start.
  void usual() {
    letLive(milliseconds{between(50, 1000)});
    kill();
    server_.start();
    check();
  }

  /// Long enough for checkpoints.
  void longLife() {
    letLive(milliseconds{between(2200, 2600)});
    kill();
    server_.start();
    check();
  }

  /// Told to stop, and killed before it has.
  void whileStopping() {
    letLive(milliseconds{between(50, 1000)});
    const auto told_at = utcNow();
    ::kill(server_.pid(), SIGTERM);
    letLive(milliseconds{between(0, 60)});
    kill("", told_at);
    server_.start();
    check();
  }

  /// The next kill strikes while the server starts, or while it recovers from the one before. So many were
  /// there when it crashed that the recovery takes its time.
  void whileRecovering() {
    letLive(milliseconds{between(50, 300)});
    kill();
    ghosts_ += kGhosts;
    addGhosts();
    for (int again = between(1, 2); again > 0; --again) {
      server_.launch();
      if (between(1, 4) > 1) server_.waitUntilReady();  // the recovery begins about now
      letLive(milliseconds{between(0, 150)});
      kill();
      const auto left =
          std::stoi(database().one("SELECT count(*) FROM online_users WHERE resource = 'ghost'"));
      if (left > 0 && left < kGhosts) ++struck_in_the_middle_;
    }
    server_.start();
    check();
  }

  /// The database cannot be written at the start: users are back, and some gone again, before the recovery.
  void backBeforeRecovery() {
    letLive(milliseconds{between(50, 300)});
    kill();
    {
      SqliteFile locked(file(), SqliteFile::Mode::write);
      locked.execute("BEGIN IMMEDIATE");
      const auto before = crowd_.logins();
      crowd_.comeAtMost(7);
      server_.start();
      REQUIRE(eventually(kPatience, [&] { return crowd_.logins() >= before + kUsers; }));
      CHECK(locked.one("SELECT count(*) FROM runs") == "1");  // the dead one's
      locked.execute("ROLLBACK");
    }
    check();
    crowd_.comeAtMost(-1);
  }

  /// Everybody leaves, the server stops: from now on everything is certain.
  void finish() {
    crowd_.goHome();
    const auto at = utcNow();
    CHECK(server_.stop());
    ledger_.serverEnded({at, utcNow(), at, "server_stopped"});
    const auto records = support::readRecords(file());
    judge(records);
    CHECK(database().one("SELECT count(*) FROM online_users") == "0");
    CHECK(database().one("SELECT count(*) FROM runs") == "0");
    const auto count = ledger_.count(records);
    std::printf(
        "%u kills, %u of them in the middle of a recovery; %zu logins, %zu of them open at a kill, %zu "
        "begun in an uncertain moment, %zu without a row; the oldest news that a kill took was %lld ms "
        "old\n",
        kills_, struck_in_the_middle_, count.logins, count.open, count.uncertain, count.rowless,
        static_cast<long long>(count.latest_loss.count()));
    CHECK(count.open > kills_);  // the kills struck something
    CHECK(count.logins > count.open);
    for (const auto& line : server_.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }

  unsigned kills() const noexcept { return kills_; }
  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

 private:
  std::filesystem::path file() const { return server_.files().hostData("localhost") / "liveness.sqlite3"; }
  SqliteFile database() const { return SqliteFile(file()); }

  /// A random moment is what this test is about: the one place where a scenario waits for time to pass.
  static void letLive(milliseconds span) { std::this_thread::sleep_for(span); }

  void kill(const std::string& cause = "server_crashed", UtcMillis at = utcNow()) {
    server_.kill();
    ledger_.serverEnded({at, utcNow(), at - kWindow, cause, kCheckpointInterval});
    ++kills_;
    for (const auto& row : database().rows("SELECT run FROM runs")) dead_runs_.insert(row.front());
  }

  /// Users that nobody has on a line, as if they had been there at the crash.
  void addGhosts() {
    SqliteFile dead(file(), SqliteFile::Mode::write);
    const auto run = dead.one("SELECT run FROM runs");
    if (run.empty()) return;
    dead.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " +
        std::to_string(kGhosts) +
        ") INSERT INTO online_users (run, login, bare_jid, resource, available_since, last_heard_at) "
        "SELECT '" +
        run + "', 1000000 + i, 'ghost' || i || '@localhost', 'ghost', '" + kGhostTime + "', '" + kGhostTime +
        "' FROM n");
  }

  void awaitRun() {
    REQUIRE(eventually(kPatience, [&] {
      try {
        const auto runs = database().rows("SELECT run FROM runs UNION SELECT run FROM online_users");
        return runs.size() == 1 && dead_runs_.count(runs.front().front()) == 0;
      } catch (const std::runtime_error&) {
        return false;  // no file yet, or no tables in it
      }
    }));
  }

  /// After the recovery: of the dead no run is left, and the living one has its own.
  void check() {
    awaitRun();
    judge(support::readRecords(file()));
  }

  void judge(StoredRecords records) {
    std::map<std::string, int> ghosts;
    const auto is_ghost = [](const StoredLogout& row) { return row.resource == "ghost"; };
    for (const auto& row : records.logouts)
      if (is_ghost(row)) {
        ++ghosts[row.bare_jid];
        if (row.cause != "server_crashed") FAIL_CHECK("a ghost has the cause ", row.cause);
      }
    CHECK(ghosts.size() == (ghosts_ > 0 ? kGhosts : 0));
    for (const auto& [jid, rows] : ghosts)
      if (rows * kGhosts != ghosts_) FAIL_CHECK(jid, " is on record ", rows, " times");
    auto& rows = records.logouts;
    rows.erase(std::remove_if(rows.begin(), rows.end(), is_ghost), rows.end());
    for (const auto& complaint : ledger_.judge(records)) FAIL_CHECK(complaint);
  }

  static constexpr const char* kGhostTime = "2026-01-02T03:04:05.678Z";

  std::mt19937 random_;
  Ledger ledger_;
  ProsodyServer server_;
  Crowd crowd_;
  std::set<std::string> dead_runs_;
  unsigned kills_ = 0;
  unsigned struck_in_the_middle_ = 0;
  int ghosts_ = 0;
};

}  // namespace

TEST_SUITE("e2e/crash") {
  TEST_CASE("a server that is killed at any moment has everybody on record when it is back") {
    const auto kills = fromEnvironment("LIVENESS_KILLS", 40);
    const auto seed = fromEnvironment("LIVENESS_SEED", std::random_device{}() % 1'000'000);
    std::printf("LIVENESS_SEED=%u LIVENESS_KILLS=%u\n", seed, kills);
    CAPTURE(seed);
    Crashes crashes(seed);
    while (crashes.kills() < kills) {
      CAPTURE(crashes.kills());
      switch (crashes.between(1, 8)) {
        case 1:
          crashes.longLife();
          break;
        case 2:
        case 3:
          crashes.whileRecovering();
          break;
        case 4:
          crashes.backBeforeRecovery();
          break;
        case 5:
          crashes.whileStopping();
          break;
        default:
          crashes.usual();
      }
    }
    crashes.finish();
  }
}

}  // namespace liveness::e2e
