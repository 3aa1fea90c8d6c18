// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "demo_server.h"
#include "support/xmpp_client.h"
#include "timeline.h"

namespace liveness::demo {

/// The three ways in which a user goes, and the server's own end: played by alice, seen by bob, her contact.
class Stories {
 public:
  /// bob logs in. Throws std::runtime_error where a client cannot.
  Stories(DemoServer& server, Timeline& timeline);

  void normalLogout();
  void brokenConnection();
  void silence();
  void serverStop();

 private:
  /// How alice's going must look.
  struct Departure {
    std::string cause;
    std::string status;        ///< what bob must see; empty: whatever the host says of its own accord
    support::UtcMillis heard;  ///< when alice's last byte went out
  };

  void comeOnline(support::XmppClient& alice, const std::string& status);
  void expectDeparture(const Departure& expected);
  std::optional<support::SeenPresence> waitForDeparture();
  std::optional<support::StoredLastSeen> record(
      const std::string& bare_jid, const std::function<bool(const support::StoredLastSeen&)>& accepts);
  void askTheServer();
  support::Login login(const std::string& username, const std::string& resource) const;

  DemoServer& server_;
  Timeline& timeline_;
  support::XmppClient bob_;
  std::size_t departures_ = 0;  ///< of alice, that bob should have seen by now
  std::size_t arrivals_ = 0;
};

}  // namespace liveness::demo
