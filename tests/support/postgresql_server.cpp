// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/postgresql_server.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include "support/postgresql_client.h"
#include "support/process_stat.h"
#include "support/skip.h"

namespace liveness::support {
namespace {

namespace fs = std::filesystem;

/// Debian has several versions side by side, none of them on the PATH.
fs::path findPrograms() {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", none))
    if (fs::exists(version.path() / "bin" / "postgres")) found.push_back(version.path() / "bin");
  if (found.empty()) throw Skip("PostgreSQL is not installed: apt-get install postgresql-15");
  return *std::max_element(found.begin(), found.end());
}

const passwd* unprivileged() {
  const passwd* user = getpwnam("postgres");
  if (user == nullptr) user = getpwnam("nobody");
  if (user == nullptr) throw Skip("PostgreSQL does not run as root, and there is no user postgres or nobody");
  return user;
}

pid_t parentOf(pid_t pid) {
  return processStat(pid).value_or(ProcessStat{}).parent;
}

bool gone(pid_t pid) {
  return !fs::exists("/proc/" + std::to_string(pid));
}

}  // namespace

PostgresqlServer::PostgresqlServer(const Setup& setup)
    : programs_(findPrograms()), data_(setup.data.empty() ? folder() / "data" : setup.data) {
  makeCluster(setup.settings);
  if (!setup.started) return;
  start();
}

PostgresqlServer::~PostgresqlServer() {
  kill();
}

void PostgresqlServer::giveAway(const fs::path& folder) {
  if (geteuid() != 0) return;
  const passwd* user = unprivileged();
  if (chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("cannot give " + folder.string() + " to " + user->pw_name);
}

std::vector<std::string> PostgresqlServer::asUnprivileged(std::vector<std::string> command) {
  if (geteuid() != 0) return command;
  const passwd* user = unprivileged();
  std::vector<std::string> words = {"setpriv", "--reuid=" + std::to_string(user->pw_uid),
                                    "--regid=" + std::to_string(user->pw_gid), "--clear-groups",
                                    "--pdeathsig=keep"};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

/// The files of a server that never ran, made once in this process: copying them takes a tenth of the time.
fs::path PostgresqlServer::freshFiles() const {
  static const TempDir folder("pglv-fresh");
  const fs::path files = folder.path() / "data";
  if (fs::exists(files)) return files;
  giveAway(folder.path());
  const auto made = run(
      {asUnprivileged({program("initdb"), "--pgdata=" + files.string(), "--username=postgres", "--auth=trust",
                       "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"}),
       {},
       {}});
  if (made.status != 0) throw std::runtime_error("initdb: " + made.output);
  return files;
}

void PostgresqlServer::makeCluster(const std::vector<std::string>& settings) {
  giveAway(folder());
  const auto copied = run({{"cp", "-a", freshFiles().string() + "/.", data_.string()}, {}, {}});
  if (copied.status != 0) throw std::runtime_error("cp: " + copied.output);

  std::string config = "listen_addresses = '127.0.0.1'\nport = " + std::to_string(port()) +
                       "\nunix_socket_directories = '" + folder().string() + "'\n";
  for (const auto& setting : settings) config += setting + '\n';
  writeFile(data_ / "postgresql.auto.conf", config);
  writeFile(data_ / "pg_hba.conf", "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
}

void PostgresqlServer::start() {
  Command command{};
  command.arguments = asUnprivileged({program("postgres"), "-D", data_.string()});
  command.output = folder() / "log";
  process_ = std::make_unique<ChildProcess>(command);
  const bool ready = eventually(kPatience, [&] {
    if (!process_->running()) throw std::runtime_error("PostgreSQL does not start:\n" + log());
    try {
      PostgresqlClient client(superuser("postgres"));
      if (client.ask("SELECT count(*) FROM pg_roles WHERE rolname = 'liveness'") == "0")
        client.execute("CREATE ROLE liveness LOGIN PASSWORD 'sesame!'");
      return true;
    } catch (const std::runtime_error&) {
      return false;
    }
  });
  if (!ready) throw std::runtime_error("PostgreSQL does not come up:\n" + log());
}

void PostgresqlServer::stop() {
  if (!running()) return;
  process_->signal(SIGINT);
  if (!process_->wait(kPatience)) throw std::runtime_error("PostgreSQL does not stop:\n" + log());
}

std::vector<pid_t> PostgresqlServer::processes() const {
  std::vector<pid_t> found = {process_->pid()};
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (!std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; })) continue;
    const auto pid = static_cast<pid_t>(std::stol(name));
    if (parentOf(pid) == process_->pid()) found.push_back(pid);
  }
  return found;
}

void PostgresqlServer::signalAll(int number) {
  for (const pid_t pid : processes()) ::kill(pid, number);
}

void PostgresqlServer::kill() {
  if (!process_ || !process_->running()) return;
  process_->signal(SIGSTOP);  // so that it makes no more processes
  const auto all = processes();
  for (const pid_t pid : all) ::kill(pid, SIGKILL);
  process_->wait(kPatience);
  // The next start refuses to touch files that a process of the last one may still have in use.
  eventually(kPatience, [&] { return std::all_of(all.begin(), all.end(), gone); });
}

void PostgresqlServer::pause() {
  process_->signal(SIGSTOP);
  signalAll(SIGSTOP);
}

void PostgresqlServer::resume() {
  signalAll(SIGCONT);
}

bool PostgresqlServer::running() {
  return process_ && process_->running();
}

std::string PostgresqlServer::makeDatabase() {
  std::string name = "db" + std::to_string(++databases_);
  PostgresqlClient(superuser("postgres")).execute("CREATE DATABASE " + name + " OWNER liveness");
  return name;
}

std::string PostgresqlServer::uri(const std::string& database, const std::string& password) const {
  return "postgresql://liveness:" + password + "@127.0.0.1:" + std::to_string(port()) + '/' + database;
}

std::string PostgresqlServer::superuser(const std::string& database) const {
  return "host='" + folder().string() + "' port=" + std::to_string(port()) +
         " user=postgres dbname=" + database;
}

PostgresqlServer& sharedPostgresql() {
  static PostgresqlServer server;
  return server;
}

}  // namespace liveness::support
