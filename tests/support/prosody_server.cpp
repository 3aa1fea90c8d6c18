// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/prosody_server.h"

#include <csignal>
#include <sstream>
#include <stdexcept>

#include "support/process_stat.h"
#include "support/prosody_log.h"
#include "support/prosody_stop.h"
#include "support/skip.h"

namespace liveness::support {
namespace {

std::size_t statusField(pid_t pid, const std::string& name) {
  std::istringstream status(readFile("/proc/" + std::to_string(pid) + "/status"));
  for (std::string line; std::getline(status, line);)
    if (line.rfind(name + ":", 0) == 0) return std::stoul(line.substr(name.size() + 1));
  return 0;
}

}  // namespace

ProsodyServer::ProsodyServer(ServerSetup setup) : setup_(std::move(setup)), files_{dir_.path()} {
  requireProgram("prosody", "prosody");
  std::filesystem::create_directories(files_.data());
  std::filesystem::create_directories(files_.dir / "certs");  // Prosody logs an error where it is missing
  writeServerFiles(files_, setup_, c2s_port_.port(), http_port_.port());
  start();
}

ProsodyServer::~ProsodyServer() {
  kill();
}

void ProsodyServer::rewriteConfig(const ServerSetup& setup) {
  writeServerFiles(files_, setup, c2s_port_.port(), http_port_.port());
}

void ProsodyServer::start() {
  launch();
  waitUntilReady();
}

void ProsodyServer::launch() {
  Command command{};
  command.arguments = {"prosody", setup_.daemonized ? "-D" : "-F", "--config", files_.config()};
  command.output = files_.output();
  command.network_namespace = setup_.network_namespace;
  process_ = std::make_unique<ChildProcess>(command);
}

void ProsodyServer::waitUntilReady() {
  const auto ready = eventually(kPatience, [&] {
    if (!setup_.daemonized && !process_->running()) return false;
    if (setup_.daemonized && !readDaemonPid()) return false;
    return isServed(c2s()) && isServed(http()) && std::filesystem::exists(files_.data() / "prosody.sock");
  });
  if (!ready) throw std::runtime_error("Prosody does not come up:\n" + readFile(files_.output()) + log());
}

// Read once: Prosody removes the file while it stops, well before its process has ended.
bool ProsodyServer::readDaemonPid() {
  const auto text = readFile(files_.pid());
  if (text.empty()) return false;
  daemon_ = static_cast<pid_t>(std::stol(text));
  return true;
}

pid_t ProsodyServer::pid() const {
  if (setup_.daemonized) return daemon_;
  return process_ ? process_->pid() : -1;
}

bool ProsodyServer::alive() {
  if (!setup_.daemonized) return process_ && process_->running();
  if (daemon_ <= 0) return false;
  // Its parent is whoever adopts orphans here, and not all of those collect them.
  const auto stat = processStat(daemon_);
  return stat && stat->state != 'Z';
}

bool ProsodyServer::running() {
  return alive();
}

bool ProsodyServer::stop(milliseconds deadline) {
  if (stopProsody(
          pid(), [&] { return alive(); }, [&] { return log(); }, deadline))
    return true;
  kill();
  return false;
}

void ProsodyServer::kill() {
  if (!alive()) return;
  ::kill(pid(), SIGKILL);
  eventually(kPatience, [&] { return !alive(); });
  if (setup_.daemonized) std::filesystem::remove(files_.pid());
}

Endpoint ProsodyServer::c2s() const {
  return {setup_.address, c2s_port_.port(), setup_.network_namespace};
}

Endpoint ProsodyServer::http() const {
  return {setup_.address, http_port_.port(), setup_.network_namespace};
}

std::string ProsodyServer::shell(const std::string& line) const {
  return ctl({"shell", line}).output;
}

CommandResult ProsodyServer::ctl(const std::vector<std::string>& arguments) const {
  Command command{{"prosodyctl", "--config", files_.config()}, {}, {}};
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  return run(command);
}

bool ProsodyServer::logContains(const std::string& text) const {
  return log().find(text) != std::string::npos;
}

std::vector<std::string> ProsodyServer::unexpectedErrors() const {
  return errorsIn(log() + readFile(files_.output()), expected_errors_);
}

std::optional<StoredLastSeen> ProsodyServer::lastSeen(const std::string& bare_jid) const {
  const auto host = bare_jid.substr(bare_jid.find('@') + 1);
  return readLastSeen(files_.hostData(host) / "liveness.sqlite3", bare_jid);
}

std::size_t ProsodyServer::threads() const {
  return statusField(pid(), "Threads");
}

std::size_t ProsodyServer::residentKiB() const {
  return statusField(pid(), "VmRSS");
}

}  // namespace liveness::support
