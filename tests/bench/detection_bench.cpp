// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// How soon a real Prosody with the plugin notices that a client is dead, among thousands that are alive, and
// whether it takes one of these for dead. See README.md.
//
// Some of the clients fall silent one after another, their connections standing; all others only answer what
// they are asked. `--short` is a small run; `--sessions N`, `--dead N`, `--idle-timeout S` and `--minutes M`
// make another.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/load_clients.h"
#include "support/prosody_server.h"
#include "support/skip.h"

namespace {

using namespace liveness::support;
using std::chrono::duration;
using std::chrono::seconds;

constexpr double kGoal = 1;  // seconds after the idle timeout

struct Plan {
  std::size_t live = 10000;
  std::size_t dead = 300;
  int idle_timeout = 40;
  double minutes = 30;
};

Plan planFrom(int argc, char** argv) {
  Plan plan;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--short") {
      plan = {200, 10, 4, 0.2};
      continue;
    }
    ++i;
    if (option == "--sessions")
      plan.live = std::strtoul(value, nullptr, 10);
    else if (option == "--dead")
      plan.dead = std::strtoul(value, nullptr, 10);
    else if (option == "--idle-timeout")
      plan.idle_timeout = static_cast<int>(std::strtol(value, nullptr, 10));
    else if (option == "--minutes")
      plan.minutes = std::strtod(value, nullptr);
    else
      throw std::runtime_error("no such option: " + option);
  }
  return plan;
}

ServerSetup setupFor(const Plan& plan) {
  const char* plugins = std::getenv("LIVENESS_PLUGIN_PATH");
  if (plugins == nullptr) throw std::runtime_error("LIVENESS_PLUGIN_PATH is not set (see README.md)");
  ServerSetup setup;
  setup.plugin_path = plugins;
  VirtualHost host;
  host.options = "liveness_ping_attempts = 1\nliveness_idle_timeout = " + std::to_string(plan.idle_timeout);
  for (std::size_t i = 0; i < plan.live + plan.dead; ++i)
    host.accounts.push_back({"user" + std::to_string(i)});
  setup.hosts = {host};
  return setup;
}

/// The dead come first. Half of all have XEP-0198.
std::vector<LoadLogin> logins(const Plan& plan) {
  std::vector<LoadLogin> all(plan.live + plan.dead);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].username = "user" + std::to_string(i);
    all[i].stream_management = i % 2 == 1;
  }
  return all;
}

/// Everybody is alive for an idle timeout; then the dead fall silent, evenly spread over the run.
void letThemDie(const Plan& plan, LoadClients& clients) {
  const auto began = SteadyClock::now() + seconds{plan.idle_timeout};
  const auto span = std::chrono::duration_cast<SteadyClock::duration>(duration<double>(plan.minutes * 60));
  std::size_t silent = 0;
  clients.runUntil(
      [&] {
        const auto now = SteadyClock::now();
        while (silent < plan.dead && now >= began + span * silent / plan.dead) clients[silent++].fallSilent();
        return now >= began + span && clients.ended(0, plan.dead) == plan.dead;
      },
      std::chrono::ceil<milliseconds>(span) + 3 * seconds{plan.idle_timeout} + seconds{5});
}

/// Seconds after the idle timeout, of each of the dead.
std::vector<double> lateness(const Plan& plan, const LoadClients& clients) {
  std::vector<double> late;
  for (std::size_t i = 0; i < plan.dead; ++i) {
    if (clients[i].state() != LoadClient::State::ended)
      throw std::runtime_error("a dead client was never logged out");
    late.push_back(duration<double>(clients[i].endedAt() - clients[i].spokeAt()).count() - plan.idle_timeout);
  }
  std::sort(late.begin(), late.end());
  return late;
}

int measure(const Plan& plan) {
  allowOpenFiles(plan.live + plan.dead + 200);
  const ProsodyServer server(setupFor(plan));
  LoadClients clients(server.c2s());
  clients.logIn(logins(plan), std::chrono::minutes{10});
  letThemDie(plan, clients);

  const auto late = lateness(plan, clients);
  const auto lost = clients.ended(plan.dead, plan.live);
  std::printf(
      "%zu dead clients, logged out after the idle timeout of %d s by: least %+.2f s, median %+.2f s, most "
      "%+.2f s\n",
      plan.dead, plan.idle_timeout, late.front(), late[late.size() / 2], late.back());
  std::printf("goal: at most %.0f s: %s\n", kGoal, late.back() <= kGoal ? "reached" : "missed");
  std::printf("%zu live clients, %.1f minutes, %llu questions answered, logged out: %zu\n", plan.live,
              plan.minutes,
              static_cast<unsigned long long>(clients.pingsAnswered() + clients.requestsAnswered()), lost);
  std::printf("goal: none: %s\n", lost == 0 ? "reached" : "missed");
  // Earlier than allowed, or alive and logged out, is wrong at any speed.
  return lost == 0 && late.front() > -0.1 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return measure(planFrom(argc, argv));
  } catch (const Skip& skip) {
    std::printf("%s\n", skip.what());
    return kSkipped;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
