// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fakes/contacts_view.h"
#include "fakes/host_observer.h"
#include "fakes/virtual_clock.h"
#include "liveness/heard.h"
#include "liveness/host.h"

namespace liveness::fakes {

/// The two ways in which a host may carry out a command, and who tells the contacts of a lost session.
struct HostKind {
  const char* name = "";
  bool queues = false;  ///< commands wait until the call into the plugin has returned
  bool broadcasts_when_stream_closes = true;
  std::uint32_t commands_per_tick = 64;
};
constexpr std::array<HostKind, 4> kEveryHost{{{"commands at once, host broadcasts", false, true},
                                              {"commands queued, host broadcasts", true, true},
                                              {"commands at once, plugin broadcasts", false, false},
                                              {"commands queued, plugin broadcasts", true, false}}};

/// A server without a network: has sessions, says what happens to them, does as it is told, and keeps an own
/// account of it all to judge the plugin by.
class FakeHost : public Host {
 public:
  FakeHost(VirtualClock& clock, const HostKind& kind);

  /// Where handles come from; to be set before the first session is opened.
  std::function<Heard(SessionId)> heard_of;

  HostObserver* observer = nullptr;  ///< borrowed

  bool anonymous = false;     ///< whoever comes has no account
  std::uint64_t account = 0;  ///< the mark of the account of whoever comes

  // What clients and networks do. Of a session that is gone, nothing.

  /// A new session; an older one with the same JID is closed first, as `replaced`.
  SessionId open(const std::string& user, const std::string& resource = "phone", bool resumable = false);
  /// The same by a host that forgets to say that the older one has gone.
  SessionId openUntold(const std::string& user, const std::string& resource = "phone",
                       bool resumable = false);
  /// One that was there before the plugin, last heard at `last_heard`.
  SessionId adopt(const std::string& user, const std::string& resource, bool resumable, UtcTime last_heard);
  void hear(SessionId id);
  void present(SessionId id, const Presence& presence);
  /// The same by a client that was not heard: the host had kept the presence from before.
  void presentUnheard(SessionId id, const Presence& presence);
  void enableResumption(SessionId id);
  void setActive(SessionId id, bool active);
  void answer(SessionId id, std::uint32_t probe_number);
  /// The network goes: a resumable session is held, any other is closed.
  void lose(SessionId id);
  void hold(SessionId id, const StreamHeld& held = {});
  void resume(SessionId id);
  void close(SessionId id, Cause cause);

  // How commands are carried out.

  bool deaf_to_closing = false;           ///< neither way to close has an effect
  bool closings_wait = false;             ///< run() leaves them in the queue
  Cause cause_of_ending = Cause::kicked;  ///< what it calls the end of a session that it was told to end
  std::function<Wire(SessionId, std::chrono::milliseconds)> wire_of;  ///< none: it does not know
  std::function<void(SessionId, const Probe&)> when_probed;           ///< after a probe has gone out
  std::function<void(SessionId)> when_told_to_close;                  ///< after the stream was closed

  /// Carries out what is queued, and what comes of it.
  void run();

  // The account.

  const std::map<std::uint64_t, HostSession>& sessions() const { return sessions_; }
  const HostSession* find(SessionId id) const;
  ContactsView contacts;
  std::vector<Command> commands;
  std::uint32_t most_commands_in_a_tick = 0;
  bool asked_for_a_tick_in_a_tick = false;
  MonotonicTime wake;  ///< when the plugin wants its next tick

  std::size_t count(Command::Kind kind) const;

  /// To be called around Plugin::tick().
  void beginTick();
  void endTick(std::chrono::milliseconds delay);

  const std::string& domain() const noexcept override { return domain_; }
  const Capabilities& capabilities() const noexcept override { return capabilities_; }
  void probe(SessionId session, const Probe& probe) override;
  void broadcast(const std::string& full_jid, const Presence& presence, Audience audience) override;
  void showHeld(SessionId session, const HeldView& view) override;
  void showAgain(SessionId session) override;
  Wire wire(SessionId session, std::chrono::milliseconds since) const override;
  void closeStream(SessionId session, StreamError error) override;
  void endSession(SessionId session) override;
  void requestTick(std::chrono::milliseconds delay) override;

 private:
  SessionId openAs(const StreamOpened& stream);
  HostSession* session(SessionId id);
  std::optional<HostSession> forget(SessionId id);
  template <class... Parameters, class... Arguments>
  void tell(void (HostObserver::*what)(Parameters...), const Arguments&... arguments);
  void take(Command command);
  void carryOut(const Command& command);
  void showInstead(HostSession& who, const Command& command);
  void afterCall();

  VirtualClock& clock_;
  std::string domain_ = "example.org";
  Capabilities capabilities_;
  bool queues_;
  bool running_ = false;
  bool in_tick_ = false;
  std::uint32_t commands_in_tick_ = 0;
  std::deque<Command> queue_;
  std::map<std::uint64_t, HostSession> sessions_;
  std::map<std::string, std::uint64_t> by_jid_;
};

}  // namespace liveness::fakes
