// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <boost/signals2/connection.hpp>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/census.h"
#include "core/direct_presences.h"
#include "core/event_log.h"
#include "core/heartbeat.h"
#include "core/last_seen_cache.h"
#include "core/marked.h"
#include "core/mass_events.h"
#include "core/recent_timeouts.h"
#include "core/resource_index.h"
#include "core/session_table.h"
#include "core/stalls.h"
#include "core/users.h"
#include "liveness/plugin.h"

namespace liveness {

/// What the public class hides. Events of the host come in at the handle… methods; a tick goes over the
/// table.
class Plugin::Impl {
 public:
  Impl(Host& host, Store& store, const Policy& policy);

  // sessions.cpp: what the host tells.
  SessionId handleStreamOpened(const Now& now, const StreamOpened& opened);
  void handleStanzaReceived(const Now& now, SessionId id, const Stanza& stanza);
  void handleStreamHeld(const Now& now, SessionId id, const StreamHeld& held);
  void handleStreamResumed(const Now& now, SessionId id);
  void handleStreamClosed(const Now& now, SessionId id, const StreamClosed& closed);

  // logout.cpp: from available to not, and onto record.
  void becomeAvailable(const Now& now, std::uint32_t slot, const Presence& presence);
  void becomeSeen(const Now& now, std::uint32_t slot);
  void becomeUnavailable(const Now& now, std::uint32_t slot, Cause cause, const Presence& last);
  void keepWords(const Now& now, core::User& user, const Presence& last);
  void endSession(const Now& now, std::uint32_t slot, Cause cause);
  void forgetUser(const Now& now, const std::string& bare_jid);
  void stop(const Now& now);
  /// Of a session that is gone: who is still to be told.
  struct Departure {
    std::string full_jid;
    Audience audience = Audience::everybody;
  };
  void broadcastUnavailable(Departure departure);
  void catchUpBroadcasts(const std::string& full_jid);

  // ticking.cpp: what is due.
  std::chrono::milliseconds tick(const Now& now);

  // new_rules.cpp
  void setPolicy(const Now& now, const Policy& policy);

  // operator.cpp: what an operator wants.
  bool probeForOperator(const Now& now, SessionId id);
  bool disconnect(const Now& now, SessionId id);

  // views.cpp: what somebody wants to look at.
  std::vector<SessionInfo> sessions(const Now& now) const;
  std::optional<SessionInfo> session(const Now& now, SessionId id) const;
  std::uint32_t visitSessions(const Now& now, std::uint32_t cursor, std::uint32_t slots,
                              const std::function<void(const SessionInfo&)>& visit) const;
  std::vector<SessionEvent> timeline(const Now& now, SessionId id) const;
  std::optional<SessionInfo> session(const Now& now, const std::string& full_jid) const;
  Stats stats(const Now& now) const;
  void findLastSeen(const Now& now, std::string bare_jid, Store::Found found);
  UserInfo user(const Now& now, const std::string& bare_jid) const;

  // held.cpp: what contacts see of a held session.
  Telling tell(SessionId id, const std::string& to, Occasion occasion) const;

  Host& host_;
  Store& store_;
  core::SessionTable table_;

 private:
  // sessions.cpp
  Cause causeOfEnd(std::uint32_t slot, Cause told) const;
  static core::Tick tickOf(const Now& now, UtcTime time);
  void settle(core::Tick now, std::uint32_t slot);
  void listen(core::Tick now, std::uint32_t slot);
  void checkAt(core::Tick now, std::uint32_t slot, core::Tick check_at);
  void measure(const Now& now, std::uint32_t slot, std::uint32_t probe_number);
  void note(core::Tick at, std::uint32_t slot, SessionEvent::Kind kind, std::uint32_t value = 0);
  std::string bareJid(const core::User& user) const;
  std::string fullJid(const core::Session& session) const;

  // user_sessions.cpp
  void joinUser(std::uint32_t slot, std::string_view username);
  void leaveUser(std::uint32_t slot);
  std::uint32_t findSession(std::uint32_t user, std::string_view resource) const;

  // ticking.cpp
  std::chrono::milliseconds work(const Now& now);
  bool takeWork(std::uint32_t to_be_left = 0);
  bool noteLateness(core::Tick now);
  void keepStalls();
  void wantTick(core::Tick now, std::chrono::milliseconds delay);
  bool handleDue(const Now& now, std::uint32_t slot);

  // silence.cpp
  void allowProbes();
  void probe(const Now& now, std::uint32_t slot);
  void sendProbe(const Now& now, core::Tick tick, std::uint32_t slot);
  void noteLife(std::uint32_t slot, core::Tick heard);
  void endProbing(core::Tick when, std::uint32_t slot);
  void detected(std::chrono::milliseconds silence);
  core::Tick closingCheck(const core::Session& session) const;
  void timeOut(const Now& now, std::uint32_t slot);
  bool handleSilence(const Now& now, std::uint32_t slot);
  bool handleProbeDue(const Now& now, std::uint32_t slot, const core::Verdict& verdict);
  bool handleTimeoutDue(const Now& now, std::uint32_t slot);
  bool handleClosingDue(const Now& now, std::uint32_t slot);

  // new_rules.cpp
  void takeNewPace(core::Tick now, std::uint32_t slot);

  // held.cpp
  core::Tick graceEnd(const core::Session& session) const;
  core::Shown viewOf(const core::Session& session, core::Tick now) const;
  core::Tick heldCheck(const core::Session& session, core::Tick now) const;
  bool handleHeldDue(const Now& now, std::uint32_t slot);
  void show(const Now& now, std::uint32_t slot, core::Shown shown);
  void noteDirected(SessionId id, const DirectedPresence& presence);
  void noteBroadcast(SessionId id, bool available);

  // checkpoints.cpp
  void planCheckpoints();
  std::chrono::milliseconds keepStoreInformed(const Now& now);
  void checkpointSlice(const Now& now);
  bool tellMarked(const Now& now);
  void announceLogins(const Now& now);
  void recordLogin(const Now& now, std::uint32_t slot);
  void countHeard(std::uint32_t slot);

  // connections.cpp
  bool hearConnection(std::uint32_t slot);
  Store::Connected& connectionOf(const Now& now, std::uint32_t slot);
  void noteConnected(const Now& now, std::uint32_t slot);
  void noteConnectionEnd(const Now& now, std::uint32_t slot, Cause cause);
  void endConnection(const Now& now, std::uint32_t slot);
  void tellConnections(const Now& now);
  void stopConnections(const Now& now);

  // views.cpp
  SessionState stateOf(std::uint32_t slot) const;
  void foresee(core::Tick now, std::uint32_t slot, SessionInfo& info) const;
  bool isUnanswered(std::uint32_t slot) const;
  void describe(const Now& now, std::uint32_t slot, SessionInfo& info) const;

  /// Of a tick's work, what is kept for the checkpoint. It looks at half as many sessions, and tells of as
  /// many users.
  static constexpr std::uint32_t kWorkForStore = 8192;

  core::Users users_;
  core::ResourceIndex resources_{table_};
  core::Stalls stalls_;
  core::Heartbeat heartbeat_;
  core::Census census_;
  core::MassEvents mass_events_;
  core::EventLog events_;
  core::RecentTimeouts recent_timeouts_;
  HeldPresence held_presence_ = HeldPresence::unavailable;
  std::uint32_t held_grace_ = 0;  // ticks
  Stats counted_;                 // its counters; what is true of the present is filled in by stats()
  std::uint32_t last_probe_ = 0;
  std::uint64_t last_login_ = 0;

  std::unordered_map<std::uint32_t, core::DirectPresences> directed_;  // by generation
  std::vector<std::uint32_t> directed_of_ended_;                       // until the next tick

  // Shared with the store's answers, which may outlive the plugin.
  std::shared_ptr<core::LastSeenCache> cache_;

  /// One round over the table, in slices, for those heard since the last one began.
  struct CheckpointPass {
    bool running = false;
    std::uint32_t cursor = 0;
    core::Tick began_at = 0;
    core::Tick heard_since = 0;
    core::Tick due_at = 0;
  };
  CheckpointPass pass_;
  core::Marked unsaid_;  // whose last byte the store does not know yet
  std::chrono::milliseconds checkpoint_interval_;
  std::uint32_t announced_ = core::kNone;  // slots before it have told the store of their logins again
  std::uint8_t announcing_ = 0;            // in which round

  // Sessions whose users may be here without being available, and what the store is to be told of such users.
  core::Marked new_connections_;
  std::unordered_map<std::string, Store::Connected> untold_connections_;

  // Of the tick that runs, or the last one.
  core::Tick last_tick_ = 0;
  core::Tick expected_tick_ = 0;
  bool ticked_ = false;
  bool ticking_ = false;
  bool skipped_ = false;      // the last tick came so late that it judged nobody
  std::uint32_t cursor_ = 0;  // where a tick that ran out of its bounds goes on
  std::uint32_t commands_left_ = 0;
  std::uint32_t work_left_ = 0;
  std::uint32_t probes_left_ = 0;  // in this sixteenth of a second, before they are spread
  core::Tick probes_allowed_at_ = 0;
  std::deque<Departure> unsent_broadcasts_;  // of a tick that ran out of commands

  std::vector<boost::signals2::scoped_connection> connections_;
};

}  // namespace liveness
