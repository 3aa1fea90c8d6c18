// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/conversation.h"

#include <algorithm>
#include <utility>

namespace liveness::e2e {
namespace {

using std::chrono::milliseconds;
using support::SteadyClock;

milliseconds since(SteadyClock::time_point then) {
  return std::chrono::duration_cast<milliseconds>(SteadyClock::now() - then);
}

}  // namespace

Conversation::Conversation(const support::Endpoint& server, const std::string& one, const std::string& other)
    : one_(server), other_(server) {
  one_.logIn(one, "secret", "localhost", "talk");
  other_.logIn(other, "secret", "localhost", "talk");
  thread_ = std::thread([this] { talk(); });
}

Conversation::~Conversation() {
  over_ = true;
  thread_.join();
}

void Conversation::talk() {
  for (int serial = 1; !over_; ++serial) {
    {
      const std::lock_guard lock(mutex_);
      sent_at_ = SteadyClock::now();
    }
    const auto words = "words " + std::to_string(serial) + ".";
    one_.send("<message type='chat' to='" + other_.fullJid() + "'><body>" + words + "</body></message>");
    if (!other_.expect(words)) return;
    other_.send("<message type='chat' to='" + one_.fullJid() + "'><body>" + words + "</body></message>");
    if (!one_.expect(words)) return;
    {
      const std::lock_guard lock(mutex_);
      ++report_.round_trips;
      report_.longest = std::max(report_.longest, since(sent_at_));
    }
    one_.listen(milliseconds{5});
  }
}

Conversation::Report Conversation::report() {
  const std::lock_guard lock(mutex_);
  auto report = std::exchange(report_, {});
  report.longest = std::max(report.longest, since(sent_at_));
  return report;
}

}  // namespace liveness::e2e
