// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The example's server, with liveness in it:
//
//     liveness-example PORT DATABASE [--queued] [OPTION=VALUE...]
//
// on 127.0.0.1, with the records in an SQLite file. Options are those of ../../../README.md without their
// prefix (idle_timeout=5), and `hold=SECONDS`, the server's own. SIGHUP takes the adapter out and puts it
// back in, as a server does that reloads a module; SIGTERM and SIGINT end in order.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "hosts/example/adapter.h"
#include "hosts/example/chat_server.h"

namespace {

using liveness::hosts::example::Adapter;
using liveness::hosts::example::ChatServer;

volatile std::sig_atomic_t stopping = 0, reloading = 0;

/// As a configuration file has it: true, false, a number or a text.
liveness::OptionValue valueOf(const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  char* end = nullptr;
  const double number = std::strtod(text.c_str(), &end);
  if (!text.empty() && *end == '\0') return number;
  return text;
}

void handleSignals() {
  struct sigaction action {};
  action.sa_handler = [](int number) { (number == SIGHUP ? reloading : stopping) = 1; };
  for (const int number : {SIGHUP, SIGTERM, SIGINT}) sigaction(number, &action, nullptr);
}

void run(int argc, char** argv) {
  Adapter::Setup setup;
  setup.domain = "example.org";
  setup.default_store = std::string("sqlite3://") + argv[2];
  setup.spool = std::string(argv[2]) + ".spool";
  std::chrono::seconds hold{60};
  for (int i = 3; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    if (argument == "--queued")
      setup.style = Adapter::Style::queued;
    else if (argument.compare(0, equals, "hold") == 0)
      hold = std::chrono::seconds{std::stoi(argument.substr(equals + 1))};
    else if (equals != std::string::npos)
      setup.options[argument.substr(0, equals)] = valueOf(argument.substr(equals + 1));
    else
      throw std::runtime_error("what is " + argument);
  }

  ChatServer server(static_cast<std::uint16_t>(std::stoi(argv[1])), hold);
  std::optional<Adapter> adapter(std::in_place, server, setup);
  handleSignals();
  while (stopping == 0) {
    server.serve(adapter->untilTick());
    if (adapter->untilTick().count() == 0) adapter->tick();
    if (std::exchange(reloading, 0) == 0) continue;
    adapter.reset();
    adapter.emplace(server, setup);
  }
  adapter->stop();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s PORT DATABASE [--queued] [OPTION=VALUE...]\n", argv[0]);
    return 2;
  }
  try {
    run(argc, argv);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
