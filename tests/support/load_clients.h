// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "support/load_client.h"

namespace liveness::support {

/// Thousands of clients on one thread, and one epoll for all. They live while run() does; between two runs
/// nothing is read or answered.
class LoadClients {
 public:
  explicit LoadClients(Endpoint endpoint);
  ~LoadClients();
  LoadClients(const LoadClients&) = delete;
  LoadClients& operator=(const LoadClients&) = delete;

  /// Logs everybody in, a bounded number at a time. Throws std::runtime_error if one cannot, or if not all
  /// are online before the deadline.
  void logIn(const std::vector<LoadLogin>& logins, milliseconds deadline);

  std::size_t size() const noexcept { return clients_.size(); }
  LoadClient& operator[](std::size_t index) { return *clients_[index]; }
  const LoadClient& operator[](std::size_t index) const { return *clients_[index]; }

  /// How many of those from `first` on have lost their stream.
  std::size_t ended(std::size_t first, std::size_t count) const;

  std::uint64_t pingsAnswered() const;     ///< of all together
  std::uint64_t requestsAnswered() const;  ///< of all together, XEP-0198's <r/>

  /// Clients `first` to `first + count` (an even number) talk in pairs, each of them once in `interval`,
  /// spread over it; `on_echo` gets every round trip. An interval of 0 ends it.
  void chat(std::size_t first, std::size_t count, milliseconds interval, const LoadClient::OnEcho& on_echo);

  /// Everybody sends a space, one after another, evenly spread over `span`: so nobody's silence begins with
  /// everybody else's.
  void stagger(milliseconds span);

  void run(milliseconds span) {
    runUntil([] { return false; }, span);
  }

  /// Runs until `done`, which is asked after each batch of events, at least every 50 ms. False: the deadline
  /// came first.
  bool runUntil(const std::function<bool()>& done, milliseconds deadline);

 private:
  void add(const LoadLogin& login);
  void handleEvents(milliseconds patience);
  void talk();
  milliseconds untilNextWord() const;
  void watch(std::size_t index, bool writing, bool known);

  Endpoint endpoint_;
  int epoll_;
  std::vector<std::unique_ptr<LoadClient>> clients_;
  std::vector<bool> writing_;  // who waits for the socket to take more
  struct {
    std::size_t first = 0;
    std::size_t count = 0;
    SteadyClock::duration step{};  // between two words of anybody
    SteadyClock::time_point next_at{};
    std::size_t next = 0;
  } talk_;
};

/// Lets this process, and what it starts from now on, have so many files open. Throws Skip where that is not
/// allowed.
void allowOpenFiles(std::size_t count);

}  // namespace liveness::support
