// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Options of any name, type and value: a policy within its bounds, or an error of one line.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "liveness/policy.h"

namespace {

using namespace liveness;

OptionValue valueFrom(std::uint8_t type, const std::string& bytes) {
  if (type % 5 == 0) return !bytes.empty();
  if (type % 5 == 1) {
    double number = 0;
    std::memcpy(&number, bytes.data(), bytes.size() < sizeof number ? bytes.size() : sizeof number);
    return number;
  }
  if (type % 5 == 2) return bytes;
  if (type % 5 == 3) return TextList(bytes.size() % 7, bytes);
  return UnsupportedValue{"a table"};
}

void check(const Policy& policy) {
  using namespace std::chrono;
  if (policy.idle_timeout != milliseconds{0} &&
      (policy.idle_timeout < seconds{1} || policy.idle_timeout > hours{30 * 24}))
    std::abort();
  if (policy.ping_attempts < 1 || policy.ping_attempts > 10) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const auto& known = knownOptions();
  const std::string rest(reinterpret_cast<const char*>(data + 2), size - 2);
  const std::string name = data[0] < 200 ? known[data[0] % known.size()].name : rest;
  try {
    check(Policy::fromOptions({{name, valueFrom(data[1], rest)}}, "liveness_"));
  } catch (const OptionError& e) {
    const std::string what = e.what();
    if (what.find('\n') != std::string::npos || what.find("liveness_") == std::string::npos) std::abort();
  }
  return 0;
}
