// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/page_stage.h"

#include <exception>

#include "e2e/page_visitor.h"

namespace liveness::e2e {

namespace {

/// The page is only served to the machine itself.
Endpoint httpOf(const Stage& stage) {
  return {"127.0.0.1", stage.server.http().port, stage.server.setup().network_namespace};
}

}  // namespace

ServerSetup viewedSetup(const std::string& options) {
  auto setup = pageSetup(options);
  setup.options = "http_default_host = \"localhost\"";
  return setup;
}

ServerSetup viewedSetup(const support::NetNamespaces& net, const std::string& options) {
  auto setup = viewedSetup(options);
  setup.network_namespace = net.server();
  setup.address = net.kServerAddress;
  setup.options += "\nhttp_interfaces = { \"127.0.0.1\", \"" + setup.address + "\" }";
  return setup;
}

PageStage::PageStage(const ServerSetup& setup, const Endpoint& contact_from)
    : stage(setup, contact_from), viewer(httpOf(stage)) {}

PageStage::~PageStage() {
  if (std::uncaught_exceptions() > 0) return;
  try {
    CHECK(viewer.problems() == "");
  } catch (const std::exception& error) {
    FAIL_CHECK(error.what());
  }
}

void PageStage::signIn(const std::string& look, const std::string& hash) {
  REQUIRE(viewer.open("juliet", "secret", look, hash) == 200);
}

}  // namespace liveness::e2e
