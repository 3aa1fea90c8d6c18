// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>

#include "support/eventually.h"

namespace liveness::support {

/// Tells a Prosody to stop (SIGTERM) at a moment when its thread waits, so that its handler interrupts no Lua
/// (prosody_log.h); again where that came to nothing. Where it is never seen to wait it is told all the same.
/// `alive` and `log` are asked again and again. False, with the log on stderr: it still runs after
/// `deadline`.
bool stopProsody(pid_t prosody, const std::function<bool()>& alive, const std::function<std::string()>& log,
                 milliseconds deadline = kPatience);

}  // namespace liveness::support
