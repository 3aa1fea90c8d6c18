// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Messages a second between two clients of a Prosody with the plugin, against one without, both alive in one
// run.
//
// The two take turns in short rounds, so that what else the machine does falls on both alike; the figure is
// the ratio of the medians. `--short` sends few messages and only checks that all arrive.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "support/prosody_server.h"
#include "support/raw_client.h"
#include "support/skip.h"

namespace {

using namespace liveness::support;

ServerSetup setupWith(const char* plugin_path) {
  ServerSetup setup;
  VirtualHost host;
  host.accounts = {{"alice", "secret", {}}, {"bob", "secret", {}}};
  setup.hosts = {host};
  if (plugin_path != nullptr) setup.plugin_path = plugin_path;
  return setup;
}

/// A server and the two who talk over it.
class Pair {
 public:
  explicit Pair(const char* plugin_path)
      : server_(setupWith(plugin_path)), alice_(server_.c2s()), bob_(server_.c2s()) {
    alice_.logIn("alice", "secret", "localhost", "a");
    bob_.logIn("bob", "secret", "localhost", "b");
    bob_.send("<presence/>");
    bob_.roundTrip();
  }

  /// Messages a second. Each is a read of its own at the server, as from a client that types.
  double round(int messages) {
    const auto began = std::chrono::steady_clock::now();
    constexpr int kWindow = 20;
    for (int i = 0; i < messages; i += kWindow) {
      std::string last;
      for (int k = 0; k < kWindow; ++k) {
        last = "n" + std::to_string(++sent_) + "n";
        alice_.send("<message to='bob@localhost/b' type='chat'><body>" + last + "</body></message>");
      }
      if (!bob_.expect(last)) throw std::runtime_error("a message was lost");
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    return messages / took.count();
  }

 private:
  ProsodyServer server_;
  RawClient alice_;
  RawClient bob_;
  long sent_ = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  const int rounds = quick ? 2 : 61;
  const int messages = quick ? 100 : 1000;
  try {
    Pair without{nullptr};
    Pair with{std::getenv("LIVENESS_PLUGIN_PATH")};
    without.round(messages);
    with.round(messages);
    std::vector<double> rates_without;
    std::vector<double> rates_with;
    for (int i = 0; i < rounds; ++i) {
      rates_without.push_back(without.round(messages));
      rates_with.push_back(with.round(messages));
    }
    std::printf("messages a second, without the plugin: %8.0f\n", median(rates_without));
    std::printf("messages a second, with the plugin:    %8.0f\n", median(rates_with));
    std::printf("ratio:                                 %8.3f\n", median(rates_with) / median(rates_without));
  } catch (const Skip& skip) {
    std::printf("%s\n", skip.what());
    return 77;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
