// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "liveness/heard.h"
#include "liveness/host.h"
#include "liveness/last_seen.h"
#include "liveness/policy.h"
#include "liveness/session.h"
#include "liveness/store.h"
#include "liveness/timeline.h"
#include "liveness/user_info.h"

namespace liveness {

/// Upper bounds of the histogram of round trips.
constexpr std::array<std::chrono::milliseconds, 12> kRoundTripBounds{
    std::chrono::milliseconds{5},    std::chrono::milliseconds{10},    std::chrono::milliseconds{25},
    std::chrono::milliseconds{50},   std::chrono::milliseconds{100},   std::chrono::milliseconds{250},
    std::chrono::milliseconds{500},  std::chrono::milliseconds{1000},  std::chrono::milliseconds{2500},
    std::chrono::milliseconds{5000}, std::chrono::milliseconds{15000}, std::chrono::milliseconds{60000}};

/// Upper bounds of the histogram of the time that it takes to give a silent client up.
constexpr std::array<std::chrono::seconds, 20> kDetectionBounds{
    std::chrono::seconds{1},    std::chrono::seconds{2},   std::chrono::seconds{5},
    std::chrono::seconds{10},   std::chrono::seconds{20},  std::chrono::seconds{30},
    std::chrono::seconds{45},   std::chrono::seconds{60},  std::chrono::seconds{90},
    std::chrono::seconds{120},  std::chrono::seconds{180}, std::chrono::seconds{240},
    std::chrono::seconds{300},  std::chrono::seconds{375}, std::chrono::seconds{450},
    std::chrono::seconds{600},  std::chrono::seconds{900}, std::chrono::seconds{1200},
    std::chrono::seconds{1850}, std::chrono::seconds{3600}};

/// The rules of liveness for one served domain: listens to a Host, keeps the session table, says what to do
/// and when, and puts logouts on record in a Store.
///
/// Host and Store are borrowed and outlive it. All calls on the host's thread, none of them from within
/// another but by a command (Host) or an answer. Nothing throws because of what
/// a client sent, or of a session that is gone. Destroying it forgets the sessions without a word to anybody;
/// stop() first is the server's end.
class Plugin {
 public:
  /// Whatever a tick does (judge, probe, log out, show, checkpoint), it looks at no more sessions and users
  /// by themselves than this. What is left comes in a next one, asked for soon.
  static constexpr std::uint32_t kWorkPerTick = 24'576;

  struct Stats {
    std::array<std::uint64_t, 3> sessions{};       ///< now, by SessionState: reachable, suspect, held
    std::uint64_t users_available = 0;             ///< now, between a login and its logout
    std::array<std::uint64_t, kCauses> logouts{};  ///< since the plugin began, by Cause
    std::uint64_t sessions_opened = 0;
    std::uint64_t probes_sent = 0;
    std::uint64_t probes_answered = 0;
    std::uint64_t acks_requested = 0;  ///< of the probes sent, those that were <r/> and not a ping
    std::uint64_t holds = 0;           ///< streams lost whose sessions were kept
    std::uint64_t resumptions = 0;
    std::uint64_t doubted = 0;  ///< timeouts put off because too many came together
    std::array<std::uint64_t, kRoundTripBounds.size() + 1> round_trips{};  ///< by bound; the last: longer
    std::chrono::microseconds round_trips_sum{0};
    /// Clients given up for their silence, held since or logged out, by the time since they were last heard.
    std::array<std::uint64_t, kDetectionBounds.size() + 1> detections{};  ///< by bound; the last: longer
    std::chrono::milliseconds detections_sum{0};
    std::uint64_t false_logouts = 0;  ///< users available again within 60 s of a logout as timed_out
    std::uint64_t probes_saved = 0;   ///< checks that found no probe due: mostly clients heard meanwhile
    std::uint64_t work = 0;  ///< sessions and users that ticks looked at by themselves (kWorkPerTick)
    std::uint64_t ticks = 0;
    std::uint64_t late_ticks = 0;  ///< ticks that came so late that all deadlines were moved
    Store::Stats store;
  };

  Plugin(Host& host, Store& store, const Policy& policy);
  ~Plugin();
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  /// Does what is due, and says in how long it wants to be called next; never more than a second. To be
  /// called at once after the start, and earlier than said where Host::requestTick() asks. Answers of the
  /// store come from within it; Store::takeNotices() after it has what belongs into the server's log. A call
  /// that comes late moves every deadline by the lateness before anything is judged: a server that stalled
  /// has not listened, so it cannot say that nobody spoke. It then judges nobody, so that what came meanwhile
  /// is read first; but where the call before it judged nobody for this reason, it does what is due.
  std::chrono::milliseconds tick(const Now& now);

  /// The handle to hear a session by. Of a session that is gone: one that does nothing.
  Heard heard(SessionId session) noexcept;

  /// The state of the session that has this full JID, or nullopt.
  std::optional<SessionInfo> session(const Now& now, const std::string& full_jid) const;

  std::optional<SessionInfo> session(const Now& now, SessionId session) const;

  /// What contacts see of a user. Costs time in proportion to the number of their sessions.
  UserInfo user(const Now& now, const std::string& bare_jid) const;

  /// What a host tells a contact of a session that is held, and of its end: see Occasion. `to` is an address
  /// that the client's general presence goes to; whoever else was sent a presence directly is told of the end
  /// only. Good for a session that has ended as well, until the next tick().
  Telling tell(SessionId session, const std::string& to, Occasion occasion) const;

  /// Shows the sessions that lie in `slots` places of the table from `cursor` on, each in the same
  /// SessionInfo. Answers with the next cursor; 0: all was seen. For going over very many, a slice at a time:
  /// a session that is there from the first call to the last is shown once, one that comes or goes meanwhile
  /// perhaps. `visit` must not call anything that is not const.
  std::uint32_t visitSessions(const Now& now, std::uint32_t cursor, std::uint32_t slots,
                              const std::function<void(const SessionInfo&)>& visit) const;

  /// What happened to a session, the oldest first, of one that has gone as well; as much of it as is left:
  /// memory for this is bounded. Empty where nothing is.
  std::vector<SessionEvent> timeline(const Now& now, SessionId session) const;

  /// Every session, in no order. For an operator: costs time and memory in proportion to their number.
  std::vector<SessionInfo> sessions(const Now& now) const;

  /// An operator wants a sign of life now. Makes the session suspect, as every probe that is out, but none of
  /// the heartbeat's own probes is spared, and no deadline moves: a client is logged out neither earlier nor
  /// later for it. False where nothing is sent: the session is gone, held, closing, or has just bound and
  /// negotiates; or a probe that was sent in the last 10 s is unanswered.
  bool probe(const Now& now, SessionId session);

  /// An operator ends the session, its hold and its queue included; on record as Cause::kicked, unless its
  /// client logs out by itself first. False: it is gone.
  bool disconnect(const Now& now, SessionId session);

  /// Looks a user's last logout up; `found` is called before this returns where the answer is in memory, else
  /// from a later tick(). Where other servers write to the same database (Store::shared()), it may be ten
  /// seconds old.
  void findLastSeen(const Now& now, std::string bare_jid, Store::Found found);

  /// The account was deleted: all that is on record of it goes, and what is left of its sessions adds
  /// nothing.
  void forgetUser(const Now& now, const std::string& bare_jid);

  Stats stats(const Now& now) const;

  /// Takes new rules, for the sessions that are there as well; its store and node are not looked at. Asks for
  /// a tick where something is due by them. For a session whose rules stay as they are nothing changes.
  ///
  /// Idle timeouts count from the last byte, as always. Nobody is logged out without the probes that the new
  /// rules promise: where they are overdue, the first of them goes out within half of a spacing (many are
  /// spread over it), and each has a whole spacing for its answer. A probe that is out is one of them where
  /// the new rules would have sent it by then, and otherwise counts no longer; the same goes for the probe
  /// more that a doubted client had. Where no probes are promised, and the silence is too long already, the
  /// logout is due at once. A timeout of zero puts no logout off that was asked of the host.
  ///
  /// mass_minimum, mass_share and logout_rate hold for the next logout: none is admitted while as many as the
  /// new rate were in the second before it. The grace of a session that is held counts from when it was lost:
  /// contacts are shown what the new rules want them to see, also where that is the presence itself again.
  void setPolicy(const Now& now, const Policy& policy);

  /// The server stops in order: whoever is still here is logged out on record (Cause::server_stopped), at the
  /// time last heard. Sends nothing.
  void stop(const Now& now);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace liveness
