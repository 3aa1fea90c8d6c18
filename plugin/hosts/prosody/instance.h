// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hosts/queued_host.h"
#include "liveness/plugin.h"

namespace liveness::hosts::prosody {

/// The native side of one VirtualHost: a plugin with its store and its line of commands, and room for what is
/// on its way over the border.
///
/// Everything that owns memory lives in here while Lua is called: a Lua error is a longjmp, and must find no
/// C++ object on the stack that would have to be destroyed.
struct Instance {
  /// The answer to a look-up, waiting to be taken by Lua.
  struct Answer {
    std::uint64_t token;
    std::optional<LastSeen> found;
  };

  Options options;  ///< as Lua gave them
  std::string default_store;
  std::unique_ptr<QueuedHost> host;
  std::unique_ptr<Store> store;  // outlives the plugin, which borrows it
  std::unique_ptr<Plugin> plugin;
  Policy policy;

  std::deque<Answer> answers;
  std::deque<Notice> notices;
  std::vector<SessionInfo> sessions;  ///< the snapshot that Lua walks
  Plugin::Stats stats;
  std::string error;          ///< of the last call that failed
  QueuedHost::Action action;  ///< the one that Lua is being told
  Answer answer{};
  Notice notice;
  std::uint64_t last_token = 0;
  bool started = false;

  /// Judges the options and opens the store that they name. Throws OptionError or a store's error.
  void create(std::string domain);

  /// Takes new options. False where they name another store: then only a new instance will do.
  bool configure();

  /// The server stops, or the module is unloaded: everything that waits is put on disk.
  void close(bool log_out_everybody);
};

}  // namespace liveness::hosts::prosody
