// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/board.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "fakes/world.h"
#include "report/json.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("report/board");

using namespace std::chrono_literals;
using fakes::World;
using nlohmann::json;
using report::Board;

namespace {

/// Ticks of a world, as an adapter tells a board of them.
void run(World& world, Board& board, fakes::VirtualClock::Duration time) {
  const MonotonicTime end = world.clock.now().monotonic + time;
  while (world.clock.now().monotonic < end) {
    board.tickBegan(world.now());
    const auto wait = world.tick();
    world.clock.advance(1ms);
    board.tickEnded(world.plugin, world.now(), wait);
    world.clock.advance(std::max(wait, 1ms));
  }
}

json ask(World& world, Board& board, report::SessionsQuestion question) {
  const std::uint64_t page = board.beginPage(world.now(), std::move(question));
  REQUIRE(page != 0);
  std::string text;
  Board::Progress progress = Board::Progress::going_on;
  for (int steps = 0; progress == Board::Progress::going_on && steps < 100; ++steps)
    progress = board.continuePage(world.plugin, world.now(), page, text);
  REQUIRE(progress == Board::Progress::done);
  return json::parse(text);
}

}  // namespace

TEST_CASE("a board samples its plugin each ten seconds of ticks") {
  World world(fakes::kEveryHost[0]);
  Board board;
  world.host.open("romeo");
  run(world, board, 2min);
  CHECK(board.series().hour().size() >= 12);
  CHECK(board.series().hour().size() <= 13);
  CHECK(board.series().day().size() >= 2);
  CHECK(board.series().day().size() <= 3);
  const report::Sample& latest = board.series().hour()[board.series().hour().size() - 1];
  CHECK(latest.sessions == std::array<std::uint32_t, 3>{1, 0, 0});
  CHECK(world.now().utc - latest.at <= 11s);
  CHECK(board.ticks().took().total() > 100);
  CHECK(board.ticks().took().counts[4] == board.ticks().took().total());  // each took a millisecond
}

TEST_CASE("a client that falls silent is seen in the series and on the page") {
  World world(fakes::kEveryHost[0]);
  Board board;
  const SessionId id = world.host.open("romeo");
  world.host.present(id, fakes::available("here"));
  run(world, board, 200s);
  CHECK(ask(world, board, {})["sessions"][0]["state"] == "suspect");
  CHECK(ask(world, board, {})["sessions"][0]["status"] == "here");
  run(world, board, 200s);
  CHECK(ask(world, board, {})["total"] == 0);
  std::uint32_t suspects = 0;
  std::uint32_t timeouts = 0;
  std::uint32_t probes = 0;
  for (std::size_t i = 0; i < board.series().hour().size(); ++i) {
    suspects += board.series().hour()[i].sessions[1];
    timeouts += board.series().hour()[i].logouts[static_cast<std::size_t>(Cause::timed_out)];
    probes += board.series().hour()[i].probes_sent;
  }
  CHECK(suspects >= 17);
  CHECK(timeouts == 1);
  CHECK(probes == 2);
}

TEST_CASE("a page is all of the table, over its chunks and holes") {
  World world(fakes::kEveryHost[0]);
  Board board;
  std::vector<SessionId> ids;
  for (int n = 0; n < 10000; ++n) ids.push_back(world.host.open("user" + std::to_string(n)));
  for (std::size_t n = 0; n < ids.size(); n += 2) world.host.close(ids[n], Cause::logged_out);
  report::SessionsQuestion question;
  question.offset = 4900;
  question.limit = 500;
  const json page = ask(world, board, question);
  CHECK(page["total"] == 5000);
  CHECK(page["matched"] == 5000);
  CHECK(page["sessions"].size() == 100);
  question = {};
  question.text = "USER9999@";
  CHECK(ask(world, board, question)["sessions"][0]["id"] == std::to_string(ids[9999].toInteger()));
}

TEST_CASE("a board works on so many pages and no more, until one is given up or forgotten") {
  World world(fakes::kEveryHost[0]);
  Board board;
  std::vector<std::uint64_t> pages;
  for (std::size_t n = 0; n < Board::kMostPages; ++n) pages.push_back(board.beginPage(world.now(), {}));
  CHECK(board.beginPage(world.now(), {}) == 0);
  board.giveUpPage(pages[3]);
  CHECK(board.beginPage(world.now(), {}) != 0);
  CHECK(board.beginPage(world.now(), {}) == 0);
  world.clock.advance(Board::kPatience + 1s);
  CHECK(board.beginPage(world.now(), {}) != 0);
  std::string text;
  CHECK(board.continuePage(world.plugin, world.now(), pages[0], text) == Board::Progress::unknown);
  CHECK(text.empty());
}

TEST_CASE("a page that is gone on with now and then is not forgotten, and one that is not is") {
  World world(fakes::kEveryHost[0]);
  Board board;
  const std::uint64_t looked_at = board.beginPage(world.now(), {});
  const std::uint64_t left = board.beginPage(world.now(), {});
  std::string text;
  CHECK(board.continuePage(world.plugin, world.now(), looked_at, text) == Board::Progress::going_on);
  world.clock.advance(Board::kPatience - 1s);
  CHECK(board.continuePage(world.plugin, world.now(), looked_at, text) == Board::Progress::going_on);
  run(world, board, 2s);
  CHECK(board.continuePage(world.plugin, world.now(), left, text) == Board::Progress::unknown);
  CHECK(board.continuePage(world.plugin, world.now(), looked_at, text) == Board::Progress::done);
}

TEST_CASE("a page that is done is given once") {
  World world(fakes::kEveryHost[0]);
  Board board;
  const std::uint64_t page = board.beginPage(world.now(), {});
  std::string text;
  while (board.continuePage(world.plugin, world.now(), page, text) == Board::Progress::going_on) {
  }
  CHECK_FALSE(text.empty());
  CHECK(board.continuePage(world.plugin, world.now(), page, text) == Board::Progress::unknown);
}

TEST_SUITE_END();
}  // namespace liveness::tests
