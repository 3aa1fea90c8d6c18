// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "timeline.h"

#include <signal.h>

#include <cstdio>

namespace liveness::demo {
namespace {

volatile sig_atomic_t interrupted = 0;

void print(const std::string& when, const std::string& who, const std::string& what) {
  if (interrupted != 0) throw Interrupted();
  std::printf("  %8s  %-7s %s\n", when.c_str(), who.c_str(), what.c_str());
  std::fflush(stdout);
}

}  // namespace

void endOnSignals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void Timeline::story(const std::string& title) {
  if (interrupted != 0) throw Interrupted();
  began_ = support::SteadyClock::now();
  failures_before_ = failures_;
  std::printf("\n%d. %s\n", ++stories_, title.c_str());
}

void Timeline::line(const std::string& who, const std::string& what) {
  line(support::SteadyClock::now(), who, what);
}

void Timeline::line(support::SteadyClock::time_point when, const std::string& who, const std::string& what) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", std::chrono::duration<double>(when - began_).count());
  print(text, who, what);
}

void Timeline::note(const std::string& who, const std::string& what) {
  print("", who, what);
}

void Timeline::check(bool holds, const std::string& what_must_be) {
  if (holds) return;
  ++failures_;
  std::printf("  %8s  NOT AS IT MUST BE: %s\n", "", what_must_be.c_str());
  std::fflush(stdout);
}

void Timeline::verdict() {
  if (failures_ == failures_before_) note("", "As it must be.");
}

}  // namespace liveness::demo
