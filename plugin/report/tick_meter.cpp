// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/tick_meter.h"

#include <algorithm>

namespace liveness::report {

namespace {

std::chrono::microseconds between(MonotonicTime from, MonotonicTime to) {
  return std::max(std::chrono::microseconds{0}, std::chrono::floor<std::chrono::microseconds>(to - from));
}

}  // namespace

void TickMeter::began(MonotonicTime now) {
  if (expected_) late_.add(kLateBounds, between(*expected_, now));
  expected_.reset();
  began_ = now;
}

void TickMeter::ended(MonotonicTime now, std::chrono::milliseconds wait) {
  if (!began_) return;
  took_.add(kTookBounds, between(*began_, now));
  began_.reset();
  asked(now, wait);
}

void TickMeter::asked(MonotonicTime now, std::chrono::milliseconds delay) {
  expected_ = expected_ ? std::min(*expected_, now + delay) : now + delay;
}

}  // namespace liveness::report
