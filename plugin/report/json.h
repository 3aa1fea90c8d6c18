// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "liveness/last_seen.h"
#include "liveness/plugin.h"
#include "liveness/user_info.h"
#include "liveness/users_question.h"
#include "report/series.h"
#include "report/tick_meter.h"

// The documents that the page and scripts read. Times are texts in UTC with milliseconds, durations are
// seconds. What clients said may be anything: bytes that are no UTF-8 are replaced, and all of it is escaped
// as JSON wants it; whoever puts it on a page escapes it as that wants it.
namespace liveness::report {

/// What a person may know of a session: {"now", "session": {...} or null, "why": [...], "timeline": [...]}.
/// A session that is gone has only a timeline.
std::string sessionJson(UtcTime now, const std::optional<SessionInfo>& session,
                        const std::vector<std::string>& why, const std::vector<SessionEvent>& timeline);

/// A page of users who are not here: {"now", "matched", "offset", "limit", "users": [...]}.
std::string usersJson(UtcTime now, const UsersQuestion& question, const FoundUsers& found);

/// {"now", "jid", "online", "available", "held", "hidden", "last_heard_at", "last_seen": {...} or null,
/// "history": [...]}
std::string userJson(UtcTime now, const std::string& bare_jid, const UserInfo& user,
                     const std::optional<LastSeen>& last_seen, const std::vector<LastSeen>& history);

/// All counters. A histogram is {"bounds", "counts", "sum"}; it has one count more than bounds, of what was
/// longer than all of them.
std::string statsJson(UtcTime now, const Plugin::Stats& stats, const TickMeter& ticks);

/// {"now", "step", "at", "sessions", "logouts", "probes", "round_trips"}: one value for each time in "at";
/// of what is counted, what came since the time before.
std::string seriesJson(UtcTime now, const SampleRing& samples);

}  // namespace liveness::report
