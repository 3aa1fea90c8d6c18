// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "hosts/example/chat_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace liveness::hosts::example {

namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kMostUnsent = std::size_t{1} << 20;
constexpr std::size_t kMostQueued = 1000;

/// Takes the first word off a line.
std::string takeWord(std::string& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  std::string word = line.substr(0, end);
  line.erase(0, std::min(end + 1, line.size()));
  return word;
}

bool isName(const std::string& text) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !text.empty() && text.size() <= kLongestName && std::all_of(text.begin(), text.end(), fits);
}

std::string nameOf(const Session& session) {
  return session.user + '/' + session.resource;
}

std::string stateOf(const Session& session) {
  if (session.shown) return *session.shown;
  return session.words ? "here " + *session.words : "gone";
}

void put(Connection& connection, const std::string& line) {
  connection.out += line + '\n';
}

}  // namespace

ChatServer::ChatServer(std::uint16_t port, std::chrono::seconds hold) : hold_(hold) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, SOMAXCONN) != 0) {
    const int why = errno;
    close(listener_);
    throw std::system_error(why, std::generic_category(), "port " + std::to_string(port));
  }
}

ChatServer::~ChatServer() {
  for (const Connection& connection : connections_) close(connection.fd);
  close(listener_);
}

void ChatServer::serve(std::chrono::milliseconds longest) {
  std::vector<pollfd> waiting{{listener_, POLLIN, 0}};
  std::vector<Connection*> of{nullptr};
  for (Connection& connection : connections_) {
    const bool writes = !connection.out.empty();
    waiting.push_back({connection.fd, static_cast<short>(writes ? POLLIN | POLLOUT : POLLIN), 0});
    of.push_back(&connection);
  }
  const auto second = std::chrono::milliseconds{1000};  // holds end with a second's grain
  if (poll(waiting.data(), waiting.size(), static_cast<int>(std::min(longest, second).count())) > 0) {
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      const bool readable = (waiting[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0;
      if (!readable || of[i]->fd < 0 || read(*of[i])) continue;
      if (of[i]->session != nullptr) lose(*of[i]->session);
      if (of[i]->fd >= 0) close(std::exchange(of[i]->fd, -1));
    }
    if ((waiting[0].revents & POLLIN) != 0) accept();
  }
  endOverdueHolds();
  for (Connection& connection : connections_)
    if (connection.fd >= 0) write(connection);
  sweep();
}

std::vector<Session*> ChatServer::sessions() {
  std::vector<Session*> all;
  for (Session& session : sessions_)
    if (!session.ended) all.push_back(&session);
  return all;
}

void ChatServer::accept() {
  const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) connections_.emplace_back().fd = fd;
}

bool ChatServer::read(Connection& connection) {
  char bytes[4096];
  const ssize_t count = recv(connection.fd, bytes, sizeof bytes, 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR;
  if (count == 0) return false;
  if (connection.session != nullptr && watcher_ != nullptr) watcher_->onBytes(*connection.session);
  connection.in.append(bytes, static_cast<std::size_t>(count));
  for (std::size_t end = 0; (end = connection.in.find('\n')) != std::string::npos;) {
    const std::string line = connection.in.substr(0, end);
    connection.in.erase(0, end + 1);
    if (!line.empty()) handle(connection, line);
    if (connection.fd < 0) return true;
  }
  return connection.in.size() <= kLongestLine;
}

void ChatServer::write(Connection& connection) {
  if (connection.out.empty()) return;
  const ssize_t count = ::send(connection.fd, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
  if (count > 0) connection.out.erase(0, static_cast<std::size_t>(count));
}

void ChatServer::handle(Connection& connection, const std::string& line) {
  std::string rest = line;
  const std::string what = takeWord(rest);
  if (what == "login" || what == "resume") {
    const std::string user = takeWord(rest), resource = takeWord(rest);
    if (!isName(user) || !isName(resource) || connection.session != nullptr)
      return put(connection, "error " + what + " once, with a USER and a RESOURCE of a-z, 0-9 and -");
    return what == "login" ? logIn(connection, user, resource, rest == "keep")
                           : resume(connection, user, resource);
  }
  if (connection.session == nullptr) return put(connection, "error log in first");
  Session& session = *connection.session;
  if (what == "here" || what == "gone") return present(session, what == "here", rest);
  if (what == "quit") return end(session, "", Ending::quit);
  if (what == "say") {
    const std::string user = takeWord(rest);
    return say(session, user, rest);
  }
  if (watcher_ == nullptr || !ask(session, what, rest)) put(connection, "error what is " + what);
}

bool ChatServer::ask(Session& session, const std::string& what, std::string rest) {
  const std::string first = takeWord(rest);
  if (what == "pong")
    watcher_->onPong(session, static_cast<std::uint32_t>(std::strtoul(first.c_str(), nullptr, 10)));
  else if (what == "last")
    watcher_->onLastAsked(session, first);
  else if (what == "sessions")
    watcher_->onSessionsAsked(session);
  else if (what == "probe")
    watcher_->onProbeOrdered(first, rest);
  else if (what == "kick")
    watcher_->onKickOrdered(first, rest);
  else
    return false;
  return true;
}

void ChatServer::logIn(Connection& connection, const std::string& user, const std::string& resource,
                       bool keeps) {
  if (Session* older = find(user, resource)) end(*older, "replaced", Ending::replaced);
  Session& session = sessions_.emplace_back();
  session.user = user;
  session.resource = resource;
  session.keeps = keeps;
  session.connection = &connection;
  connection.session = &session;
  put(connection, "welcome");
  if (watcher_ != nullptr) watcher_->onLogin(session);
}

void ChatServer::resume(Connection& connection, const std::string& user, const std::string& resource) {
  Session* session = find(user, resource);
  if (session == nullptr || !session->keeps) return put(connection, "error there is nothing to resume");
  detach(*session, "resumed elsewhere");  // where its old connection still stood
  session->connection = &connection;
  connection.session = session;
  put(connection, "resumed");
  for (; !session->queue.empty(); session->queue.pop_front()) put(connection, session->queue.front());
  if (watcher_ != nullptr) watcher_->onResumed(*session);
}

void ChatServer::present(Session& session, bool here, const std::string& words) {
  const bool first = here && !session.words;
  if (!here && !session.words) return;
  session.words = here ? std::optional(words) : std::nullopt;
  tellOthers(nameOf(session), here ? "here " + words : "gone " + words);
  for (const Session* other : sessions())
    if (first && other != &session && other->words)
      send(session, "see " + nameOf(*other) + ' ' + stateOf(*other));
  if (watcher_ != nullptr) watcher_->onPresence(session, words);
}

void ChatServer::say(const Session& from, const std::string& user, const std::string& text) {
  for (Session* to : sessions())
    if (to->user == user) send(*to, "said " + nameOf(from) + ' ' + text);
}

void ChatServer::send(Session& session, const std::string& line) {
  if (session.ended) return;
  if (session.connection == nullptr) {
    if (session.queue.size() < kMostQueued) session.queue.push_back(line);
  } else if (session.connection->out.size() < kMostUnsent) {
    put(*session.connection, line);
  }
}

void ChatServer::tellOthers(const std::string& who, const std::string& state) {
  for (Session* other : sessions())
    if (other->words && nameOf(*other) != who) send(*other, "see " + who + ' ' + state);
}

void ChatServer::drop(Session& session, const std::string& reason) {
  if (session.ended || session.connection == nullptr) return;
  detach(session, reason);
  lose(session);
}

void ChatServer::lose(Session& session) {
  if (!session.keeps) return end(session, "", Ending::lost);
  if (session.connection != nullptr) session.connection->session = nullptr;
  session.connection = nullptr;
  session.held_until = std::chrono::steady_clock::now() + hold_;
  if (watcher_ != nullptr) watcher_->onHeld(session);
}

void ChatServer::end(Session& session, const std::string& reason, Ending why) {
  if (session.ended) return;
  detach(session, reason);
  session.ended = true;
  if (watcher_ != nullptr) watcher_->onEnded(session, why);
}

void ChatServer::detach(Session& session, const std::string& reason) {
  Connection* connection = std::exchange(session.connection, nullptr);
  if (connection == nullptr) return;
  connection->session = nullptr;
  if (!reason.empty()) put(*connection, "bye " + reason);
  write(*connection);  // once: whoever is told this may not be listening
  close(std::exchange(connection->fd, -1));
}

void ChatServer::endOverdueHolds() {
  const auto now = std::chrono::steady_clock::now();
  for (Session* session : sessions())
    if (session->connection == nullptr && now >= session->held_until) end(*session, "", Ending::hold_over);
}

void ChatServer::sweep() {
  connections_.remove_if([](const Connection& c) { return c.fd < 0; });
  sessions_.remove_if([](const Session& s) { return s.ended; });
}

Session* ChatServer::find(const std::string& user, const std::string& resource) {
  for (Session* session : sessions())
    if (session->user == user && session->resource == resource) return session;
  return nullptr;
}

}  // namespace liveness::hosts::example
