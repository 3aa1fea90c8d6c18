// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A hundred thousand sessions in a real server: asking for them is quick, and leaves the server time for
// others.

#include <algorithm>
#include <cstdlib>
#include <future>
#include <vector>

#include "e2e/page_visitor.h"
#include "support/process_time.h"

namespace liveness::e2e {
namespace {

constexpr int kSessions = 100'000;

// Told, and not judged: what else the machine does costs processor time too, and Lua's collector goes over
// the whole crowd when it likes. bench/report judges how long an answer takes, and the longest call for it;
// report's own tests, that each call looks at so many sessions and no more.
constexpr double kMostForAnAnswer = 200;  // ms of the server's time
constexpr double kMostAtAStretch = 20;    // ms

double millisecondsIn(const std::string& said) {
  const auto at = said.find("held for ");
  REQUIRE_MESSAGE(at != std::string::npos, said);
  return std::stod(said.substr(at + 9));
}

ServerSetup crowdedSetup() {
  auto setup = pageSetup("modules_enabled = { \"made_up_crowd\" }\nliveness_idle_timeout = 0");
  setup.plugin_enabled = false;  // loaded when the crowd is there
  const char* modules = std::getenv("LIVENESS_E2E_MODULES");
  if (modules == nullptr)
    throw Skip("LIVENESS_E2E_MODULES is not set: run this with `meson test --suite e2e`");
  setup.more_plugins = modules;
  return setup;
}

}  // namespace

TEST_SUITE("e2e/page_crowd") {
  TEST_CASE("a hundred thousand sessions are paged, filtered and sorted without holding the server up") {
    ProsodyServer server(crowdedSetup());
    server.shell(R"(module:load("liveness", "localhost"))");
    const PageVisitor administrator(server);
    XmppClient client(server.c2s(), {"romeo"});
    client.available();
    REQUIRE(client.roundTrip());
    REQUIRE(administrator.api("sessions?limit=1").at("total") == kSessions + 1);

    server.shell("crowd:longest_hold()");  // of the load
    struct Question {
      std::string query;
      int matched;
    };
    for (const Question& asked : std::vector<Question>{
             {"", kSessions + 1},
             {"sort=heard&order=desc&limit=500&offset=60000", kSessions + 1},
             {"sort=presence&offset=99900&limit=100", kSessions + 1},
             {"q=DESK+36", 2000},
             {"q=USER0777&sort=resource&order=desc", 100},
             {"user=user0500@localhost&limit=500", 100},
             {"state=held", 0},
             {"transport=tcp&sort=opened&offset=50000", kSessions + 1},
         }) {
      CAPTURE(asked.query);
      // The least of three: Lua's collector goes over the whole crowd now and then, whoever asks for what.
      double took = 1e9, held = 1e9;
      nlohmann::json page;
      for (int i = 0; i < 3; ++i) {
        const auto before = support::processTime(server.pid());
        page = administrator.api("sessions?" + asked.query);
        const std::chrono::duration<double, std::milli> time = support::processTime(server.pid()) - before;
        took = std::min(took, time.count());
        held = std::min(held, millisecondsIn(server.shell("crowd:longest_hold()")));
      }
      CAPTURE(held);
      MESSAGE(asked.query, ": ", took, " ms, ", held, " ms at a stretch");
      CHECK(page.at("total") == kSessions + 1);
      CHECK(page.at("matched") == asked.matched);
      WARN(took < kMostForAnAnswer);
      WARN(held < kMostAtAStretch);
    }
    CHECK(client.roundTrip());

    // A reload in the middle of it leaves nobody without an answer.
    std::vector<std::future<HttpResponse>> asked;
    for (int i = 0; i < 6; ++i)
      asked.push_back(std::async(std::launch::async, [&] {
        return administrator.get("api/v1/sessions?sort=presence&limit=500&offset=90000");
      }));
    server.shell(R"(module:reload("liveness", "localhost"))");
    for (auto& one : asked) {
      const auto status = one.get().status;
      CHECK((status == 200 || status == 503));
    }
    for (const auto& line : server.unexpectedErrors()) FAIL_CHECK("in the server's log: ", line);
  }
}

}  // namespace liveness::e2e
