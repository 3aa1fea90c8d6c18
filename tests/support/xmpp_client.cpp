// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/xmpp_client.h"

#include <gloox/message.h>
#include <gloox/presence.h>
#include <gloox/tag.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <stdexcept>
#include <thread>

#include "support/gloox_session.h"

namespace liveness::support {

std::vector<SeenPresence> Seen::from(const std::string& full_jid, const std::string& type) const {
  std::vector<SeenPresence> found;
  std::copy_if(presences.begin(), presences.end(), std::back_inserter(found), [&](const SeenPresence& one) {
    return one.from == full_jid && (type.empty() || one.type == type);
  });
  return found;
}

class XmppClient::Impl {
 public:
  Impl(const Endpoint& endpoint, Login who)
      : login(std::move(who)), session(endpoint, login, seen, [this] { noteSent(); }) {}

  ~Impl() {
    post([this] { stopping_ = true; });
    if (thread_.joinable()) thread_.join();
    close(wake_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  void start() {
    thread_ = std::thread([this] { loop(); });
  }

  /// Has the client's thread do something, and waits until it has.
  void call(std::function<void()> task) {
    std::promise<void> done;
    post([&] {
      task();
      done.set_value();
    });
    done.get_future().wait();
  }

  const Login login;
  SeenLog seen;
  GlooxSession session;
  bool silent = false;  // the client's thread only
  std::atomic<std::int64_t> sent_utc{0};
  std::atomic<SteadyClock::rep> sent_steady{0};

 private:
  void noteSent() {
    sent_utc = utcNow().time_since_epoch().count();
    sent_steady = SteadyClock::now().time_since_epoch().count();
  }

  void post(std::function<void()> task) {
    {
      const std::lock_guard lock(tasks_mutex_);
      tasks_.push_back(std::move(task));
    }
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
  }

  void runTasks() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto drained = read(wake_, &count, sizeof count);
    while (true) {
      std::function<void()> task;
      {
        const std::lock_guard lock(tasks_mutex_);
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
  }

  void loop() {
    session.connect();
    while (!stopping_) {
      pollfd watched[] = {{wake_, POLLIN, 0}, {silent ? -1 : session.connection().socket().fd(), POLLIN, 0}};
      poll(watched, 2, 1000);
      if (watched[0].revents != 0) runTasks();
      if (watched[1].revents != 0 && !silent) session.receive();
    }
    session.connection().socket().close();
  }

  int wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  std::mutex tasks_mutex_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;  // the client's thread only
  std::thread thread_;
};

XmppClient::XmppClient(const Endpoint& endpoint, Login login, PingReaction reaction)
    : impl_(std::make_unique<Impl>(endpoint, std::move(login))) {
  impl_->session.setReaction(reaction);
  impl_->start();
  if (!waitUntil([](const Seen& seen) { return seen.connected; }, kPatience))
    throw std::runtime_error(fullJid() + " cannot log in: " + seen().stream_error);
}

XmppClient::~XmppClient() = default;

const Login& XmppClient::login() const noexcept {
  return impl_->login;
}

void XmppClient::available(const std::string& status, const std::string& show, int priority) {
  using gloox::Presence;
  const auto kind = show == "away"   ? Presence::Away
                    : show == "chat" ? Presence::Chat
                    : show == "dnd"  ? Presence::DND
                    : show == "xa"   ? Presence::XA
                                     : Presence::Available;
  impl_->call([&] {
    Presence presence(kind, gloox::JID(), status, priority);
    impl_->session.client().send(presence);
  });
}

void XmppClient::unavailable(const std::string& status) {
  impl_->call([&] {
    const gloox::Presence presence(gloox::Presence::Unavailable, gloox::JID(), status);
    gloox::Tag* tag = presence.tag();
    tag->removeChild(
        "priority");  // gloox puts one into every presence; without status this one is to be bare
    impl_->session.client().send(tag);
  });
}

void XmppClient::message(const std::string& to, const std::string& body) {
  impl_->call([&] {
    gloox::Message message(gloox::Message::Chat, gloox::JID(to), body);
    impl_->session.client().send(message);
  });
}

void XmppClient::sendBytes(const std::string& bytes) {
  impl_->call([&] { impl_->session.connection().send(bytes); });
}

bool XmppClient::roundTrip(milliseconds deadline) {
  int before = 0;
  impl_->call([&] {
    before = impl_->session.pongs();
    impl_->session.ping();
  });
  return impl_->seen.waitUntil([&](const Seen&) { return impl_->session.pongs() > before; }, deadline);
}

void XmppClient::reactToPings(PingReaction reaction) {
  impl_->call([&] { impl_->session.setReaction(reaction); });
}

void XmppClient::goSilent() {
  impl_->call([&] { impl_->silent = true; });
}

void XmppClient::wake() {
  impl_->call([&] { impl_->silent = false; });
}

void XmppClient::reset() {
  impl_->call([&] { impl_->session.connection().socket().reset(); });
}

void XmppClient::drop() {
  impl_->call([&] { impl_->session.connection().socket().close(); });
}

void XmppClient::halfClose() {
  impl_->call([&] { impl_->session.connection().socket().shutdownWrite(); });
}

void XmppClient::closeStream() {
  sendBytes("</stream:stream>");
}

Seen XmppClient::seen() const {
  return impl_->seen.copy();
}

bool XmppClient::waitUntil(const std::function<bool(const Seen&)>& condition, milliseconds deadline) const {
  return impl_->seen.waitUntil(condition, deadline);
}

bool XmppClient::sees(const std::string& full_jid, const std::string& type, milliseconds deadline) const {
  return waitUntil([&](const Seen& seen) { return !seen.from(full_jid, type).empty(); }, deadline);
}

UtcMillis XmppClient::lastSentAt() const {
  return UtcMillis{milliseconds{impl_->sent_utc.load()}};
}

SteadyClock::time_point XmppClient::lastSentSteady() const {
  return SteadyClock::time_point{SteadyClock::duration{impl_->sent_steady.load()}};
}

}  // namespace liveness::support
