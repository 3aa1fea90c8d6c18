// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "liveness/time.h"

namespace liveness::fakes {

/// What the contacts of a domain's users were shown, by whoever showed it to them: the host or the plugin.
class ContactsView {
 public:
  struct Sight {
    MonotonicTime at;
    std::string full_jid;
    bool available = false;
    std::string status;
  };

  void see(MonotonicTime at, const std::string& full_jid, bool available, const std::string& status);

  bool online(const std::string& full_jid) const;
  std::set<std::string> online() const;
  std::size_t onlineCount() const { return online().size(); }
  /// How often this full JID was seen to go.
  std::size_t departuresOf(const std::string& full_jid) const;
  const std::vector<Sight>& all() const { return all_; }

  /// The first thing seen that nobody should see: somebody leave who was not there. Empty: all was well.
  const std::string& mistake() const { return mistake_; }

 private:
  std::vector<Sight> all_;
  std::map<std::string, bool> online_;
  std::string mistake_;
};

}  // namespace liveness::fakes
