// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/json.h"

#include "report/json_values.h"
#include "report/session_object.h"

namespace liveness::report {

namespace {

Json lastSeenObject(const LastSeen& seen) {
  Json o;
  o["jid"] = seen.bare_jid;
  o["last_heard_at"] = utcExactly(seen.last_heard);
  o["logged_out_at"] = utcExactly(seen.logged_out_at);
  o["cause"] = toString(seen.cause);
  o["evidence"] = toString(seen.evidence);
  o["resource"] = seen.resource;
  o["status"] = seen.status;
  return o;
}

Json lastSeenList(const std::vector<LastSeen>& all) {
  Json list = Json::array();
  for (const LastSeen& seen : all) list.push_back(lastSeenObject(seen));
  return list;
}

template <class Bounds>
Json secondsOf(const Bounds& bounds) {
  Json list = Json::array();
  for (const auto bound : bounds) list.push_back(seconds(bound));
  return list;
}

template <class Bounds, class Counts>
Json histogram(const Bounds& bounds, const Counts& counts, std::chrono::microseconds sum) {
  Json o;
  o["bounds"] = secondsOf(bounds);
  o["counts"] = counts;
  o["sum"] = seconds(sum);
  return o;
}

template <class Amounts>
Json byCause(const Amounts& amounts) {
  Json o;
  for (std::size_t i = 0; i < amounts.size(); ++i) o[toString(static_cast<Cause>(i))] = amounts[i];
  return o;
}

/// One value of each sample.
template <class Pick>
Json column(const SampleRing& samples, Pick pick) {
  Json list = Json::array();
  for (std::size_t i = 0; i < samples.size(); ++i) list.push_back(pick(samples[i]));
  return list;
}

Json eventObject(const SessionEvent& event) {
  Json o;
  o["at"] = utcExactly(event.at);
  o["event"] = toString(event.kind);
  using Kind = SessionEvent::Kind;
  if (event.kind == Kind::answered && event.value > 0)
    o["round_trip"] = seconds(std::chrono::microseconds{event.value});
  if ((event.kind == Kind::closed || event.kind == Kind::held) && event.value >= 0 &&
      event.value < static_cast<std::int64_t>(kCauses))
    o["cause"] = toString(static_cast<Cause>(event.value));
  return o;
}

}  // namespace

std::string sessionJson(UtcTime now, const std::optional<SessionInfo>& session,
                        const std::vector<std::string>& why, const std::vector<SessionEvent>& timeline) {
  Json events = Json::array();
  for (const SessionEvent& event : timeline) events.push_back(eventObject(event));
  Json reasons = Json::array();
  for (const std::string& line : why) reasons.push_back(line);
  // The session has its own text already.
  return R"({"now":")" + utcExactly(now) + R"(","session":)" + (session ? sessionObject(*session) : "null") +
         R"(,"why":)" + dump(reasons) + R"(,"timeline":)" + dump(events) + "}";
}

std::string usersJson(UtcTime now, const UsersQuestion& question, const FoundUsers& found) {
  Json o;
  o["now"] = utcExactly(now);
  o["matched"] = found.matched;
  o["offset"] = question.offset;
  o["limit"] = question.limit;
  o["users"] = lastSeenList(found.users);
  return dump(o);
}

std::string userJson(UtcTime now, const std::string& bare_jid, const UserInfo& user,
                     const std::optional<LastSeen>& last_seen, const std::vector<LastSeen>& history) {
  Json o;
  o["now"] = utcExactly(now);
  o["jid"] = bare_jid;
  o["online"] = user.available > 0;
  o["available"] = user.available;
  o["held"] = user.held;
  o["hidden"] = user.hidden;
  o["last_heard_at"] = user.away ? Json(utcExactly(user.away->last_heard)) : Json();
  o["last_seen"] = last_seen ? lastSeenObject(*last_seen) : Json();
  o["history"] = lastSeenList(history);
  return dump(o);
}

std::string statsJson(UtcTime now, const Plugin::Stats& stats, const TickMeter& ticks) {
  Json o;
  o["now"] = utcExactly(now);
  for (std::size_t i = 0; i < stats.sessions.size(); ++i)
    o["sessions"][toString(static_cast<SessionState>(i))] = stats.sessions[i];
  o["users_available"] = stats.users_available;
  o["logouts"] = byCause(stats.logouts);
  o["false_logouts"] = stats.false_logouts;
  o["sessions_opened"] = stats.sessions_opened;
  o["probes_sent"] = stats.probes_sent;
  o["probes_answered"] = stats.probes_answered;
  o["probes_saved"] = stats.probes_saved;
  o["acks_requested"] = stats.acks_requested;
  o["holds"] = stats.holds;
  o["resumptions"] = stats.resumptions;
  o["doubted"] = stats.doubted;
  o["round_trips"] = histogram(kRoundTripBounds, stats.round_trips, stats.round_trips_sum);
  o["detections"] = histogram(kDetectionBounds, stats.detections, stats.detections_sum);
  o["ticks"] = stats.ticks;
  o["late_ticks"] = stats.late_ticks;
  o["ticks_took"] = histogram(TickMeter::kTookBounds, ticks.took().counts, ticks.took().sum);
  o["ticks_late_by"] = histogram(TickMeter::kLateBounds, ticks.late().counts, ticks.late().sum);
  Json& store = o["store"];
  store["records_written"] = stats.store.records_written;
  store["records_waiting"] = stats.store.records_waiting;
  store["batches"] = stats.store.batches;
  store["failures"] = stats.store.failures;
  store["recovered"] = stats.store.recovered;
  return dump(o);
}

std::string seriesJson(UtcTime now, const SampleRing& samples) {
  Json o;
  o["now"] = utcExactly(now);
  o["step"] = samples.step().count();
  o["at"] = column(samples, [](const Sample& s) { return utcExactly(s.at); });
  for (std::size_t i = 0; i < Sample{}.sessions.size(); ++i)
    o["sessions"][toString(static_cast<SessionState>(i))] =
        column(samples, [i](const Sample& s) { return s.sessions[i]; });
  for (std::size_t i = 0; i < kCauses; ++i)
    o["logouts"][toString(static_cast<Cause>(i))] =
        column(samples, [i](const Sample& s) { return s.logouts[i]; });
  o["probes"]["sent"] = column(samples, [](const Sample& s) { return s.probes_sent; });
  o["probes"]["answered"] = column(samples, [](const Sample& s) { return s.probes_answered; });
  o["probes"]["saved"] = column(samples, [](const Sample& s) { return s.probes_saved; });
  std::array<std::uint64_t, kRoundTripBounds.size() + 1> counts{};
  for (std::size_t i = 0; i < samples.size(); ++i)
    for (std::size_t bound = 0; bound < counts.size(); ++bound)
      counts[bound] += samples[i].round_trips[bound];
  o["round_trips"]["bounds"] = secondsOf(kRoundTripBounds);
  o["round_trips"]["counts"] = counts;
  return dump(o);
}

}  // namespace liveness::report
