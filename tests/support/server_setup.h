// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace liveness::support {

struct Account {
  struct Contact {
    std::string jid;
    std::string subscription = "both";  ///< as in a roster: both, to, from
  };
  std::string username;
  std::string password = "secret";
  std::vector<Contact> roster{};
};

struct VirtualHost {
  std::string name = "localhost";
  std::vector<Account> accounts{};
  std::string options{};  ///< Lua, below the VirtualHost line
};

/// What a server is started with. A value that tests write down, field by field.
struct ServerSetup {
  std::vector<VirtualHost> hosts;
  std::string options{};              ///< Lua, among the global options, before any VirtualHost
  std::vector<std::string> modules;   ///< besides the usual ones and the plugin
  std::filesystem::path plugin_path;  ///< the folder that holds mod_liveness/; empty: no plugin at all
  bool plugin_enabled = true;         ///< false: can be loaded later, but is not in modules_enabled
  bool daemonized = false;
  bool federates = false;  ///< talks to other servers, at port 5269 of its address, without encryption
  std::string log_level = "info";
  std::string network_namespace;  ///< to run in; empty: the test's own, on 127.0.0.1
  std::string address = "127.0.0.1";
  std::filesystem::path more_plugins{};  ///< a folder of modules of the test's own
};

/// Makes two accounts of the setup (user@host) know each other, subscribed both ways.
void befriend(ServerSetup& setup, const std::string& one, const std::string& other);

/// Where a server's own files are.
struct ServerFiles {
  std::filesystem::path dir;
  std::filesystem::path config() const { return dir / "prosody.cfg.lua"; }
  std::filesystem::path data() const { return dir / "data"; }
  std::filesystem::path log() const { return dir / "prosody.log"; }
  std::filesystem::path output() const { return dir / "output"; }
  std::filesystem::path pid() const { return dir / "prosody.pid"; }
  std::filesystem::path hostData(const std::string& host) const;
};

/// A path's part as Prosody's file storage names it: everything but letters and digits as %xx.
std::string encodeForStorage(const std::string& text);

/// Lays down the configuration, the accounts and their rosters.
void writeServerFiles(const ServerFiles& files, const ServerSetup& setup, int c2s_port, int http_port);

}  // namespace liveness::support
