// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <map>
#include <string>

#include "support/eventually.h"
#include "support/tcp_socket.h"

namespace liveness::support {

struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";
  std::map<std::string, std::string> headers{};
  std::string body{};
};

struct HttpResponse {
  int status = 0;
  std::map<std::string, std::string> headers{};  ///< by name in lower case; of several, the last
  std::string body{};
};

/// One request on a connection of its own, with nothing in it that was not asked for but Host and, with a
/// body, Content-Length: a server may be asked badly too. Throws std::runtime_error where no whole answer
/// comes.
HttpResponse fetch(const Endpoint& server, const HttpRequest& request, milliseconds deadline = kPatience);

/// A text as a part of an address (RFC 3986 section 2.1).
std::string percentEncode(const std::string& text);

}  // namespace liveness::support
