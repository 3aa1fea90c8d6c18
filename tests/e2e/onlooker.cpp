// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "e2e/onlooker.h"

#include <ctime>

namespace liveness::e2e {

Onlooker::Onlooker(Stage& stage, const std::string& username, const std::string& resource)
    : RawClient(stage.server.c2s()) {
  logIn(username, "secret", "localhost", resource);
  send("<presence/>");
  REQUIRE(roundTrip());
}

std::vector<std::string> Onlooker::presencesFrom(const std::string& full_jid) {
  std::vector<std::string> found;
  for (const auto& one : received())
    if (one.xml.rfind("<presence", 0) == 0 && attribute(one.xml, "from") == full_jid &&
        attribute(one.xml, "type") != "error")
      found.push_back(one.xml);
  return found;
}

std::string Onlooker::next(const std::string& full_jid, milliseconds deadline) {
  const auto end = SteadyClock::now() + deadline;
  while (presencesFrom(full_jid).size() <= waited_for_ && SteadyClock::now() < end && !ended())
    expect("<presence", std::chrono::ceil<milliseconds>(end - SteadyClock::now()));
  const auto all = presencesFrom(full_jid);
  return all.size() > waited_for_ ? all[waited_for_++] : "";
}

void Onlooker::nothingMore(const std::string& full_jid, milliseconds in) {
  CAPTURE(full_jid);
  const auto more = next(full_jid, in);
  CAPTURE(more);
  CHECK(more.empty());
  CHECK(roundTrip());
}

int Onlooker::lastActivity(const std::string& bare_jid) {
  send("<iq type='get' id='last' to='" + bare_jid + "'><query xmlns='jabber:iq:last'/></iq>");
  const auto answer = expect("jabber:iq:last");
  if (!answer || attribute(answer->xml, "type") != "result") return -1;
  return std::stoi(attribute(answer->xml.substr(answer->xml.find("<query")), "seconds"));
}

bool has(const std::string& xml, const std::string& text) {
  return xml.find(text) != std::string::npos;
}

UtcMillis delayOf(const std::string& xml) {
  const auto at = xml.find("<delay");
  REQUIRE(at != std::string::npos);
  const auto stamp = attribute(xml.substr(at), "stamp");
  CAPTURE(stamp);
  std::tm parts{};
  REQUIRE(strptime(stamp.c_str(), "%Y-%m-%dT%H:%M:%SZ", &parts) != nullptr);
  return UtcMillis{std::chrono::seconds{timegm(&parts)}};
}

std::vector<std::string> bodiesIn(const RawClient& client) {
  std::vector<std::string> bodies;
  for (const auto& one : client.receivedThat("<body>")) {
    const auto from = one.xml.find("<body>") + 6;
    bodies.push_back(one.xml.substr(from, one.xml.find("</body>") - from));
  }
  return bodies;
}

}  // namespace liveness::e2e
