// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/resumable_user.h"

namespace liveness::e2e {

ResumableUser::ResumableUser(Stage& stage) : client(stage.server.c2s()) {
  client.logIn("romeo", "secret", "localhost", "phone");
  client.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  const auto enabled = client.expect("<enabled");
  REQUIRE(enabled);
  id = attribute(enabled->xml, "id");
  REQUIRE_FALSE(id.empty());
  client.send("<presence/>");
  REQUIRE(stage.contact.sees(stage.jid("phone"), "available"));
}

std::size_t ResumableUser::handled() const {
  std::size_t count = 0;
  bool enabled = false;
  for (const auto& one : client.received()) {
    enabled = enabled || one.contains("<enabled");
    for (const char* name : {"<iq", "<message", "<presence"})
      if (enabled && one.xml.rfind(name, 0) == 0) ++count;
  }
  return count;
}

void ResumableUser::acknowledge() {
  client.send("<a xmlns='urn:xmpp:sm:3' h='" + std::to_string(handled()) + "'/>");
}

void ResumableUser::loseConnection(Stage& stage) {
  client.socket().reset();
  stage.awaitHeld();
}

std::string resume(RawClient& again, const std::string& id, std::size_t handled) {
  again.authenticate("romeo", "secret", "localhost");
  again.send("<resume xmlns='urn:xmpp:sm:3' previd='" + id + "' h='" + std::to_string(handled) + "'/>");
  const auto answer = again.expect("urn:xmpp:sm:3");
  return answer ? answer->xml : "";
}

}  // namespace liveness::e2e
