// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/viewer.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

#include "support/skip.h"

namespace liveness::e2e {

using support::kPatience;
using support::Skip;

namespace {

// Longer than the viewer's own, and than a browser takes to start.
constexpr auto kBrowserPatience = kPatience + std::chrono::seconds{30};

std::string setting(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) throw Skip(std::string(name) + " is not set: run this with `meson test --suite e2e`");
  return value;
}

std::vector<std::string> fields(const std::string& line) {
  std::vector<std::string> out;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '\t');) out.push_back(field);
  return out;
}

}  // namespace

Viewer::Viewer(const support::Endpoint& http) {
  const auto script = setting("LIVENESS_PAGE_VIEWER");
  const auto shots = setting("LIVENESS_PAGE_SHOTS");
  support::requireProgram("node", "nodejs");
  std::filesystem::create_directories(shots);
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw std::runtime_error("cannot make a pair of sockets");
  socket_ = ends[0];
  support::Command command{
      {"node", script, "http://" + http.address + ":" + std::to_string(http.port), shots},
      dir_.path() / "output",
      http.network_namespace,
      ends[1]};
  process_ = std::make_unique<support::ChildProcess>(command);
  close(ends[1]);
  answer();
}

Viewer::~Viewer() {
  close(socket_);  // it closes its browser then
  process_->wait(kPatience);
}

int Viewer::open(const std::string& user, const std::string& password, const std::string& look,
                 const std::string& hash) {
  return std::stoi(ask({"open", user, password, look, hash}).at(0));
}

std::map<std::string, std::string> Viewer::row(const std::string& text, const std::string& column,
                                               const std::string& words) {
  const auto told = ask({"row", text, column, words});
  std::map<std::string, std::string> cells;
  for (std::size_t i = 0; i + 1 < told.size(); i += 2) cells[told[i]] = told[i + 1];
  return cells;
}

std::string Viewer::problems() {
  std::string all;
  for (const auto& problem : ask({"problems"})) all += problem + "\n";
  return all;
}

std::vector<std::string> Viewer::ask(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : "\t") + word;
  line += '\n';
  if (send(socket_, line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size()))
    throw std::runtime_error("the viewer has ended:\n" + support::readFile(dir_.path() / "output"));
  return answer();
}

std::vector<std::string> Viewer::answer() {
  const auto end = support::SteadyClock::now() + kBrowserPatience;
  std::size_t at;
  while ((at = buffer_.find('\n')) == std::string::npos) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - support::SteadyClock::now());
    pollfd readable{socket_, POLLIN, 0};
    char bytes[4096];
    if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) <= 0)
      throw std::runtime_error("the viewer says nothing");
    const auto got = read(socket_, bytes, sizeof bytes);
    if (got <= 0) {
      const auto said = support::readFile(dir_.path() / "output");
      if (process_->wait(kPatience) == support::kSkipped) throw Skip(said);
      throw std::runtime_error("the viewer has ended:\n" + said);
    }
    buffer_.append(bytes, static_cast<std::size_t>(got));
  }
  auto told = fields(buffer_.substr(0, at));
  buffer_.erase(0, at + 1);
  if (told.empty() || told.front() != "ok")
    throw std::runtime_error("the viewer: " + (told.size() > 1 ? told[1] : std::string("?")));
  told.erase(told.begin());
  return told;
}

}  // namespace liveness::e2e
