// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The documents and sentences that carry what clients said, whatever that was: JSON that any reader takes,
// and nothing in it that is not UTF-8.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "liveness/policy.h"
#include "report/json.h"
#include "report/sessions_page.h"
#include "report/why.h"

namespace {

using namespace liveness;
using namespace liveness::report;

/// Takes an input apart.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : data_(data), end_(data + size) {}

  std::uint8_t byte() { return data_ == end_ ? std::uint8_t{0} : *data_++; }
  std::int64_t number() {
    std::uint64_t n = 0;
    for (int i = 0; i < 8; ++i) n = n << 8 | byte();
    return static_cast<std::int64_t>(n);
  }
  std::string text() {
    const std::size_t length = std::min<std::size_t>(byte() * 4u, static_cast<std::size_t>(end_ - data_));
    std::string text(reinterpret_cast<const char*>(data_), length);
    data_ += length;
    return text;
  }
  /// Up to some thousand years.
  std::chrono::milliseconds span() { return std::chrono::milliseconds{number() % 250'000'000'000'000}; }
  UtcTime time() { return UtcTime{span()}; }

 private:
  const std::uint8_t* data_;
  const std::uint8_t* const end_;
};

LastSeen record(Input& input) {
  LastSeen record;
  record.bare_jid = input.text();
  record.last_heard = input.time();
  record.logged_out_at = input.time();
  record.cause = static_cast<Cause>(input.byte() % kCauses);
  record.resource = input.text();
  record.status = input.text();
  record.offline_presence = input.text();
  return record;
}

SessionInfo session(Input& input) {
  SessionInfo info;
  info.full_jid = input.text();
  info.state = static_cast<SessionState>(input.byte() % 4);
  info.transport = static_cast<Transport>(input.byte() % 3);
  if (input.byte() % 2 != 0) {
    Presence presence;
    presence.status = input.text();
    info.presence = presence;
  }
  info.opened_at = input.time();
  info.last_heard = input.time();
  info.silence = input.span();
  info.next_in = input.span();
  if (input.byte() % 2 != 0) info.round_trip = input.span();
  info.probes_unanswered = input.byte();
  info.state_since = input.time();
  return info;
}

class Sessions final : public SessionSource {
 public:
  explicit Sessions(std::vector<SessionInfo> sessions) : sessions_(std::move(sessions)) {
    for (std::uint32_t i = 0; i < sessions_.size(); ++i) sessions_[i].id = SessionId{i, 1};
  }
  std::uint32_t visit(const Now&, std::uint32_t cursor, std::uint32_t slots,
                      const std::function<void(const SessionInfo&)>& visit) const override {
    for (; cursor < sessions_.size() && slots > 0; ++cursor, --slots) visit(sessions_[cursor]);
    return cursor < sessions_.size() ? cursor : 0;
  }
  std::optional<SessionInfo> session(const Now&, SessionId id) const override {
    for (const SessionInfo& info : sessions_)
      if (info.id == id) return info;
    return std::nullopt;
  }

 private:
  std::vector<SessionInfo> sessions_;
};

void judge(const std::string& document) {
  if (!nlohmann::json::accept(document)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Input input(data, size);
  const UtcTime now = input.time();
  std::vector<LastSeen> records;
  for (int count = input.byte() % 4; count > 0; --count) records.push_back(record(input));
  std::vector<SessionInfo> sessions;
  for (int count = input.byte() % 4; count > 0; --count) sessions.push_back(session(input));

  UsersQuestion users;
  users.text = input.text();
  judge(usersJson(now, users, {records.size(), records}));
  UserInfo user;
  user.hidden = user.held = input.byte() % 2;
  if (user.hidden > 0) user.away = HeldAway{input.time(), input.text(), input.text(), input.time()};
  judge(
      userJson(now, input.text(), user, records.empty() ? std::nullopt : std::optional(records[0]), records));
  const Policy policy = Policy::fromOptions({}, "liveness_");
  for (const SessionInfo& info : sessions) {
    const auto why = explain(info, policy);
    judge(sessionJson(now, info, why, {{now, SessionEvent::Kind::answered, input.number()}}));
  }
  SessionsQuestion question;
  question.text = input.text();
  question.sort = static_cast<SessionsQuestion::Sort>(input.byte() % 9);
  SessionsPage page(question);
  const Sessions source(std::move(sessions));
  while (!page.step(source, Now{})) continue;
  judge(page.json());
  return 0;
}
