// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What probing thousands of idle clients costs a real Prosody, and what those who chat meanwhile notice of
// it, against a straightforward Lua module (lua_baseline/mod_watchdog_ping.lua).
//
// One server, one set of clients, and the modules loaded and unloaded in turns: none, the baseline, the
// plugin. Each gets windows of equal length; of the server's processor time in them, that without a module is
// taken off. Once with clients that have XEP-0198, once with clients that have not. See README.md.

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "support/load_clients.h"
#include "support/process_time.h"
#include "support/prosody_server.h"
#include "support/skip.h"

namespace {

using namespace liveness::support;
using std::chrono::seconds;

constexpr double kCostGoal = 0.6;
constexpr double kChatGoal = 2;

struct Plan {
  std::size_t idle = 10000;
  std::size_t chatting = 200;
  int interval = 20;  // seconds between two probes of a silent client
  int window = 60;    // seconds
  int rounds = 3;
  std::string kinds = "plain,sm";
  std::string modules = "none,watchdog_ping,liveness";
  bool quick = false;
};

Plan planFrom(int argc, char** argv) {
  Plan plan;
  for (int i = 1; i < argc; ++i) {
    const std::string option = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--short") {
      plan.idle = 300;
      plan.chatting = 20;
      plan.interval = 2;
      plan.window = 5;
      plan.rounds = 1;
      plan.quick = true;
      continue;
    }
    ++i;
    if (option == "--sessions")
      plan.idle = std::strtoul(value, nullptr, 10);
    else if (option == "--chatting")
      plan.chatting = std::strtoul(value, nullptr, 10);
    else if (option == "--interval")
      plan.interval = static_cast<int>(std::strtol(value, nullptr, 10));
    else if (option == "--window")
      plan.window = static_cast<int>(std::strtol(value, nullptr, 10));
    else if (option == "--rounds")
      plan.rounds = static_cast<int>(std::strtol(value, nullptr, 10));
    else if (option == "--kinds")
      plan.kinds = value;
    else if (option == "--modules")
      plan.modules = value;
    else
      throw std::runtime_error("no such option: " + option);
  }
  return plan;
}

std::string required(const char* variable) {
  const char* value = std::getenv(variable);
  if (value == nullptr) throw std::runtime_error(std::string(variable) + " is not set (see README.md)");
  return value;
}

ServerSetup setupFor(const Plan& plan) {
  ServerSetup setup;
  setup.plugin_path = required("LIVENESS_PLUGIN_PATH");
  setup.more_plugins = required("LIVENESS_BASELINE_PATH");
  setup.plugin_enabled = false;
  VirtualHost host;
  host.options = "liveness_idle_timeout = " + std::to_string(2 * plan.interval) +
                 "\nliveness_ping_attempts = 1\nwatchdog_ping_interval = " + std::to_string(plan.interval) +
                 "\n";
  for (std::size_t i = 0; i < plan.idle; ++i) host.accounts.push_back({"idle" + std::to_string(i)});
  for (std::size_t i = 0; i < plan.chatting; ++i) host.accounts.push_back({"chat" + std::to_string(i)});
  setup.hosts = {host};
  return setup;
}

std::vector<LoadLogin> logins(const std::string& name, std::size_t count, bool stream_management) {
  std::vector<LoadLogin> all(count);
  for (std::size_t i = 0; i < count; ++i) {
    all[i].username = name + std::to_string(i);
    all[i].stream_management = stream_management;
  }
  return all;
}

double quantile(std::vector<double> values, double q) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))];
}

double median(const std::vector<double>& values) {
  return quantile(values, 0.5);
}

/// What one window has shown.
struct Measured {
  double cpu = 0;  // seconds
  double probes = 0;
  std::vector<double> trips;  // milliseconds
};

class Run {
 public:
  Run(const Plan& plan, bool stream_management)
      : plan_(plan), server_(setupFor(plan)), idle_(server_.c2s()), chatting_(server_.c2s()) {
    idle_.logIn(logins("idle", plan.idle, stream_management), std::chrono::minutes{10});
    chatting_.logIn(logins("chat", plan.chatting, stream_management), std::chrono::minutes{1});
    std::printf("  %zu idle clients and %zu that chat; server: process %d, %zu MiB\n", plan.idle,
                plan.chatting, static_cast<int>(server_.pid()), server_.residentKiB() / 1024);
  }

  Measured window(const std::string& module) {
    if (module != "none") shell("load", module);
    Measured result;
    std::atomic<bool> measuring{false};
    std::atomic<bool> done{false};
    chatting_.chat(0, chatting_.size(), seconds{1}, [&](SteadyClock::duration took) {
      if (measuring) result.trips.push_back(std::chrono::duration<double, std::milli>(took).count());
    });
    std::thread chat([&] { chatting_.runUntil([&] { return done.load(); }, std::chrono::hours{1}); });
    idle_.stagger(seconds{plan_.interval});
    const auto pings = idle_.pingsAnswered();
    const auto requests = idle_.requestsAnswered();
    const auto used = processTime(server_.pid());
    measuring = true;
    idle_.run(seconds{plan_.window});
    measuring = false;
    result.cpu = std::chrono::duration<double>(processTime(server_.pid()) - used).count();
    // A session with XEP-0198 that is sent a ping is asked for its count as well: that is one probe.
    result.probes =
        static_cast<double>(std::max(idle_.pingsAnswered() - pings, idle_.requestsAnswered() - requests));
    done = true;
    chat.join();
    if (module != "none") shell("unload", module);
    check(module, result);
    return result;
  }

 private:
  void shell(const std::string& verb, const std::string& module) {
    const auto said = server_.shell("module:" + verb + "('" + module + "', 'localhost')");
    if (said.find("OK") == std::string::npos)
      throw std::runtime_error("cannot " + verb + " " + module + ": " + said);
  }

  /// What is measured must also have worked.
  void check(const std::string& module, const Measured& result) const {
    if (idle_.ended(0, idle_.size()) + chatting_.ended(0, chatting_.size()) != 0)
      throw std::runtime_error(module + ": a client that answers was logged out");
    const double due = static_cast<double>(plan_.idle) * plan_.window / (plan_.interval + 2);
    if (module != "none" && result.probes < 0.4 * due)
      throw std::runtime_error(module + ": only " + std::to_string(result.probes) +
                               " probes were answered of " + std::to_string(due));
    if (result.trips.size() < plan_.chatting * static_cast<std::size_t>(plan_.window) / 2)
      throw std::runtime_error(module + ": messages were lost");
  }

  const Plan& plan_;
  ProsodyServer server_;
  LoadClients idle_;
  LoadClients chatting_;
};

struct Series {
  std::string module;
  std::vector<double> cost;  // microseconds a probe
  std::vector<double> p99;   // milliseconds
};

void verdict(const char* what, double ratio, double goal, bool counts) {
  std::printf("  %-58s %.2f; goal: at most %.1f%s\n", what, ratio, goal,
              !counts         ? ""
              : ratio <= goal ? ": reached"
                              : ": missed");
}

void compare(const Plan& plan, bool stream_management) {
  std::printf("clients %s XEP-0198:\n", stream_management ? "with" : "without");
  std::vector<Series> all;
  for (std::size_t from = 0; from <= plan.modules.size();) {
    const auto to = std::min(plan.modules.find(',', from), plan.modules.size());
    all.push_back({plan.modules.substr(from, to - from), {}, {}});
    from = to + 1;
  }
  Run run(plan, stream_management);
  for (int round = 0; round < plan.rounds; ++round) {
    double nothing = 0;
    for (auto& series : all) {
      const Measured measured = run.window(series.module);
      if (series.module == "none") nothing = measured.cpu;
      const double cost = measured.probes == 0 ? 0 : (measured.cpu - nothing) / measured.probes * 1e6;
      series.cost.push_back(cost);
      series.p99.push_back(quantile(measured.trips, 0.99));
      std::printf(
          "  %-14s %6.2f s of processor time in %d s, %6.0f probes, %5.1f us a probe; "
          "round trip %.2f ms, p99 %.2f ms\n",
          series.module.c_str(), measured.cpu, plan.window, measured.probes, cost, median(measured.trips),
          series.p99.back());
      std::fflush(stdout);
    }
  }
  if (all.size() < 3) return;
  verdict("processor time of a probe, plugin against Lua module:", median(all[2].cost) / median(all[1].cost),
          kCostGoal, !plan.quick);
  verdict("p99 of the round trip, plugin against no module:", median(all[2].p99) / median(all[0].p99),
          kChatGoal, !plan.quick);
  std::printf("  (the Lua module's: %.2f)\n", median(all[1].p99) / median(all[0].p99));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const Plan plan = planFrom(argc, argv);
    allowOpenFiles(plan.idle + plan.chatting + 200);
    if (plan.kinds.find("plain") != std::string::npos) compare(plan, false);
    if (plan.kinds.find("sm") != std::string::npos) compare(plan, true);
  } catch (const Skip& skip) {
    std::printf("%s\n", skip.what());
    return kSkipped;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
