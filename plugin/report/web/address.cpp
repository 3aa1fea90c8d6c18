// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/web/address.h"

#include <arpa/inet.h>

#include <algorithm>

namespace liveness::report::web {

namespace {

constexpr std::array<unsigned char, 12> kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t kMappedBits = 8 * kMappedPrefix.size();

/// A number of bits as it is usually written: one to three digits.
std::optional<std::size_t> prefixLength(const std::string& text, std::size_t most) {
  const auto is_digit = [](unsigned char c) { return c >= '0' && c <= '9'; };
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), is_digit)) return {};
  const auto bits = static_cast<std::size_t>(std::stoi(text));
  if (bits > most) return {};
  return bits;
}

}  // namespace

std::optional<Address> Address::parse(const std::string& text) {
  if (text.find('\0') != std::string::npos) return {};
  Address address;
  if (inet_pton(AF_INET, text.c_str(), address.bytes_.data()) == 1) return address;
  if (inet_pton(AF_INET6, text.c_str(), address.bytes_.data()) != 1) return {};
  address.size_ = 16;
  if (!std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), address.bytes_.begin())) return address;
  Address mapped;
  std::copy(address.bytes_.begin() + kMappedPrefix.size(), address.bytes_.end(), mapped.bytes_.begin());
  return mapped;
}

bool Address::isLoopback() const noexcept {
  if (size_ == 4) return bytes_[0] == 127;
  return bytes_[15] == 1 &&
         std::all_of(bytes_.begin(), bytes_.end() - 1, [](unsigned char byte) { return byte == 0; });
}

std::string Address::place() const {
  return {bytes_.begin(), bytes_.begin() + (size_ == 4 ? 4 : 8)};
}

std::optional<Network> Network::parse(const std::string& text) {
  const auto slash = text.find('/');
  const std::string written = text.substr(0, slash);
  const auto address = Address::parse(written);
  if (!address) return {};
  Network network;
  network.address_ = *address;
  network.bits_ = 8 * address->size_;
  if (slash == std::string::npos) return network;
  const bool is_mapped = address->size_ == 4 && written.find(':') != std::string::npos;
  const auto bits = prefixLength(text.substr(slash + 1), is_mapped ? 128 : network.bits_);
  if (!bits || (is_mapped && *bits < kMappedBits)) return {};
  network.bits_ = is_mapped ? *bits - kMappedBits : *bits;
  return network;
}

bool Network::contains(const Address& address) const noexcept {
  if (address.size_ != address_.size_) return false;
  const std::size_t whole = bits_ / 8;
  for (std::size_t i = 0; i < whole; ++i)
    if (address.bytes_[i] != address_.bytes_[i]) return false;
  if (bits_ % 8 == 0) return true;
  const auto mask = static_cast<unsigned char>(0xff00U >> (bits_ % 8));
  return (address.bytes_[whole] & mask) == (address_.bytes_[whole] & mask);
}

}  // namespace liveness::report::web
