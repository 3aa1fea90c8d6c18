// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <sys/types.h>

#include <optional>

namespace liveness::support {

/// What the kernel says of a process and its first thread (proc_pid_stat(5)).
struct ProcessStat {
  char state = 0;  ///< 'R' runs or would like to, 'S' waits, 'Z' has ended and nobody has collected it, ...
  pid_t parent = -1;
};

/// Nullopt where there is no such process.
std::optional<ProcessStat> processStat(pid_t pid);

}  // namespace liveness::support
