// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "e2e/stage.h"
#include "support/http_client.h"

namespace liveness::e2e {

using support::HttpRequest;
using support::HttpResponse;
using Headers = std::map<std::string, std::string>;
using nlohmann::json;

/// usualSetup() with the page turned on and juliet as administrator. `options` are the host's.
ServerSetup pageSetup(const std::string& options = {});

/// Somebody with a name and a password who asks a server's page, and the JSON behind it.
class PageVisitor {
 public:
  explicit PageVisitor(const ProsodyServer& server, const std::string& name = "juliet",
                       const std::string& password = "secret");

  PageVisitor(Endpoint server, const std::string& name, const std::string& password);

  /// Without a name: signs in nowhere.
  static PageVisitor nobody(const ProsodyServer& server);

  /// `path` is what follows /liveness/.
  HttpResponse get(const std::string& path, const Headers& headers = {}) const;
  HttpResponse ask(const std::string& method, const std::string& path, const Headers& headers = {},
                   const std::string& body = {}) const;

  /// Of api/v1/; must succeed, and be what is said of it.
  json api(const std::string& path) const;

  /// Does what a page's button does: with a token, as JSON.
  HttpResponse press(const std::string& path, const Headers& headers = {},
                     const std::string& body = {}) const;

  std::string token() const;

 private:
  Endpoint server_;
  std::string authorization_;
};

/// The value of an HTTP Basic header (RFC 7617).
std::string basic(const std::string& name, const std::string& password);

/// What an error's document says.
std::string errorIn(const HttpResponse& response);

}  // namespace liveness::e2e
