// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/server_setup.h"

#include <sstream>
#include <stdexcept>

#include "support/percent_encoding.h"
#include "support/temp_dir.h"

namespace liveness::support {
namespace {

std::string luaString(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

constexpr const char* kUsualModules[] = {"roster",    "saslauth", "disco",     "ping",
                                         "smacks",    "carbons",  "blocklist", "csi_simple",
                                         "websocket", "bosh",     "posix",     "admin_shell"};

std::string globalOptions(const ServerFiles& files, const ServerSetup& setup, int c2s_port, int http_port) {
  std::ostringstream lua;
  lua << "run_as_root = true\n"
      << "pidfile = " << luaString(files.pid()) << "\n"
      << "data_path = " << luaString(files.data()) << "\n"
      << "log = { { levels = { min = " << luaString(setup.log_level)
      << " }, to = \"file\", filename = " << luaString(files.log()) << " } }\n"
      << "network_backend = \"epoll\"\n"
      << "authentication = \"internal_plain\"\n"
      << "storage = \"internal\"\n"
      << "c2s_require_encryption = false\n"
      << "allow_unencrypted_plain_auth = true\n"
      << "consider_websocket_secure = true\n"
      << "consider_bosh_secure = true\n"
      << "interfaces = { " << luaString(setup.address) << " }\n"
      << "c2s_ports = { " << c2s_port << " }\n"
      << "http_ports = { " << http_port << " }\n"
      << "http_interfaces = { " << luaString(setup.address) << " }\n"
      << "https_ports = { }\n";
  if (setup.federates) {
    lua << "s2s_ports = { 5269 }\n"
        << "s2s_require_encryption = false\n";
  } else {
    lua << "modules_disabled = { \"s2s\" }\n";
  }
  lua << "plugin_paths = {";
  for (const auto& path : {setup.plugin_path, setup.more_plugins})
    if (!path.empty()) lua << " " << luaString(path) << ",";
  lua << " }\n";
  lua << "modules_enabled = {";
  for (const auto* module : kUsualModules) lua << " " << luaString(module) << ",";
  if (setup.federates) lua << " \"dialback\",";
  for (const auto& module : setup.modules) lua << " " << luaString(module) << ",";
  if (!setup.plugin_path.empty() && setup.plugin_enabled) lua << " \"liveness\",";
  lua << " }\n" << setup.options << "\n";
  return lua.str();
}

std::string rosterFile(const Account& account) {
  std::ostringstream lua;
  lua << "return {\n[false] = { version = 1; };\n";
  for (const auto& contact : account.roster)
    lua << "[" << luaString(contact.jid) << "] = { subscription = " << luaString(contact.subscription)
        << "; groups = { }; };\n";
  lua << "};\n";
  return lua.str();
}

Account& findAccount(ServerSetup& setup, const std::string& jid) {
  for (auto& host : setup.hosts)
    for (auto& account : host.accounts)
      if (account.username + "@" + host.name == jid) return account;
  throw std::logic_error("no account " + jid + " in this setup");
}

}  // namespace

void befriend(ServerSetup& setup, const std::string& one, const std::string& other) {
  findAccount(setup, one).roster.push_back({other, "both"});
  findAccount(setup, other).roster.push_back({one, "both"});
}

std::filesystem::path ServerFiles::hostData(const std::string& host) const {
  return data() / encodeForStorage(host);
}

std::string encodeForStorage(const std::string& text) {
  return percentEncoded(text, "", "0123456789abcdef");
}

void writeServerFiles(const ServerFiles& files, const ServerSetup& setup, int c2s_port, int http_port) {
  auto config = globalOptions(files, setup, c2s_port, http_port);
  for (const auto& host : setup.hosts) {
    config += "\nVirtualHost " + luaString(host.name) + "\n" + host.options + "\n";
    for (const auto& account : host.accounts) {
      const auto file = encodeForStorage(account.username) + ".dat";
      writeFile(files.hostData(host.name) / "accounts" / file,
                "return { [\"password\"] = " + luaString(account.password) + "; };\n");
      writeFile(files.hostData(host.name) / "roster" / file, rosterFile(account));
    }
  }
  writeFile(files.config(), config);
}

}  // namespace liveness::support
