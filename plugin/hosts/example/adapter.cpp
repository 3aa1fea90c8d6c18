// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/example/adapter.h"

#include <algorithm>
#include <cstdio>
#include <utility>
#include <variant>

#include "core/overloaded.h"
#include "hosts/clock.h"
#include "hosts/example/direct_host.h"
#include "store/soci_store.h"
#include "store/utc_text.h"

namespace liveness::hosts::example {

namespace {

Cause causeOf(Ending why) {
  switch (why) {
    case Ending::quit:
      return Cause::logged_out;
    case Ending::replaced:
      return Cause::replaced;
    case Ending::hold_over:
      return Cause::hold_expired;
    case Ending::kicked:
      return Cause::kicked;
    case Ending::lost:
      break;
  }
  return Cause::connection_lost;  // also for whatever you cannot tell
}

}  // namespace

// Step 3, beginning: judge the options, open the store, make the host, then the plugin, which connects itself
// to the host's signals; start the store's thread; take over who is there; and tick.

Adapter::Adapter(ChatServer& server, const Setup& setup) : server_(server), commands_(server, setup.domain) {
  Policy policy = Policy::fromOptions(setup.options, "");
  if (policy.store.empty()) policy.store = setup.default_store;
  if (policy.node.empty()) policy.node = "example";  // of servers that share a database each has its own
  store_ = store::openStore(policy.store, {policy.node, setup.domain, setup.spool});
  host_ = makeHost(setup.style);
  plugin_ = std::make_unique<Plugin>(*host_, *store_, policy);
  store_->start();
  for (Session* session : server_.sessions()) adopt(*session);
  server_.watch(this);
  tick();
}

std::unique_ptr<Host> Adapter::makeHost(Style style) {
  if (style == Style::at_once)
    return std::make_unique<DirectHost>(commands_, [this](auto delay) { requestTick(delay); });
  auto queued = std::make_unique<QueuedHost>(commands_.domain(), kCapabilities);
  queued_ = queued.get();
  return queued;
}

// In the order in which it happened to them, and with what the last adapter knew of when. Where nobody knows
// better they are taken as heard now.
void Adapter::adopt(Session& session) {
  open(session);
  if (session.words) present(session, *session.words);
  if (session.connection == nullptr) {
    host_->onStreamHeld(readClocks(), session.id, StreamHeld{session.held_since});
    carryOut();
  }
  session.last_heard = session.held_since = std::nullopt;
}

// Step 4, hearing: the one thing that happens all the time, and from any thread where reading has threads of
// its own. Once for each read from the client's socket, before what was read is looked at.

void Adapter::onBytes(Session& session) {
  session.heard.at(readMonotonic());
}

// Step 5, telling: each of these emits one signal. Time is read right before. In the queued style the
// commands that a signal led to are carried out after it.

void Adapter::onLogin(Session& session) {
  open(session);
  carryOut();
}

void Adapter::open(Session& session) {
  StreamOpened opened;
  opened.username = session.user;
  opened.resource = session.resource;
  opened.resumable = session.keeps;
  opened.last_heard = session.last_heard;
  session.id = host_->onStreamOpened(readClocks(), opened).value_or(SessionId{});
  session.heard = plugin_->heard(session.id);
}

void Adapter::onPresence(Session& session, const std::string& last_words) {
  present(session, last_words);
  carryOut();
}

void Adapter::present(const Session& session, const std::string& last_words) {
  Presence presence;
  presence.available = session.words.has_value();
  presence.status = last_words;
  host_->onStanzaReceived(readClocks(), session.id, presence);
}

void Adapter::onPong(Session& session, std::uint32_t number) {
  host_->onStanzaReceived(readClocks(), session.id, ProbeAnswered{number});
  carryOut();
}

void Adapter::onHeld(Session& session) {
  host_->onStreamHeld(readClocks(), session.id, StreamHeld{});
  carryOut();
}

void Adapter::onResumed(Session& session) {
  host_->onStreamResumed(readClocks(), session.id);
  session.heard = plugin_->heard(session.id);  // the old stream's handle does nothing any more
  carryOut();
}

// For every session, however it ended, and once. Where yours can vanish without a word (a process that is
// killed), something has to notice, and to come here.
void Adapter::onEnded(Session& session, Ending why) {
  host_->onStreamClosed(readClocks(), session.id, StreamClosed{causeOf(why)});
  carryOut();
}

// Step 6, ticking: when the last tick said, or earlier where requestTick() did. Late is no harm to anybody
// but those who wait: the plugin sees it, and moves all deadlines by as much.

void Adapter::tick() {
  const Now now = readClocks();
  next_tick_ = now.monotonic + plugin_->tick(now);
  carryOut();
  log();
}

void Adapter::requestTick(std::chrono::milliseconds delay) {
  next_tick_ = std::min<MonotonicTime>(next_tick_, readMonotonic() + delay);
}

std::chrono::milliseconds Adapter::untilTick() const {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick_ - readMonotonic());
  return std::max(left, std::chrono::milliseconds{0});
}

// The queued style's other half. What is carried out may emit signals, and these may queue more.
void Adapter::carryOut() {
  if (queued_ == nullptr || std::exchange(carrying_out_, true)) return;
  auto& actions = queued_->actions();
  while (!actions.empty()) {
    const QueuedHost::Action action = std::move(actions.front());
    actions.pop_front();
    carryOut(action);
  }
  carrying_out_ = false;
}

void Adapter::carryOut(const QueuedHost::Action& action) {
  using Host = QueuedHost;
  std::visit(
      core::Overloaded{
          [&](const Host::ProbeAction& a) { commands_.probe(a.session, a.probe); },
          [&](const Host::BroadcastAction& a) { commands_.broadcast(a.full_jid, a.presence, a.audience); },
          [&](const Host::ShowHeldAction& a) { commands_.showHeld(a.session, a.view); },
          [&](const Host::ShowAgainAction& a) { commands_.showAgain(a.session); },
          [&](const Host::CloseAction& a) { commands_.closeStream(a.session, a.error); },
          [&](const Host::EndAction& a) { commands_.endSession(a.session); },
          [&](const Host::TickAction& a) { requestTick(a.delay); },
      },
      action);
}

void Adapter::log() {
  for (const Notice& notice : store_->takeNotices()) std::fprintf(stderr, "%s\n", notice.text.c_str());
}

// Step 7, ending. A server that stops has everybody logged out on record. Where only the adapter goes, to
// come back in a moment with a new version of it, the sessions live on and nobody was logged out. Either way
// stop() of the store puts on disk what waits, and may call back those who asked something; then the plugin
// goes before what it borrows.

void Adapter::stop() {
  server_.watch(nullptr);  // what the server does to its sessions from here on is no news
  plugin_->stop(readClocks());
}

Adapter::~Adapter() {
  server_.watch(nullptr);
  const Now now = readClocks();
  for (Session* session : server_.sessions()) {
    if (const auto info = plugin_->session(now, session->id)) {
      session->last_heard = info->last_heard;
      if (info->state == SessionState::held) session->held_since = info->state_since;
    }
    session->heard = Heard{};          // it leads into the plugin's memory
    commands_.showAgain(session->id);  // who is shown as something else: nobody is left to end that
  }
  store_->stop();
  log();
}

// The rest is for people: what a server's own commands and pages are made of.

void Adapter::onLastAsked(Session& session, const std::string& user) {
  const auto sessions = server_.sessions();
  const bool here = std::any_of(sessions.begin(), sessions.end(),
                                [&](const Session* s) { return s->user == user && s->words && !s->shown; });
  if (here) return server_.send(session, "last " + user + " here");
  // The answer may come at once or from a later tick, when whoever asked may have gone: by its SessionId it
  // is found.
  const auto tell = [this, id = session.id, user](const std::optional<LastSeen>& seen) {
    Session* asker = commands_.find(id);
    if (asker == nullptr) return;
    server_.send(*asker, "last " + user + ' ' +
                             (!seen ? "never"
                                    : store::toUtcText(seen->last_heard) + ' ' + toString(seen->cause) + ' ' +
                                          seen->status));
  };
  plugin_->findLastSeen(readClocks(), user + '@' + commands_.domain(), tell);
  carryOut();
}

void Adapter::onSessionsAsked(Session& session) {
  for (const SessionInfo& info : plugin_->sessions(readClocks()))
    server_.send(session, "session " + info.full_jid + ' ' + toString(info.state) + ' ' +
                              std::to_string(info.silence.count()) + " ms");
}

void Adapter::onProbeOrdered(const std::string& user, const std::string& resource) {
  const Now now = readClocks();
  if (const auto info = plugin_->session(now, commands_.fullJid(user, resource)))
    plugin_->probe(now, info->id);
  carryOut();
}

void Adapter::onKickOrdered(const std::string& user, const std::string& resource) {
  const Now now = readClocks();
  if (const auto info = plugin_->session(now, commands_.fullJid(user, resource)))
    plugin_->disconnect(now, info->id);
  carryOut();
}

}  // namespace liveness::hosts::example
