// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>
#include <vector>

namespace liveness::support {

// Prosody runs its handler of SIGTERM in the middle of whatever Lua is at work (util.signal sets a hook;
// mod_posix calls main_thread:run()), and that closes every session. Where a session is half made or half
// gone just then, mod_c2s or the socket's code fails: Prosody's own mistake, with and without a plugin, and
// seldom but on a busy machine. Where it is the handler that fails, Prosody goes on as if it had not been
// told to stop.

/// Entries that no scenario should leave behind, with the lines that belong to them: errors, tracebacks, what
/// Lua or a sanitizer said on stderr. Without those that hold one of the `expected` texts, and without the
/// mistake above.
std::vector<std::string> errorsIn(const std::string& log, const std::vector<std::string>& expected);

/// The latest SIGTERM came to nothing by the mistake above: it has to be sent again.
bool stopCameToNothing(const std::string& log);

}  // namespace liveness::support
