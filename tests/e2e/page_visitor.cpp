// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/page_visitor.h"

#include "support/xmpp_stream.h"

namespace liveness::e2e {

ServerSetup pageSetup(const std::string& options) {
  auto setup = usualSetup("liveness_page = true\nadmins = { \"juliet@localhost\" }\n" + options);
  return setup;
}

std::string basic(const std::string& name, const std::string& password) {
  return "Basic " + support::base64(name + ":" + password);
}

std::string errorIn(const HttpResponse& response) {
  const auto document = json::parse(response.body, nullptr, false);
  if (!document.is_object() || !document.contains("error")) return "no error: " + response.body;
  return document["error"].get<std::string>();
}

PageVisitor::PageVisitor(const ProsodyServer& server, const std::string& name, const std::string& password)
    : PageVisitor(server.http(), name, password) {}

PageVisitor::PageVisitor(Endpoint server, const std::string& name, const std::string& password)
    : server_(std::move(server)), authorization_(name.empty() ? "" : basic(name, password)) {}

PageVisitor PageVisitor::nobody(const ProsodyServer& server) {
  return PageVisitor(server, "", "");
}

HttpResponse PageVisitor::get(const std::string& path, const Headers& headers) const {
  return ask("GET", path, headers);
}

HttpResponse PageVisitor::ask(const std::string& method, const std::string& path, const Headers& headers,
                              const std::string& body) const {
  HttpRequest request{method, "/liveness/" + path, headers, body};
  if (!authorization_.empty()) request.headers.try_emplace("Authorization", authorization_);
  return fetch(server_, request);
}

json PageVisitor::api(const std::string& path) const {
  const auto response = get("api/v1/" + path);
  CAPTURE(path);
  CAPTURE(response.body);
  REQUIRE(response.status == 200);
  CHECK(response.headers.at("content-type") == "application/json");
  CHECK(response.headers.at("cache-control") == "no-store");
  return json::parse(response.body);
}

std::string PageVisitor::token() const {
  return api("me").at("token").get<std::string>();
}

HttpResponse PageVisitor::press(const std::string& path, const Headers& headers,
                                const std::string& body) const {
  auto all = headers;
  all.try_emplace("Content-Type", "application/json");
  if (all.count("X-Liveness-Token") == 0) all["X-Liveness-Token"] = token();
  return ask("POST", "api/v1/" + path, all, body);
}

}  // namespace liveness::e2e
