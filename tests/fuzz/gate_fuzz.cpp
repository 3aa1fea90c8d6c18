// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Headers as whoever asks may write them. Who is elsewhere is never taken for the machine itself, and never
// for another than the server found.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "report/web/forwarded.h"
#include "report/web/gate.h"

using namespace liveness::report::web;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// One line of the input: the address, or the value of the next header.
std::string nextLine(const std::string& text, std::size_t& at) {
  const auto end = std::min(text.find('\n', at), text.size());
  std::string line = text.substr(at, end - at);
  at = std::min(end + 1, text.size());
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  std::size_t at = 0;
  static const Gate gate({"127.0.0.0/8", "::1", "0.0.0.0/0", "::/0"}, {"127.0.0.1", "10.0.0.1"});
  const Gate other({nextLine(text, at)}, {nextLine(text, at)});
  Asker asker{"127.0.0.1", nextLine(text, at), true, {}};
  for (const ForwardingHeader& header : forwardingHeaders()) {
    const std::string value = nextLine(text, at);
    if (!value.empty()) asker.headers.emplace_back(&header, value == "-" ? "" : value);
  }
  other.judge(asker);
  const auto address = Address::parse(asker.address);
  if (gate.judge(asker) != Refusal::none) return 0;
  require(address.has_value());
  for (const auto& [header, value] : asker.headers) {
    if (header->kind == ForwardingHeader::Kind::proxy) continue;
    const Chain chain =
        header->kind == ForwardingHeader::Kind::list ? chainOfList(value) : parseForwarded(value).chain;
    require(!chain.empty());
    if (address->isLoopback()) {
      for (const auto& one : chain) require(one && one->isLoopback());
    } else {
      const auto& nearest = chain.back();
      require(nearest && (*nearest == *address || *nearest == *Address::parse("127.0.0.1") ||
                          *nearest == *Address::parse("10.0.0.1")));
    }
  }
  return 0;
}
