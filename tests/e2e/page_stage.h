// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

#include "e2e/stage.h"
#include "e2e/viewer.h"
#include "support/net_namespaces.h"

namespace liveness::e2e {

/// pageSetup() for a browser, which calls the server by its address. Juliet is the administrator.
ServerSetup viewedSetup(const std::string& options = {});

/// The same at one end of a cable.
ServerSetup viewedSetup(const support::NetNamespaces& net, const std::string& options);

/// A server with the page, and somebody who looks at it. Ends with a look at what went wrong in the browser.
struct PageStage {
  explicit PageStage(const std::string& options = {}) : PageStage(viewedSetup(options)) {}
  explicit PageStage(const ServerSetup& setup, const Endpoint& contact_from = {});
  ~PageStage();
  PageStage(const PageStage&) = delete;
  PageStage& operator=(const PageStage&) = delete;

  /// Opens the page as juliet, who is let in.
  void signIn(const std::string& look = "light", const std::string& hash = {});

  Stage stage;
  Viewer viewer;
};

}  // namespace liveness::e2e
