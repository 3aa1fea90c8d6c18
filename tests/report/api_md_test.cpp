// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// plugin/report/API.md, against the documents that it is about.

#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/made_up_sessions.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("report/api_md");

using namespace std::chrono_literals;
using nlohmann::json;

TEST_CASE("every field of every document is in API.md") {
  std::ifstream file(LIVENESS_API_MD);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  REQUIRE_FALSE(text.empty());
  const auto is_there = [&](const std::string& word) {
    return text.find("`" + word + "`") != std::string::npos ||
           text.find('"' + word + '"') != std::string::npos;
  };
  const std::function<void(const json&)> look = [&](const json& value) {
    for (const auto& item : value.items()) {
      const auto& key = item.key();
      const json& inner = item.value();
      if (value.is_object()) {
        CAPTURE(key);
        CHECK(is_there(key));
      }
      if (inner.is_structured()) look(inner);
    }
  };
  using Kind = SessionEvent::Kind;
  look(json::parse(report::sessionJson(kMadeUpNow, madeUpSession(), {},
                                       {{kMadeUpNow, Kind::answered, 1}, {kMadeUpNow, Kind::closed, 1}})));
  look(json::parse(report::usersJson(kMadeUpNow, {}, {1, {LastSeen{}}})));
  look(json::parse(report::userJson(kMadeUpNow, "", UserInfo{}, LastSeen{}, {})));
  look(json::parse(report::statsJson(kMadeUpNow, {}, {})));
  look(json::parse(report::seriesJson(kMadeUpNow, report::SampleRing(10s, 1h))));
  for (int kind = 0; kind <= static_cast<int>(Kind::closed); ++kind) {
    CAPTURE(kind);
    CHECK(is_there(toString(static_cast<Kind>(kind))));
  }
}

TEST_SUITE_END();
}  // namespace liveness::tests
