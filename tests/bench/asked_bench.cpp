// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What an answer to "how long has she been away?" (jabber:iq:last) costs the server's thread, against the
// same answer by Prosody's own mod_lastactivity.
//
// One server with two hosts that have the same accounts and rosters; one host has the plugin, the other
// mod_lastactivity. They are asked in turns, in short rounds, and what is counted is the processor time of
// the server's thread, so that what else the machine does matters little. `--short` asks little and only
// checks that all are answered.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "support/prosody_server.h"
#include "support/raw_client.h"
#include "support/skip.h"

namespace {

using namespace liveness::support;

constexpr double kGoal = 1.1;

VirtualHost hostWith(const std::string& name, const std::string& options) {
  VirtualHost host{name, {{"alice"}, {"bob"}}, options};
  for (int i = 0; i < 30; ++i) {  // a roster as people have them
    const auto other = "friend" + std::to_string(i) + "@" + name;
    for (auto& account : host.accounts) account.roster.push_back({other, "both"});
  }
  host.accounts[0].roster.push_back({"bob@" + name, "both"});
  host.accounts[1].roster.push_back({"alice@" + name, "both"});
  return host;
}

ServerSetup bothHosts(const char* plugin_path) {
  ServerSetup setup;
  setup.plugin_path = plugin_path;
  setup.hosts = {hostWith("with.example", "modules_disabled = { \"lastactivity\" }"),
                 hostWith("without.example", "modules_disabled = { \"liveness\" }")};
  setup.modules = {"lastactivity"};
  return setup;
}

/// Nanoseconds that the server's thread has run for.
double threadTime(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/schedstat");
  double ran = 0;
  if (!(file >> ran)) throw Skip("needs a kernel with /proc/PID/schedstat");
  return ran;
}

/// alice, who asks about bob on one of the hosts.
class Asker {
 public:
  Asker(const ProsodyServer& server, std::string host)
      : server_(server), host_(std::move(host)), alice_(server.c2s()) {
    alice_.logIn("alice", "secret", host_, "a");
    alice_.send("<presence/>");
    alice_.roundTrip();
  }

  /// Nanoseconds for each answer.
  double round(int questions) {
    const double began = threadTime(server_.pid());
    constexpr int kWindow = 20;
    for (int i = 0; i < questions; i += kWindow) {
      std::string last;
      for (int k = 0; k < kWindow; ++k) {
        last = "q" + std::to_string(++asked_) + "q";
        alice_.send("<iq type='get' id='" + last + "' to='bob@" + host_ +
                    "'><query xmlns='jabber:iq:last'/></iq>");
      }
      const auto answer = alice_.expect(last);
      if (!answer || !answer->contains("seconds=") || answer->contains(expected_) != expects_status_)
        throw std::runtime_error("a wrong answer: " + (answer ? answer->xml : "none"));
    }
    return (threadTime(server_.pid()) - began) / questions;
  }

  void bobComes() {
    bob_ = std::make_unique<RawClient>(server_.c2s());
    bob_->logIn("bob", "secret", host_, "b");
    bob_->send("<presence/>");
    bob_->roundTrip();
  }
  void bobGoes() {
    bob_->send("<presence type='unavailable'><status>" + expected_ + "</status></presence>");
    bob_->roundTrip();
    bob_.reset();
    expects_status_ = true;
  }

 private:
  const ProsodyServer& server_;
  const std::string host_;
  const std::string expected_ = "gone for a walk, back in an hour";
  bool expects_status_ = false;
  RawClient alice_;
  std::unique_ptr<RawClient> bob_;
  long asked_ = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Prints a line, and answers with the ratio.
double compare(const char* what, Asker& with, Asker& without, int rounds, int questions) {
  std::vector<double> ours;
  std::vector<double> theirs;
  with.round(questions);
  without.round(questions);
  for (int i = 0; i < rounds; ++i) {
    ours.push_back(with.round(questions));
    theirs.push_back(without.round(questions));
  }
  const double ratio = median(ours) / median(theirs);
  std::printf("%-24s with liveness %6.1f us an answer, with mod_lastactivity %6.1f us: ratio %.3f\n", what,
              median(ours) / 1000, median(theirs) / 1000, ratio);
  return ratio;
}

}  // namespace

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--short") == 0;
  const int rounds = quick ? 2 : 61;
  const int questions = quick ? 100 : 1000;
  const char* plugin_path = std::getenv("LIVENESS_PLUGIN_PATH");
  if (plugin_path == nullptr) {
    std::fprintf(stderr, "LIVENESS_PLUGIN_PATH names the folder that holds mod_liveness/\n");
    return 2;
  }
  try {
    const ProsodyServer server(bothHosts(plugin_path));
    Asker with(server, "with.example");
    Asker without(server, "without.example");
    with.bobComes();
    without.bobComes();
    const double here = compare("about a user who is here", with, without, rounds, questions);
    with.bobGoes();
    without.bobGoes();
    const double away = compare("about a user who is away", with, without, rounds, questions);
    if (!quick)
      std::printf("goal: at most %.1f: %s\n", kGoal, std::max(here, away) <= kGoal ? "reached" : "missed");
  } catch (const Skip& skip) {
    std::printf("%s\n", skip.what());
    return kSkipped;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
