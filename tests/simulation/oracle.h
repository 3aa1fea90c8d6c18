// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fakes/world.h"
#include "simulation/seat.h"

namespace liveness::simulation {

/// Knows from what happens on the host alone what the plugin must have done, may do and must not do, and says
/// what it did wrong. Shares no code and no data with the core: it keeps nanoseconds, names and no tables.
class Oracle : public fakes::HostObserver {
 public:
  Oracle(fakes::World& world, Policy policy);
  ~Oracle() override;

  /// The first wrong thing; empty: none so far.
  const std::string& complaint() const { return complaint_; }
  void complain(const std::string& text);

  /// To be called right before the plugin gets its tick: notices that it comes late.
  void beforeTick();
  /// And right after it.
  void afterTick();
  /// To be called when everything that a step set off is done.
  void afterStep();
  /// Compares the plugin's table to what must be in it. Dearer than the rest.
  void checkTable();
  /// Plugin::stop() is about to be called.
  void expectStop();
  /// It was called, twice, when so many commands had been given.
  void afterStop(std::size_t commands_before);
  /// Somebody set the date: what the store was told before is off by as much.
  void dateSet() { date_was_set_ = true; }
  /// The module is about to be reloaded with these rules.
  void rulesChange(const Policy& policy);
  /// The account is about to be deleted.
  void forgetting(const std::string& bare_jid);
  /// Compares an answer of Plugin::findLastSeen(), when it comes, to what is on record by then.
  void checkLastSeen(const std::string& bare_jid, const std::optional<LastSeen>& answer);
  /// Everybody has left.
  void checkEmpty();
  /// What Plugin::probe() or disconnect() must say, which is called right after.
  enum class Answer { yes, no, either };
  Answer expectProbe(SessionId id);
  Answer expectEnd(SessionId id);
  void checkAnswer(Answer right, bool given, const std::string& to_what);
  /// Whether the plugin still has to do with a session; it may have given one up that never closed.
  bool knows(SessionId id);

  void opening(const std::string& full_jid) override;
  void opened(const fakes::HostSession& session) override;
  void heard(const fakes::HostSession& session) override;
  void presented(const fakes::HostSession& session, const Presence& presence) override;
  void resumptionEnabled(const fakes::HostSession& session) override;
  void clientState(const fakes::HostSession& session) override;
  void answered(const fakes::HostSession& session, std::uint32_t probe_number) override;
  void held(const fakes::HostSession& session) override;
  void resumed(const fakes::HostSession& session) override;
  void closed(const fakes::HostSession& session, Cause cause) override;
  void commanded(const fakes::Command& command) override;
  void wireAsked(SessionId id, Wire answer) override;

 private:
  /// The plugin keeps sixteenths of a second.
  static constexpr Duration kRounding = std::chrono::milliseconds{63};
  /// A tick that is later than this is a stall. Worlds have ticks that are less late, or later.
  static constexpr Duration kLate = std::chrono::milliseconds{281};
  /// After a stall nobody is judged for so long.
  static constexpr Duration kCatchUp = std::chrono::milliseconds{250};
  static constexpr Duration kCloseConfirmation = std::chrono::seconds{10};
  static constexpr Duration kSettling = std::chrono::seconds{10};

  struct User {
    std::uint32_t available = 0;
    std::uint32_t hidden = 0;  ///< of these, held and seen as unavailable
    bool here = false;         ///< between a login and its logout
    Presence words;            ///< the last ones of this login
    MonotonicTime last_heard;  ///< of those who were available since the user came, and are no more
    MonotonicTime joined_at;   ///< when one of them became available, perhaps long after it was heard
    bool forgotten = false;    ///< the account was deleted since the user came
  };
  struct Expected {
    LastSeen record;
    std::vector<Cause> causes;
    std::vector<Evidence> evidence;  ///< of a timeout; one of these
  };

  void settle(Seat& seat) {
    if (seat.settled_at) return;
    seat.settled_at = seat.put_off_at = now();
  }
  Seat* seat(SessionId id);
  void appear(const Seat& seat);
  void showAs(Seat& seat, const std::optional<HeldView>& view);
  void depart(Seat& seat, std::vector<Cause> causes, const Presence& last);
  static Cause causeOfEnd(const Seat& seat, Cause told);
  void end(std::uint64_t name, std::vector<Cause> causes);
  /// The same of one that the plugin had ended by itself before: what it had to say is said.
  void endLate(std::uint64_t name);
  void recorded(const LastSeen& record);
  bool isGivenUp(const Seat& seat) const;
  void reconcile();
  void giveUp(const std::string& bare_jid);
  Duration stalledSince(MonotonicTime t) const;
  /// Both ends of a stall are rounded by the plugin, of all that ended after `t`.
  Duration slackOfStalls(MonotonicTime t) const;
  Duration silenceOf(const Seat& seat) const { return listenedSince(seat.countsFrom()); }
  /// How long the server has been listening since.
  Duration listenedSince(MonotonicTime t) const { return now() - t - stalledSince(t); }
  MonotonicTime now() const { return world_.clock.now().monotonic; }
  void checkProbe(Seat& seat, const fakes::Command& probe);
  void asked(Seat& seat, const fakes::Command& probe);
  Duration slackOfTicks(MonotonicTime since) const;
  Duration longestSilence(const Seat& seat) const;
  void checkClose(Seat& seat);
  void checkSilence();
  void checkContacts();
  Duration idleOf(const Seat& seat) const {
    return seat.inactive ? policy_.inactive_idle_timeout : policy_.idle_timeout;
  }
  std::int64_t attempts() const { return policy_.ping ? policy_.ping_attempts : 0; }

  // oracle_rules.cpp
  Duration dueAfter(const Seat& seat, std::int64_t probes) const;
  void takeNewPace(Seat& seat);
  Duration endOfSilence(const Seat& seat, std::int64_t counting) const;

  // oracle_held.cpp
  void checkShowHeld(Seat& seat, const HeldView& view);
  void checkShowAgain(Seat& seat);
  void checkBroadcast(const fakes::Command& command);
  void checkHeld();

  // oracle_operator.cpp
  void checkOperatorsProbe(Seat& seat, const fakes::Command& probe);
  void checkEnd(Seat& seat);
  void checkTimeline(const Seat& seat);
  void checkEndsOfTimelines();
  void checkCounts();
  void noteReturn(const std::string& bare_jid);

  // oracle_masses.cpp
  struct Mass {
    std::optional<MonotonicTime> since;  ///< so many are silent together since then
    std::optional<MonotonicTime> until;  ///< and were, until then
  };
  using Masses = std::array<Mass, 2>;  ///< of active ones, of inactive ones
  void watchMasses();
  void watch(Masses& masses, bool certainly);
  bool isSilent(const Seat& seat, bool certainly) const;
  bool mayFallSilent(const Seat& seat, bool certainly) const;
  void checkDoubt(Seat& seat);
  void checkNoDoubt(const Seat& seat);
  void checkRate();
  Duration slackOfMasses(const Seat& seat) const;
  Duration slackOfCommands(MonotonicTime since) const;  // a turn among those of all, where a tick gives few
  std::int64_t countOfOthers(MonotonicTime since) const;

  // oracle_store.cpp
  void checkStore();
  void checkLastHeard(const Store::Online& online, const User& user);

  fakes::World& world_;
  Policy policy_;
  MonotonicTime rules_since_{};
  std::string complaint_;
  std::map<std::uint64_t, Seat> seats_;
  std::map<std::string, User> users_;
  std::list<Expected> expected_;
  std::map<std::string, LastSeen> on_record_;  ///< by bare JID
  bool date_was_set_ = false;
  SessionId to_be_probed_;                             ///< by an operator, right now
  SessionId to_be_ended_;                              ///< the same
  std::map<std::uint64_t, std::vector<Cause>> ended_;  ///< sessions, and why
  std::map<std::string, MonotonicTime> timed_out_;     ///< users, until they are back
  std::size_t most_seats_ = 0;
  std::uint64_t work_before_ = 0;  ///< the tick that runs
  std::uint64_t given_up_ = 0;
  std::uint64_t false_logouts_ = 0;           ///< certainly
  std::uint64_t possible_false_logouts_ = 0;  ///< to the plugin's sixteenths of a second
  MonotonicTime had_no_room_at_{};
  Masses possible_masses_;                           ///< as many silent ones, of as few, as it may seem
  Masses certain_masses_;                            ///< the other way round
  std::list<MonotonicTime> closings_;                ///< of the last ten minutes
  std::map<std::string, std::list<Audience>> owed_;  ///< whom a departure is to be shown to
  struct Stall {
    MonotonicTime from;
    MonotonicTime to;
  };
  std::vector<Stall> stalls_;
};

}  // namespace liveness::simulation
