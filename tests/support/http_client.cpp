// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/http_client.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

#include "support/percent_encoding.h"

namespace liveness::support {
namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

HttpResponse parse(const std::string& bytes, bool has_body) {
  const auto end = bytes.find("\r\n\r\n");
  const auto space = bytes.find(' ');
  if (bytes.rfind("HTTP/1.", 0) != 0 || end == std::string::npos || space > end)
    throw std::runtime_error("no HTTP: " + bytes.substr(0, 200));
  HttpResponse response;
  response.status = std::stoi(bytes.substr(space + 1, 3));
  std::istringstream header(bytes.substr(0, end));
  std::string line;
  std::getline(header, line);
  while (std::getline(header, line)) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto from = line.find_first_not_of(' ', colon + 1);
    const auto to = line.find_last_not_of(" \r");
    response.headers[lower(line.substr(0, colon))] =
        from == std::string::npos || to < from ? "" : line.substr(from, to - from + 1);
  }
  response.body = bytes.substr(end + 4);
  const auto length = response.headers.find("content-length");
  has_body = has_body && response.status != 304;
  if (has_body && length != response.headers.end() && std::stoul(length->second) != response.body.size())
    throw std::runtime_error("an HTTP answer that ends early");
  return response;
}

}  // namespace

HttpResponse fetch(const Endpoint& server, const HttpRequest& request, milliseconds deadline) {
  // The old version of HTTP, so that the answer's end is the connection's: nothing comes in chunks.
  std::string bytes = request.method + " " + request.target + " HTTP/1.0\r\n";
  auto headers = request.headers;
  headers.try_emplace("Host", "localhost");
  if (!request.body.empty()) headers.try_emplace("Content-Length", std::to_string(request.body.size()));
  for (const auto& [name, value] : headers) bytes += name + ": " + value + "\r\n";
  bytes += "\r\n" + request.body;

  TcpSocket socket(server);
  if (!socket.send(bytes)) throw std::runtime_error("the HTTP server takes no request");
  const auto end = SteadyClock::now() + deadline;
  std::string received;
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - SteadyClock::now());
    const auto piece = left.count() > 0 ? socket.receive(left) : std::nullopt;
    if (!piece) throw std::runtime_error("the HTTP server gives no whole answer to " + request.target);
    if (piece->empty()) return parse(received, request.method != "HEAD");
    received += *piece;
  }
}

std::string percentEncode(const std::string& text) {
  return percentEncoded(text, "-._~", "0123456789ABCDEF");
}

}  // namespace liveness::support
