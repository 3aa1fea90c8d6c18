// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "liveness/host.h"

namespace liveness::core {

/// What one client told somebody directly (RFC 6121 section 4.6), and whom it therefore is told of a hold.
///
/// Bounded in bytes: of what is too much for it, the oldest is forgotten.
class DirectPresences {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 10;

  void sent(const DirectedPresence& presence);

  /// The client told everybody something. What it had told contacts is void with that; where it entered a
  /// place, it is still there, until it is unavailable to everybody.
  void broadcast(bool available);

  /// What is told to `to`, which is a contact where it is a bare JID.
  Telling tell(const std::string& to, Occasion occasion) const;

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Entry {
    bool available = true;
    std::string xml;
    std::uint64_t number = 0;  ///< in the order in which they were sent
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  /// What an address is to the client.
  enum class Kin : std::uint8_t {
    contact,  ///< was told what everybody was
    told,     ///< a contact that was told something else
    place,    ///< entered, or a gateway
    hidden,   ///< was told that the client is unavailable
  };
  Kin kinOf(std::string_view to, const std::string*& xml) const;
  Entries::iterator erase(Entries::iterator entry);
  template <class Condition>
  void eraseIf(Condition condition);
  void shrink();

  Entries entries_;  // by address: the resources of a bare JID stand together
  std::size_t bytes_ = 0;
  std::uint64_t last_number_ = 0;
};

/// What is told to an address that nothing was sent to directly.
Telling tellUnlessDirected(const std::string& to, Occasion occasion);

}  // namespace liveness::core
