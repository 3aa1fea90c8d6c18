// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/heartbeat.h"

namespace liveness::core {

namespace {

// A client negotiates between its bind and its first presence or its XEP-0198 <enable/>; a stanza in between
// breaks the counters of real ones. Who has done neither after this long is not negotiating.
constexpr std::uint32_t kSettling = ceilTicks(std::chrono::seconds{10});

// How late a probe may go out without moving what follows it.
constexpr std::uint32_t kProbeSlack = 2;

}  // namespace

Heartbeat::Heartbeat(const Policy& policy) noexcept
    : timeout_(ceilTicks(policy.idle_timeout)),
      half_(timeout_ / 2),
      attempts_(policy.ping ? policy.ping_attempts : 0) {}

Tick Heartbeat::firstCheck(Tick last_heard, Tick now) const noexcept {
  if (never()) return now + kFarTicks;
  return last_heard + (attempts_ == 0 ? timeout_ + 1 : half_);
}

Verdict Heartbeat::judge(const Session& session, Tick last_heard, std::uint32_t probes_out,
                         const Stalls& stalls, Tick now) const noexcept {
  using Action = Verdict::Action;
  if (never()) return {Action::wait, now + kFarTicks};

  const Tick base = last_heard + stalls.since(last_heard);
  // Both ends are rounded down: one tick more than the timeout is certainly the whole of it.
  const Tick end = base + timeout_ + 1;
  // When the step that follows `sent` probes is due, if all went as planned.
  const auto due = [&](std::uint32_t sent) {
    return sent >= attempts_ ? end : base + half_ + sent * half_ / attempts_;
  };

  Tick at = due(probes_out);
  if (probes_out == 0 && attempts_ > 0 && !session.settled) at = later(at, session.opened_at + kSettling);
  if (probes_out > 0) {
    const std::uint32_t spacing = attempts_ == 0 ? 0 : half_ / attempts_;
    const Tick sent = toTicks(session.asked_at);
    at = later(at, sent + stalls.since(sent) + spacing - (spacing > kProbeSlack ? kProbeSlack : spacing));
  }
  if (after(at, now) > 0) return {Action::wait, at};
  if (probes_out >= attempts_) return {Action::log_out, now};

  // The check after this probe: planned, but at least the spacing from now.
  const std::uint32_t spacing = half_ / attempts_;
  const Tick planned = due(probes_out + 1);
  return {Action::probe,
          after(planned, now + spacing) >= -static_cast<std::int32_t>(kProbeSlack) ? planned : now + spacing};
}

}  // namespace liveness::core
