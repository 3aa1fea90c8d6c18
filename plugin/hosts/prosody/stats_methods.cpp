// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What is counted, as a Lua table.

#include "hosts/clock.h"
#include "hosts/prosody/border.h"

namespace liveness::hosts::prosody {

namespace {

template <class Duration>
double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}

/// A histogram as the field `key`: { bounds = seconds, counts = by bound and one more for what is beyond the
/// last, sum = seconds }.
template <class Bounds, class Counts, class Duration>
void setHistogram(lua_State* L, const char* key, const Bounds& bounds, const Counts& counts, Duration sum) {
  lua_createtable(L, 0, 3);
  lua_createtable(L, static_cast<int>(bounds.size()), 0);
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    lua_pushnumber(L, seconds(bounds[i]));
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
  lua_setfield(L, -2, "bounds");
  lua_createtable(L, static_cast<int>(counts.size()), 0);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    lua_pushinteger(L, static_cast<lua_Integer>(counts[i]));
    lua_rawseti(L, -2, static_cast<lua_Integer>(i + 1));
  }
  lua_setfield(L, -2, "counts");
  setField(L, "sum", seconds(sum));
  lua_setfield(L, -2, key);
}

/// plugin:stats() -> table. All but what is said to be of now counts from `began_at` on.
int stats(lua_State* L) {
  Instance& self = checkOpen(L);
  self.stats = self.plugin->stats(readClocks());
  const Plugin::Stats& s = self.stats;
  luaL_checkstack(L, 8, nullptr);
  lua_createtable(L, 0, 28);
  lua_createtable(L, 0, 3);  // of now
  for (std::size_t i = 0; i < s.sessions.size(); ++i)
    setField(L, toString(static_cast<SessionState>(i)), s.sessions[i]);
  lua_setfield(L, -2, "sessions");
  lua_createtable(L, 0, kCauses);
  for (std::size_t i = 0; i < s.logouts.size(); ++i)
    setField(L, toString(static_cast<Cause>(i)), s.logouts[i]);
  lua_setfield(L, -2, "logouts");
  setField(L, "began_at", toSeconds(self.began_at));
  setField(L, "users_available", s.users_available);  // now
  setField(L, "sessions_opened", s.sessions_opened);
  setField(L, "probes_sent", s.probes_sent);
  setField(L, "probes_answered", s.probes_answered);
  setField(L, "probes_saved", s.probes_saved);
  setField(L, "false_logouts", s.false_logouts);
  setField(L, "acks_requested", s.acks_requested);
  setField(L, "holds", s.holds);
  setField(L, "resumptions", s.resumptions);
  setField(L, "doubted", s.doubted);
  setHistogram(L, "round_trip", kRoundTripBounds, s.round_trips, s.round_trips_sum);
  setHistogram(L, "detection", kDetectionBounds, s.detections, s.detections_sum);
  const report::TickMeter& meter = self.board.ticks();
  setHistogram(L, "tick", report::TickMeter::kTookBounds, meter.took().counts, meter.took().sum);
  setHistogram(L, "tick_lateness", report::TickMeter::kLateBounds, meter.late().counts, meter.late().sum);
  setField(L, "ticks", s.ticks);
  setField(L, "late_ticks", s.late_ticks);
  setField(L, "records_written", s.store.records_written);
  setField(L, "records_waiting", s.store.records_waiting);  // now
  setField(L, "records_recovered", s.store.recovered);
  setField(L, "store_batches", s.store.batches);
  setField(L, "store_failures", s.store.failures);
  return 1;
}

}  // namespace

void registerStatsMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {{"stats", guarded<stats>}, {nullptr, nullptr}};
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
