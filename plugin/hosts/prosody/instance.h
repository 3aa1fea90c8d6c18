// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hosts/prosody/prosody_host.h"
#include "hosts/prosody/values.h"
#include "liveness/plugin.h"
#include "report/board.h"
#include "report/web/gate.h"

namespace liveness::hosts::prosody {

/// Of the options in Prosody's configuration.
constexpr char kOptionPrefix[] = "liveness_";

/// The native side of one VirtualHost: a plugin with its store and its line of commands, and room for what is
/// on its way over the border.
///
/// Everything that owns memory lives in here while Lua is called: a Lua error is a longjmp, and must find no
/// C++ object on the stack that would have to be destroyed.
struct Instance {
  /// What stands for an option that nobody set, and where this VirtualHost's spool file is.
  struct Defaults {
    std::string store;
    std::string node;
    std::string spool_path;
  };

  /// The answer to a question, waiting to be taken by Lua.
  struct Answer {
    std::uint64_t token = 0;
    Found found;
  };

  Options options;  ///< as Lua gave them
  Defaults defaults;
  std::unique_ptr<ProsodyHost> host;
  std::unique_ptr<Store> store;  // outlives the plugin, which borrows it
  std::unique_ptr<Plugin> plugin;
  Policy policy;
  report::Board board;                                 ///< what is kept of it for those who look at it
  std::optional<std::chrono::milliseconds> tick_wait;  ///< of a tick whose actions are not all taken yet

  std::deque<Answer> answers;
  std::deque<Notice> notices;
  std::vector<SessionInfo> sessions;  ///< the snapshot that Lua walks
  std::vector<SessionEvent> timeline;
  UserInfo user;
  Telling telling;
  Plugin::Stats stats;
  UtcTime began_at{};         ///< when the plugin, and with it its counters, began
  std::string error;          ///< of the last call that failed
  QueuedHost::Action action;  ///< the one that Lua is being told
  Answer answer;
  Notice notice;
  std::vector<UtcTime> times;           ///< a list that Lua gave
  std::vector<std::string> texts;       ///< the same
  std::vector<std::string> more_texts;  ///< another one
  report::web::Gate gate{{}, {}};       ///< of the page
  report::web::Asker asker;             ///< who asks for it
  std::string document;                 ///< a large text on its way to Lua
  UsersQuestion question;               ///< the one that Lua asks
  std::uint64_t last_token = 0;
  std::uint64_t asking = 0;  ///< the token of the findLastSeen() that is being called

  /// Judges the options and opens the store that they name. Throws OptionError or StoreError.
  void create(std::string domain);

  /// Throws OptionError where create() or configure() would not take the options. Takes none of them.
  void judge() const;

  /// Takes new options. False where they name another store or node: then only a new instance will do.
  bool configure();

  /// Asks for a user's last logout. The answer is in `answer` where the plugin had it at hand (true); else it
  /// comes among `answers`.
  bool findLastSeen(std::string bare_jid, std::uint64_t token);

  /// The server stops, or the module is unloaded: everything that waits is put on disk.
  void close(bool log_out_everybody);

 private:
  Policy judgedPolicy() const;
};

}  // namespace liveness::hosts::prosody
