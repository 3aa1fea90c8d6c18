// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <stdexcept>
#include <string>

#include "support/eventually.h"

namespace liveness::demo {

/// Somebody pressed Ctrl-C.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// Lets SIGINT and SIGTERM end the demo at its next line, so that nothing is left behind.
void endOnSignals();

/// What the demo prints, line by line as it happens: who did what and when, and whether that is as it must
/// be. Every method but check() throws Interrupted after a signal.
class Timeline {
 public:
  /// Begins a story; its clock starts at zero.
  void story(const std::string& title);

  /// Somebody did or saw something, now or at a moment of this story.
  void line(const std::string& who, const std::string& what);
  void line(support::SteadyClock::time_point when, const std::string& who, const std::string& what);

  /// Something without a moment: what is on record, a remark.
  void note(const std::string& who, const std::string& what);

  /// Says nothing where it holds; otherwise says so, and the demo has failed.
  void check(bool holds, const std::string& what_must_be);

  /// Ends a story: says whether all checks since its beginning have held.
  void verdict();

  bool failed() const noexcept { return failures_ > 0; }

 private:
  support::SteadyClock::time_point began_ = support::SteadyClock::now();
  int stories_ = 0;
  int failures_ = 0;
  int failures_before_ = 0;  ///< the story
};

}  // namespace liveness::demo
