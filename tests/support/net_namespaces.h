// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

namespace liveness::support {

/// Two network namespaces of the test's own, one for the server and one for the client, joined by a cable
/// that can be pulled: what is sent then is lost without a word, and both ends still believe that they are
/// connected. Gone with the object. Throws Skip where the process is not root or iproute2 is missing.
class NetNamespaces {
 public:
  NetNamespaces();
  ~NetNamespaces();
  NetNamespaces(const NetNamespaces&) = delete;
  NetNamespaces& operator=(const NetNamespaces&) = delete;

  const std::string& server() const noexcept { return server_; }
  const std::string& client() const noexcept { return client_; }
  static constexpr const char* kServerAddress = "10.213.77.1";
  static constexpr const char* kClientAddress = "10.213.77.2";

  void cut();
  void restore();

 private:
  void remove() noexcept;

  std::string server_;
  std::string client_;
};

}  // namespace liveness::support
