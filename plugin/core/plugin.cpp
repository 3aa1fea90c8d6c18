// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "liveness/plugin.h"

#include "core/plugin_impl.h"

namespace liveness {

namespace {

// Tens of thousands of users, most of whom said nothing when they went.
constexpr std::size_t kCacheBytes = std::size_t{16} << 20;

}  // namespace

Plugin::Impl::Impl(Host& host, Store& store, const Policy& policy)
    : host_(host),
      store_(store),
      heartbeat_(policy),
      mass_events_(policy),
      held_presence_(policy.held_presence),
      held_grace_(core::ceilTicks(policy.held_grace)),
      cache_(std::make_shared<core::LastSeenCache>(kCacheBytes)),
      checkpoint_interval_(policy.checkpoint_interval) {
  keepStalls();
  store_.keepHistory(policy.history);
  const auto listenTo = [this](auto& signal, auto handle) {
    connections_.emplace_back(
        signal.connect([this, handle](const auto&... args) { return (this->*handle)(args...); }));
  };
  listenTo(host.onStreamOpened, &Impl::handleStreamOpened);
  listenTo(host.onStanzaReceived, &Impl::handleStanzaReceived);
  listenTo(host.onStreamHeld, &Impl::handleStreamHeld);
  listenTo(host.onStreamResumed, &Impl::handleStreamResumed);
  listenTo(host.onStreamClosed, &Impl::handleStreamClosed);
}

Plugin::Plugin(Host& host, Store& store, const Policy& policy)
    : impl_(std::make_unique<Impl>(host, store, policy)) {}

Plugin::~Plugin() = default;

std::chrono::milliseconds Plugin::tick(const Now& now) {
  return impl_->tick(now);
}

Heard Plugin::heard(SessionId session) noexcept {
  const std::uint32_t slot = impl_->table_.find(session);
  return slot == core::kNone ? Heard{} : impl_->table_.heard(slot);
}

std::optional<SessionInfo> Plugin::session(const Now& now, const std::string& full_jid) const {
  return impl_->session(now, full_jid);
}

std::optional<SessionInfo> Plugin::session(const Now& now, SessionId session) const {
  return impl_->session(now, session);
}

UserInfo Plugin::user(const Now& now, const std::string& bare_jid) const {
  return impl_->user(now, bare_jid);
}

Telling Plugin::tell(SessionId session, const std::string& to, Occasion occasion) const {
  return impl_->tell(session, to, occasion);
}

std::uint32_t Plugin::visitSessions(const Now& now, std::uint32_t cursor, std::uint32_t slots,
                                    const std::function<void(const SessionInfo&)>& visit) const {
  return impl_->visitSessions(now, cursor, slots, visit);
}

std::vector<SessionEvent> Plugin::timeline(const Now& now, SessionId session) const {
  return impl_->timeline(now, session);
}

bool Plugin::probe(const Now& now, SessionId session) {
  return impl_->probeForOperator(now, session);
}

bool Plugin::disconnect(const Now& now, SessionId session) {
  return impl_->disconnect(now, session);
}

std::vector<SessionInfo> Plugin::sessions(const Now& now) const {
  return impl_->sessions(now);
}

void Plugin::findLastSeen(const Now& now, std::string bare_jid, Store::Found found) {
  impl_->findLastSeen(now, std::move(bare_jid), std::move(found));
}

void Plugin::forgetUser(const Now& now, const std::string& bare_jid) {
  impl_->forgetUser(now, bare_jid);
}

Plugin::Stats Plugin::stats(const Now& now) const {
  return impl_->stats(now);
}

void Plugin::setPolicy(const Now& now, const Policy& policy) {
  impl_->setPolicy(now, policy);
}

void Plugin::stop(const Now& now) {
  impl_->stop(now);
}

}  // namespace liveness
