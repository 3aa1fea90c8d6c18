// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/load_clients.h"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "support/skip.h"

namespace liveness::support {
namespace {

// Prosody's listening sockets hold 128 connections that it has not accepted yet.
constexpr std::size_t kLoginsAtOnce = 64;

constexpr milliseconds kLongestWait{50};

}  // namespace

LoadClients::LoadClients(Endpoint endpoint)
    : endpoint_(std::move(endpoint)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::runtime_error("no epoll");
}

LoadClients::~LoadClients() {
  ::close(epoll_);
}

void LoadClients::watch(std::size_t index, bool writing, bool known) {
  epoll_event event{};
  event.events = EPOLLIN | (writing ? EPOLLOUT : 0U);
  event.data.u64 = index;
  epoll_ctl(epoll_, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, clients_[index]->fd(), &event);
  writing_[index] = writing;
}

void LoadClients::add(const LoadLogin& login) {
  clients_.push_back(std::make_unique<LoadClient>(endpoint_, login));
  writing_.push_back(false);
  watch(clients_.size() - 1, false, false);
}

void LoadClients::logIn(const std::vector<LoadLogin>& logins, milliseconds deadline) {
  const auto end = SteadyClock::now() + deadline;
  const auto base = clients_.size();
  clients_.reserve(base + logins.size());
  std::vector<std::size_t> pending;
  for (std::size_t next = 0; next < logins.size() || !pending.empty();) {
    for (; next < logins.size() && pending.size() < kLoginsAtOnce; ++next) {
      add(logins[next]);
      pending.push_back(base + next);
    }
    handleEvents(kLongestWait);
    for (const auto index : pending)
      if (clients_[index]->state() == LoadClient::State::ended)
        throw std::runtime_error(logins[index - base].username + ": " + clients_[index]->problem());
    const auto online = [&](std::size_t i) { return clients_[i]->state() == LoadClient::State::online; };
    pending.erase(std::remove_if(pending.begin(), pending.end(), online), pending.end());
    if (SteadyClock::now() >= end)
      throw std::runtime_error("only " + std::to_string(next - pending.size()) + " of " +
                               std::to_string(logins.size()) + " clients are online in time");
  }
}

std::size_t LoadClients::ended(std::size_t first, std::size_t count) const {
  const auto begin = clients_.begin() + static_cast<std::ptrdiff_t>(first);
  return static_cast<std::size_t>(
      std::count_if(begin, begin + static_cast<std::ptrdiff_t>(count),
                    [](const auto& client) { return client->state() == LoadClient::State::ended; }));
}

std::uint64_t LoadClients::pingsAnswered() const {
  std::uint64_t sum = 0;
  for (const auto& client : clients_) sum += client->pingsAnswered();
  return sum;
}

std::uint64_t LoadClients::requestsAnswered() const {
  std::uint64_t sum = 0;
  for (const auto& client : clients_) sum += client->requestsAnswered();
  return sum;
}

void LoadClients::chat(std::size_t first, std::size_t count, milliseconds interval,
                       const LoadClient::OnEcho& on_echo) {
  for (std::size_t i = first; i < first + count; ++i) clients_[i]->onEcho(on_echo);
  talk_ = {first, interval.count() == 0 ? 0 : count, {}, SteadyClock::now(), 0};
  if (talk_.count != 0) talk_.step = SteadyClock::duration(interval) / count;
}

void LoadClients::stagger(milliseconds span) {
  const auto began = SteadyClock::now();
  std::size_t next = 0;
  runUntil(
      [&] {
        const auto due = clients_.size() * static_cast<std::size_t>((SteadyClock::now() - began).count()) /
                         static_cast<std::size_t>(SteadyClock::duration(span).count());
        for (; next < clients_.size() && next < due; ++next) clients_[next]->sendSpace();
        return next == clients_.size();
      },
      span + kLongestWait);
}

void LoadClients::talk() {
  const auto now = SteadyClock::now();
  while (talk_.count != 0 && talk_.next_at <= now) {
    LoadClient& speaker = *clients_[talk_.first + talk_.next];
    speaker.chat(clients_[talk_.first + (talk_.next ^ 1U)]->fullJid());
    talk_.next = (talk_.next + 1) % talk_.count;
    talk_.next_at += talk_.step;
  }
}

milliseconds LoadClients::untilNextWord() const {
  if (talk_.count == 0) return kLongestWait;
  const auto left = std::chrono::ceil<milliseconds>(talk_.next_at - SteadyClock::now());
  return std::clamp(left, milliseconds{0}, kLongestWait);
}

void LoadClients::handleEvents(milliseconds patience) {
  std::array<epoll_event, 256> events;
  const int count = epoll_wait(epoll_, events.data(), events.size(), static_cast<int>(patience.count()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    const auto index = static_cast<std::size_t>(event.data.u64);
    LoadClient& client = *clients_[index];
    if ((event.events & EPOLLOUT) != 0) client.handleWritable();
    if ((event.events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) client.handleReadable();
    if (client.state() != LoadClient::State::ended && client.wantsToWrite() != writing_[index])
      watch(index, client.wantsToWrite(), true);
  }
}

bool LoadClients::runUntil(const std::function<bool()>& done, milliseconds deadline) {
  const auto end = SteadyClock::now() + deadline;
  while (!done()) {
    const auto left = std::chrono::ceil<milliseconds>(end - SteadyClock::now());
    if (left.count() <= 0) return false;
    handleEvents(std::min(left, untilNextWord()));
    talk();
  }
  return true;
}

void allowOpenFiles(std::size_t count) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= count) return;
  limit.rlim_cur = count;
  limit.rlim_max = std::max<rlim_t>(limit.rlim_max, count);
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    throw Skip("needs " + std::to_string(count) + " open files a process: raise the hard limit (ulimit -Hn)");
}

}  // namespace liveness::support
