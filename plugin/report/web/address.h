// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

namespace liveness::report::web {

/// An IPv4 or IPv6 address. An IPv4 address that is written as an IPv6 one (::ffff:192.0.2.1) is the former.
class Address {
 public:
  /// nullopt for what is none: a name, an address with a port, with a zone, with anything beside it.
  static std::optional<Address> parse(const std::string& text);

  bool isLoopback() const noexcept;

  /// What guesses are counted by: the address, or where one customer has very many, the network that they
  /// have (the first 64 bits of an IPv6 address).
  std::string place() const;

  bool operator==(const Address& other) const noexcept {
    return size_ == other.size_ && bytes_ == other.bytes_;
  }
  bool operator!=(const Address& other) const noexcept { return !(*this == other); }

 private:
  friend class Network;

  std::array<unsigned char, 16> bytes_{};  ///< in network order; what is behind the size is zero
  std::size_t size_ = 4;                   ///< 4 or 16
};

/// An address with the number of bits that count.
class Network {
 public:
  /// "192.0.2.0/24", "2001:db8::/32"; an address alone is the network that has only that in it. nullopt for
  /// what is neither.
  static std::optional<Network> parse(const std::string& text);

  bool contains(const Address& address) const noexcept;

 private:
  Address address_;
  std::size_t bits_ = 0;
};

}  // namespace liveness::report::web
