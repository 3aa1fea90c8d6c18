// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <boost/lockfree/spsc_queue.hpp>
#include <cstddef>
#include <memory>

namespace liveness::store {

/// A bounded line from one thread to one other, without a lock. Carries pointers, because boost's queue
/// copies what it carries and records are to be moved.
template <class T, std::size_t Capacity>
class Pipe {
 public:
  Pipe() = default;
  ~Pipe() {
    while (pop() != nullptr) continue;
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  /// For the thread that pushes.
  bool hasRoom() const noexcept { return queue_.write_available() != 0; }

  /// Only where there is room.
  void push(T item) {
    auto owned = std::make_unique<T>(std::move(item));
    if (queue_.push(owned.get())) owned.release();
  }

  /// nullptr where there is nothing.
  std::unique_ptr<T> pop() noexcept {
    T* item = nullptr;
    return std::unique_ptr<T>(queue_.pop(item) ? item : nullptr);
  }

 private:
  boost::lockfree::spsc_queue<T*, boost::lockfree::capacity<Capacity>> queue_;
};

}  // namespace liveness::store
