// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <sys/types.h>

#include <chrono>

namespace liveness::support {

/// The processor time that a process has used so far, in all its threads, in user and in kernel mode: what
/// /proc/PID/stat says in hundredths, to the nanosecond. Throws std::runtime_error if there is no such
/// process.
std::chrono::nanoseconds processTime(pid_t pid);

}  // namespace liveness::support
