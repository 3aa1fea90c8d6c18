// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/heartbeat.h"

#include <algorithm>

namespace liveness::core {

namespace {

// A client negotiates between its bind and its first presence or its XEP-0198 <enable/>; a stanza in between
// breaks the counters of real ones. Who has done neither after this long is not negotiating.
constexpr std::uint32_t kSettling = ceilTicks(std::chrono::seconds{10});

// How much later than its time a probe may go out because the tick did, and still be in time.
constexpr std::uint32_t kTimerNoise = ceilTicks(std::chrono::milliseconds{250});

}  // namespace

Heartbeat::Heartbeat(const Policy& policy, std::optional<Tick> new_since) noexcept
    : timeout_(ceilTicks(policy.idle_timeout)),
      timeout_inactive_(ceilTicks(policy.inactive_idle_timeout)),
      attempts_(policy.ping ? policy.ping_attempts : 0),
      new_since_(new_since) {}

void Heartbeat::age(Tick now) noexcept {
  if (new_since_ && after(now, *new_since_) > static_cast<std::int32_t>(longestTimeout())) new_since_.reset();
}

// What was heard before the plugin was there is on record, and no deadline counts from it.
Tick Heartbeat::baseOf(const Session& session, Tick last_heard, const Stalls& stalls) noexcept {
  const Tick heard = later(last_heard, session.opened_at);
  return heard + stalls.since(heard);
}

// When the step that follows `sent` probes is due, if all went as planned. Both ends of the timeout are
// rounded down: one tick more than it is certainly the whole of it.
Tick Heartbeat::due(std::uint32_t whole, Tick base, std::uint32_t sent) const noexcept {
  return base + (sent >= attempts_ ? whole + 1 : whole / 2 + sent * (whole / 2) / attempts_);
}

Tick Heartbeat::firstCheck(const Session& session, Tick last_heard, Tick now) const noexcept {
  const std::uint32_t whole = timeout(session);
  if (whole == 0) return now + kFarTicks;
  return later(last_heard, session.opened_at) + (attempts_ == 0 ? whole + 1 : whole / 2);
}

bool Heartbeat::maySend(const Session& session, Tick now) const noexcept {
  return session.settled || after(now, session.opened_at + kSettling) >= 0;
}

Verdict Heartbeat::judge(const Session& session, Tick last_heard, std::uint32_t probes_out,
                         const Stalls& stalls, Tick now) const noexcept {
  using Action = Verdict::Action;
  const std::uint32_t whole = timeout(session);
  if (whole == 0) return {Action::wait, now + kFarTicks, 0};

  const Tick base = baseOf(session, last_heard, stalls);
  const auto dueAfter = [&](std::uint32_t sent) { return due(whole, base, sent); };
  const std::uint32_t gap = (spacing(session) + 1) / 2;
  const std::uint32_t noise = std::min(kTimerNoise, gap / 2);

  Tick at = dueAfter(probes_out);
  if (probes_out == 0 && attempts_ > 0 && !session.settled) at = later(at, session.opened_at + kSettling);
  if (probes_out > 0) {
    // A probe that was not sent within its time, or is one more than was planned, has the whole spacing.
    const Tick sent = session.stepped_at + stalls.since(session.stepped_at);
    if (session.doubted || after(sent, dueAfter(probes_out - 1) + gap + noise) > 0)
      at = later(at, sent + spacing(session));
  }
  if (after(at, now) > 0) return {Action::wait, at, 0};
  if (probes_out >= attempts_) return {Action::log_out, now, 0};
  const Tick planned = dueAfter(probes_out);
  const Tick next = dueAfter(probes_out + 1);
  const bool late = after(now, planned + gap + noise) > 0;
  const Tick since = new_since_ ? later(planned, *new_since_ + stalls.since(*new_since_)) : planned;
  return {Action::probe, late ? later(next, now + spacing(session)) : next, since + gap};
}

std::uint32_t Heartbeat::counting(const Session& session, Tick last_heard, std::uint32_t probes_out,
                                  const Stalls& stalls) const noexcept {
  const std::uint32_t whole = timeout(session);
  if (whole == 0 || attempts_ == 0) return 0;
  const Tick base = baseOf(session, last_heard, stalls);
  const Tick sent = session.stepped_at + stalls.since(session.stepped_at);
  const std::uint32_t most = std::min(probes_out, attempts_ + (session.doubted ? 1 : 0));
  std::uint32_t counting = 0;
  while (counting < most && after(sent, due(whole, base, counting)) >= 0) ++counting;
  return counting;
}

}  // namespace liveness::core
