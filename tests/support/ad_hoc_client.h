// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/eventually.h"
#include "support/xmpp_client.h"

namespace liveness::support {

/// What a server says to a step of an ad-hoc command (XEP-0050).
struct CommandStep {
  using Fields =
      std::map<std::string, std::string>;  ///< of a form (XEP-0004), by var; of several values, the first

  std::string error;               ///< the condition of a stanza error; then there is nothing else
  std::string status;              ///< "executing", "completed" or "canceled"
  std::vector<std::string> notes;  ///< "info: ...", "warn: ..." or "error: ..."
  Fields fields{};
  std::vector<Fields> rows{};  ///< of a table of results
  std::string node;
  std::string session;

  bool noted(const std::string& text) const;
};

/// A client (gloox) of somebody who runs commands on a server. Bound, but not available. It is read only
/// within its calls; they throw std::runtime_error where there is no answer in ten seconds.
class AdHocClient {
 public:
  AdHocClient(const Endpoint& endpoint, const Login& login);
  ~AdHocClient();
  AdHocClient(const AdHocClient&) = delete;
  AdHocClient& operator=(const AdHocClient&) = delete;

  /// Node -> name, of what a domain lists for this client.
  std::map<std::string, std::string> commands(const std::string& domain);

  CommandStep execute(const std::string& domain, const std::string& node);

  /// Goes on with these fields filled in: "complete", "next", "prev" or "cancel".
  CommandStep submit(const std::string& domain, const CommandStep& step, const CommandStep::Fields& fields,
                     const std::string& action = "complete");

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace liveness::support
