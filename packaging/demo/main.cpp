// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
//
// Plays the stories of the README on the server that packaging/run has prepared. Exit status: 0 if all of it
// was as it must be, 1 if not, 2 for wrong arguments.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "demo_server.h"
#include "stories.h"
#include "timeline.h"

namespace {

using liveness::demo::DemoServer;
using liveness::demo::Prepared;
using liveness::demo::Stories;
using liveness::demo::Timeline;

constexpr int kWrongArguments = 2;

std::optional<Prepared> parse(int argc, char** argv) {
  Prepared prepared;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--cable") {
      prepared.cable = true;
      continue;
    }
    if (++i == argc) return std::nullopt;
    const std::string value = argv[i];
    if (name == "--config") {
      prepared.config = value;
    } else if (name == "--store") {
      prepared.store = value;
    } else if (name == "--log") {
      prepared.log = value;
    } else if (name == "--password") {
      prepared.password = value;
    } else if (name == "--port") {
      prepared.port = static_cast<std::uint16_t>(std::strtoul(value.c_str(), nullptr, 10));
    } else if (name == "--idle-timeout") {
      prepared.idle_timeout =
          std::chrono::milliseconds{std::llround(std::strtod(value.c_str(), nullptr) * 1000)};
    } else {
      return std::nullopt;
    }
  }
  const bool complete = !prepared.config.empty() && !prepared.store.empty() && !prepared.log.empty() &&
                        prepared.port != 0 && prepared.idle_timeout.count() > 0;
  return complete ? std::optional(prepared) : std::nullopt;
}

/// Says where a server behind a cable listens, if there can be one.
int sayCableAddress() {
  try {
    const liveness::support::NetNamespaces network;
    std::cout << network.kServerAddress << "\n";
    return EXIT_SUCCESS;
  } catch (const std::exception& problem) {
    std::cerr << "There is no cable to pull here: " << problem.what() << "\n";
    return EXIT_FAILURE;
  }
}

int play(const Prepared& prepared) {
  Timeline timeline;
  const double idle = std::chrono::duration<double>(prepared.idle_timeout).count();
  std::printf("Who is not heard for %g s is asked for a sign of life, and after %g s is logged out.\n",
              idle / 2, idle);
  try {
    DemoServer server(prepared);
    Stories stories(server, timeline);
    stories.normalLogout();
    stories.brokenConnection();
    stories.silence();
    stories.serverStop();
  } catch (const liveness::demo::Interrupted&) {
    std::printf("\nInterrupted.\n");
    return EXIT_FAILURE;
  } catch (const std::exception& problem) {
    std::printf("\nThe demo cannot go on: %s\n", problem.what());
    return EXIT_FAILURE;
  }
  std::printf(timeline.failed() ? "\nNot all of it was as it must be.\n"
                                : "\nAll of it was as it must be.\n");
  return timeline.failed() ? EXIT_FAILURE : EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string(argv[1]) == "--cable-address") return sayCableAddress();
  const auto prepared = parse(argc, argv);
  if (!prepared) {
    std::cerr << "liveness-demo is started by packaging/run --demo\n";
    return kWrongArguments;
  }
  liveness::demo::endOnSignals();
  return play(*prepared);
}
