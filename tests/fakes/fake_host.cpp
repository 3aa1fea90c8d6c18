// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "fakes/fake_host.h"

#include <algorithm>

namespace liveness::fakes {

FakeHost::FakeHost(VirtualClock& clock, const HostKind& kind)
    : wake(clock.now().monotonic), clock_(clock), queues_(kind.queues) {
  capabilities_.broadcasts_when_stream_closes = kind.broadcasts_when_stream_closes;
  capabilities_.commands_per_tick = kind.commands_per_tick;
}

template <class... Parameters, class... Arguments>
void FakeHost::tell(void (HostObserver::*what)(Parameters...), const Arguments&... arguments) {
  if (observer != nullptr) (observer->*what)(arguments...);
}

const HostSession* FakeHost::find(SessionId id) const {
  const auto found = sessions_.find(id.toInteger());
  return found == sessions_.end() ? nullptr : &found->second;
}

HostSession* FakeHost::session(SessionId id) {
  return const_cast<HostSession*>(find(id));
}

SessionId FakeHost::open(const std::string& user, const std::string& resource, bool resumable) {
  const auto older = by_jid_.find(user + "@" + domain_ + "/" + resource);
  if (older != by_jid_.end()) close(SessionId::fromInteger(older->second), Cause::replaced);
  return openUntold(user, resource, resumable);
}

SessionId FakeHost::openUntold(const std::string& user, const std::string& resource, bool resumable) {
  return openAs({user, resource, Transport::tcp, resumable, resumable, {}, anonymous, account});
}

SessionId FakeHost::adopt(const std::string& user, const std::string& resource, bool resumable,
                          UtcTime last_heard) {
  return openAs({user, resource, Transport::tcp, resumable, resumable, last_heard, anonymous, account});
}

SessionId FakeHost::openAs(const StreamOpened& stream) {
  HostSession opened;
  opened.bare_jid = stream.username + "@" + domain_;
  opened.full_jid = opened.bare_jid + "/" + stream.resource;
  opened.resumable = stream.resumable;
  const auto older = by_jid_.find(opened.full_jid);
  if (older != by_jid_.end()) forget(SessionId::fromInteger(older->second));
  tell(&HostObserver::opening, opened.full_jid);
  const Now now = clock_.now();
  const auto id = onStreamOpened(now, stream);
  opened.id = id.value_or(SessionId{});
  opened.last_heard =
      now.monotonic - (stream.last_heard ? now.utc - *stream.last_heard : UtcTime::duration{0});
  if (heard_of) opened.heard = heard_of(opened.id);
  sessions_[opened.id.toInteger()] = opened;
  by_jid_[opened.full_jid] = opened.id.toInteger();
  tell(&HostObserver::opened, opened);
  afterCall();
  return opened.id;
}

std::optional<HostSession> FakeHost::forget(SessionId id) {
  const auto node = sessions_.extract(id.toInteger());
  if (node.empty()) return std::nullopt;
  by_jid_.erase(node.mapped().full_jid);
  const bool seen_to_go = node.mapped().shown && !node.mapped().shown->available;
  if (node.mapped().presence && capabilities_.broadcasts_when_stream_closes && !seen_to_go)
    contacts.see(clock_.now().monotonic, node.mapped().full_jid, false, {});
  return node.mapped();
}

void FakeHost::hear(SessionId id) {
  HostSession* who = session(id);
  if (who == nullptr || who->held) return;
  who->last_heard = clock_.now().monotonic;
  who->heard.at(who->last_heard);
  tell(&HostObserver::heard, *who);
}

void FakeHost::present(SessionId id, const Presence& presence) {
  hear(id);
  presentUnheard(id, presence);
}

void FakeHost::presentUnheard(SessionId id, const Presence& presence) {
  HostSession* who = session(id);
  if (who == nullptr) return;
  const bool hidden = who->shown && !who->shown->available;
  if ((presence.available || who->presence) && !hidden)
    contacts.see(clock_.now().monotonic, who->full_jid, presence.available, presence.status);
  who->presence = presence.available ? std::optional<Presence>(presence) : std::nullopt;
  tell(&HostObserver::presented, *who, presence);
  onStanzaReceived(clock_.now(), id, Stanza(presence));
  afterCall();
}

void FakeHost::enableResumption(SessionId id) {
  HostSession* who = session(id);
  if (who == nullptr) return;
  hear(id);
  who->resumable = true;
  tell(&HostObserver::resumptionEnabled, *who);
  onStanzaReceived(clock_.now(), id, Stanza(ManagementEnabled{true}));
  afterCall();
}

void FakeHost::setActive(SessionId id, bool active) {
  HostSession* who = session(id);
  if (who == nullptr) return;
  hear(id);
  who->inactive = !active;
  tell(&HostObserver::clientState, *who);
  onStanzaReceived(clock_.now(), id, Stanza(ClientState{active}));
  afterCall();
}

void FakeHost::answer(SessionId id, std::uint32_t probe_number) {
  const HostSession* who = find(id);
  if (who == nullptr) return;
  hear(id);
  tell(&HostObserver::answered, *who, probe_number);
  onStanzaReceived(clock_.now(), id, Stanza(ProbeAnswered{probe_number}));
  afterCall();
}

void FakeHost::lose(SessionId id) {
  const HostSession* who = find(id);
  if (who == nullptr || who->held) return;
  if (who->resumable)
    hold(id);
  else
    close(id, Cause::connection_lost);
}

void FakeHost::hold(SessionId id, const StreamHeld& held) {
  HostSession* who = session(id);
  if (who == nullptr || who->held) return;
  who->held = true;
  const Now now = clock_.now();
  who->held_at = now.monotonic - (held.since ? now.utc - *held.since : UtcTime::duration{0});
  tell(&HostObserver::held, *who);
  onStreamHeld(now, id, held);
  afterCall();
}

void FakeHost::resume(SessionId id) {
  HostSession* who = session(id);
  if (who == nullptr) return;
  who->held = false;
  who->inactive = false;
  who->last_heard = clock_.now().monotonic;
  tell(&HostObserver::resumed, *who);
  onStreamResumed(clock_.now(), id);
  if (heard_of) who->heard = heard_of(id);
  afterCall();
}

void FakeHost::close(SessionId id, Cause cause) {
  const std::optional<HostSession> who = forget(id);
  if (!who) return;
  tell(&HostObserver::closed, *who, cause);
  onStreamClosed(clock_.now(), id, StreamClosed{cause});
  afterCall();
}

std::size_t FakeHost::count(Command::Kind kind) const {
  return static_cast<std::size_t>(
      std::count_if(commands.begin(), commands.end(), [&](const Command& c) { return c.kind == kind; }));
}

void FakeHost::beginTick() {
  in_tick_ = true;
  commands_in_tick_ = 0;
}

void FakeHost::endTick(std::chrono::milliseconds delay) {
  in_tick_ = false;
  most_commands_in_a_tick = std::max(most_commands_in_a_tick, commands_in_tick_);
  wake = clock_.now().monotonic + delay;
  afterCall();
}

void FakeHost::probe(SessionId session, const Probe& probe) {
  Command command;
  command.kind = Command::Kind::probe;
  command.session = session;
  command.number = probe.number;
  command.probe_kind = probe.kind;
  take(std::move(command));
}

void FakeHost::broadcast(const std::string& full_jid, const Presence& presence, Audience audience) {
  Command command;
  command.kind = Command::Kind::broadcast;
  command.full_jid = full_jid;
  command.presence = presence;
  command.audience = audience;
  take(std::move(command));
}

void FakeHost::closeStream(SessionId session, StreamError) {
  Command command;
  command.kind = Command::Kind::close;
  command.session = session;
  take(std::move(command));
}

void FakeHost::endSession(SessionId session) {
  Command command;
  command.kind = Command::Kind::end;
  command.session = session;
  take(std::move(command));
}

void FakeHost::showHeld(SessionId session, const HeldView& view) {
  Command command;
  command.kind = Command::Kind::show_held;
  command.session = session;
  command.view = view;
  take(std::move(command));
}

void FakeHost::showAgain(SessionId session) {
  Command command;
  command.kind = Command::Kind::show_again;
  command.session = session;
  take(std::move(command));
}

Wire FakeHost::wire(SessionId session, std::chrono::milliseconds since) const {
  const Wire answer = wire_of ? wire_of(session, since) : Wire::unknown;
  if (observer != nullptr) observer->wireAsked(session, answer);
  return answer;
}

void FakeHost::requestTick(std::chrono::milliseconds delay) {
  if (in_tick_) asked_for_a_tick_in_a_tick = true;
  wake = std::min<MonotonicTime>(wake, clock_.now().monotonic + delay);
}

void FakeHost::take(Command command) {
  command.given_at = clock_.now().monotonic;
  if (in_tick_) ++commands_in_tick_;
  commands.push_back(command);
  tell(&HostObserver::commanded, command);
  if (queues_)
    queue_.push_back(std::move(command));
  else
    carryOut(command);
}

void FakeHost::carryOut(const Command& command) {
  if (command.kind == Command::Kind::broadcast) {
    if (command.audience == Audience::everybody)
      contacts.see(clock_.now().monotonic, command.full_jid, command.presence.available,
                   command.presence.status);
    return;
  }
  HostSession* who = session(command.session);
  if (who == nullptr) return;
  if (command.kind == Command::Kind::show_held || command.kind == Command::Kind::show_again)
    return showInstead(*who, command);
  if (command.kind == Command::Kind::end) {
    // Told as whatever the host makes of it.
    if (!deaf_to_closing) close(command.session, cause_of_ending);
    return;
  }
  if (who->held) return;
  if (command.kind == Command::Kind::probe) {
    if (when_probed) when_probed(command.session, Probe{command.number, command.probe_kind});
  } else if (!deaf_to_closing) {
    lose(command.session);
    if (when_told_to_close) when_told_to_close(command.session);
  }
}

void FakeHost::showInstead(HostSession& who, const Command& command) {
  const bool was_shown = who.shown.has_value();
  who.shown.reset();
  if (command.kind == Command::Kind::show_held) who.shown = command.view;
  if (!who.presence || (!was_shown && !who.shown)) return;
  contacts.see(clock_.now().monotonic, who.full_jid, !who.shown || who.shown->available,
               who.presence->status);
}

void FakeHost::run() {
  if (running_) return;
  running_ = true;
  std::deque<Command> left;
  while (!queue_.empty()) {
    Command command = std::move(queue_.front());
    queue_.pop_front();
    if (closings_wait && (command.kind == Command::Kind::close || command.kind == Command::Kind::end))
      left.push_back(std::move(command));
    else
      carryOut(command);
  }
  queue_ = std::move(left);
  running_ = false;
}

void FakeHost::afterCall() {
  if (queues_) run();
}

}  // namespace liveness::fakes
