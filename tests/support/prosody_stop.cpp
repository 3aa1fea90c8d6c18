// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/prosody_stop.h"

#include <csignal>
#include <cstdio>

#include "support/process_stat.h"
#include "support/prosody_log.h"

namespace liveness::support {
namespace {

constexpr milliseconds kLongestBusy{2000};

bool isWaiting(pid_t process) {
  return processStat(process).value_or(ProcessStat{}).state == 'S';
}

void tellToStop(pid_t prosody) {
  eventually(kLongestBusy, [&] { return isWaiting(prosody); });
  ::kill(prosody, SIGTERM);
}

}  // namespace

bool stopProsody(pid_t prosody, const std::function<bool()>& alive, const std::function<std::string()>& log,
                 milliseconds deadline) {
  if (!alive()) return true;
  bool again = false;
  tellToStop(prosody);
  const auto ended = [&] {
    if (!alive()) return true;
    if (!again && stopCameToNothing(log())) {
      again = true;
      tellToStop(prosody);
    }
    return false;
  };
  if (eventually(deadline, ended)) return true;
  std::fprintf(stderr, "it does not stop; its log:\n%s\n", log().c_str());
  return false;
}

}  // namespace liveness::support
