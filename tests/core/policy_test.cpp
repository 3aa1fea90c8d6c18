// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/every_host.h"
#include "liveness/policy.h"

namespace liveness::tests {
TEST_SUITE_BEGIN("core/policy");

namespace {

Policy parsed(const std::string& name, OptionValue value) {
  return Policy::fromOptions({{name, std::move(value)}}, "liveness_");
}

/// The error that an option's value causes; empty if it is accepted.
std::string errorOf(const std::string& name, OptionValue value) {
  try {
    parsed(name, std::move(value));
  } catch (const OptionError& error) {
    return error.what();
  }
  return {};
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string acceptedOf(const std::string& name) {
  for (const OptionInfo& info : knownOptions())
    if (info.name == name) return info.accepted;
  return "an option that nobody knows";
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("no options are the defaults") {
  const Policy policy = Policy::fromOptions({}, "liveness_");
  CHECK(policy.idle_timeout == 360s);
  CHECK(policy.ping);
  CHECK(policy.ping_attempts == 2);
  CHECK(policy.inactive_idle_timeout == 1800s);
  CHECK(policy.held_presence == HeldPresence::unavailable);
  CHECK(policy.held_grace == 60s);
  CHECK(policy.mass_minimum == 20);
  CHECK(policy.mass_share == 0.1);
  CHECK(policy.logout_rate == 100);
  CHECK(policy.store.empty());
  CHECK(policy.node.empty());
  CHECK(policy.checkpoint_interval == 60s);
  CHECK(policy.history == 24h * 90);
}

TEST_CASE("good values are taken") {
  CHECK(parsed("idle_timeout", 0.0).idle_timeout == 0s);
  CHECK(parsed("idle_timeout", 1.0).idle_timeout == 1s);
  CHECK(parsed("idle_timeout", 2.5).idle_timeout == 2500ms);
  CHECK(parsed("idle_timeout", 90.0).idle_timeout == 90s);
  CHECK(parsed("idle_timeout", 30.0 * 86400).idle_timeout == 24h * 30);
  CHECK_FALSE(parsed("ping", false).ping);
  CHECK(parsed("ping", true).ping);
  for (int n = 1; n <= 10; ++n) CHECK(parsed("ping_attempts", double(n)).ping_attempts == std::uint32_t(n));
  CHECK(parsed("inactive_idle_timeout", 0.0).inactive_idle_timeout == 0s);
  CHECK(parsed("inactive_idle_timeout", 1.0).inactive_idle_timeout == 1s);
  CHECK(parsed("inactive_idle_timeout", 30.0 * 86400).inactive_idle_timeout == 24h * 30);
  CHECK(parsed("held_presence", std::string("unavailable")).held_presence == HeldPresence::unavailable);
  CHECK(parsed("held_presence", std::string("away")).held_presence == HeldPresence::away);
  CHECK(parsed("held_presence", std::string("keep")).held_presence == HeldPresence::keep);
  CHECK(parsed("held_grace", 0.0).held_grace == 0s);
  CHECK(parsed("held_grace", 0.25).held_grace == 250ms);
  CHECK(parsed("held_grace", 86400.0).held_grace == 24h);
  CHECK(parsed("mass_minimum", 1.0).mass_minimum == 1);
  CHECK(parsed("mass_minimum", 4294967295.0).mass_minimum == 4294967295);
  CHECK(parsed("mass_share", 0.0).mass_share == 0);
  CHECK(parsed("mass_share", 0.25).mass_share == 0.25);
  CHECK(parsed("mass_share", 1.0).mass_share == 1);
  CHECK(parsed("logout_rate", 1.0).logout_rate == 1);
  CHECK(parsed("logout_rate", 100000.0).logout_rate == 100000);
  CHECK(parsed("store", std::string("sqlite3://db=/tmp/x")).store == "sqlite3://db=/tmp/x");
  CHECK(parsed("store", std::string("postgresql://u:p@db/x")).store == "postgresql://u:p@db/x");
  CHECK(parsed("node", std::string("chat 1")).node == "chat 1");
  CHECK(parsed("node", std::string(255, 'n')).node.size() == 255);
  CHECK(parsed("checkpoint_interval", 1.0).checkpoint_interval == 1s);
  CHECK(parsed("checkpoint_interval", 2.5).checkpoint_interval == 2500ms);
  CHECK(parsed("checkpoint_interval", 3600.0).checkpoint_interval == 1h);
  CHECK(parsed("history_days", 0.0).history == 0h);
  CHECK(parsed("history_days", 0.5).history == 12h);
  CHECK(parsed("history_days", 0.0001).history == 1h);  // not zero, which would be none
  CHECK(parsed("history_days", 36500.0).history == 24h * 36500);
  const Policy all = Policy::fromOptions({{"idle_timeout", 20.0},
                                          {"ping", false},
                                          {"ping_attempts", 3.0},
                                          {"store", std::string("sqlite3://x")}},
                                         "");
  CHECK(all.idle_timeout == 20s);
  CHECK_FALSE(all.ping);
  CHECK(all.ping_attempts == 3);
  CHECK(all.store == "sqlite3://x");
}

TEST_CASE("a number that an option cannot take is refused with the option, the value and what is accepted") {
  struct Bad {
    const char* option;
    double value;
    const char* shown;
  };
  const Bad all[] = {{"idle_timeout", -1, "-1"},
                     {"idle_timeout", 0.5, "0.5"},
                     {"idle_timeout", -0.001, "-0.001"},
                     {"idle_timeout", 30.0 * 86400 + 1, "2592001"},
                     {"idle_timeout", 1e300, "1e+300"},
                     {"idle_timeout", kNan, "nan"},
                     {"idle_timeout", kInfinity, "inf"},
                     {"idle_timeout", -kInfinity, "-inf"},
                     {"ping_attempts", 0, "0"},
                     {"ping_attempts", -2, "-2"},
                     {"ping_attempts", 11, "11"},
                     {"ping_attempts", 2.5, "2.5"},
                     {"ping_attempts", 1e19, "1e+19"},
                     {"ping_attempts", kNan, "nan"},
                     {"ping_attempts", kInfinity, "inf"},
                     {"inactive_idle_timeout", -1, "-1"},
                     {"inactive_idle_timeout", 0.5, "0.5"},
                     {"inactive_idle_timeout", 30.0 * 86400 + 1, "2592001"},
                     {"inactive_idle_timeout", kNan, "nan"},
                     {"held_presence", 0, "0"},
                     {"held_grace", -1, "-1"},
                     {"held_grace", 86401, "86401"},
                     {"held_grace", kNan, "nan"},
                     {"mass_minimum", 0, "0"},
                     {"mass_minimum", 1.5, "1.5"},
                     {"mass_minimum", 4294967296.0, "4294967296"},
                     {"mass_minimum", kNan, "nan"},
                     {"mass_share", -0.1, "-0.1"},
                     {"mass_share", 1.01, "1.01"},
                     {"mass_share", kNan, "nan"},
                     {"logout_rate", 0, "0"},
                     {"logout_rate", 2.5, "2.5"},
                     {"logout_rate", 100001, "100001"},
                     {"logout_rate", kInfinity, "inf"},
                     {"ping", 1, "1"},
                     {"ping", 0, "0"},
                     {"store", 7, "7"},
                     {"node", 7, "7"},
                     {"checkpoint_interval", 0, "0"},
                     {"checkpoint_interval", 0.99, "0.99"},
                     {"checkpoint_interval", 3601, "3601"},
                     {"checkpoint_interval", kNan, "nan"},
                     {"history_days", -1, "-1"},
                     {"history_days", 36501, "36501"},
                     {"history_days", kNan, "nan"},
                     {"history_days", kInfinity, "inf"}};
  for (const Bad& bad : all) {
    CAPTURE(bad.option);
    CAPTURE(bad.value);
    const std::string error = errorOf(bad.option, bad.value);
    CAPTURE(error);
    CHECK(has(error, std::string("liveness_") + bad.option));
    CHECK(has(error, bad.shown));
    CHECK(has(error, acceptedOf(bad.option)));
    CHECK_FALSE(has(error, "\n"));
  }
}

TEST_CASE("a password in a bad value or beside an unknown name is not shown") {
  for (const std::string secret :
       {"postgres://user:se@cret:p/w@machine/db", "postgres://dbname=x password='se cret' host=y",
        "postgres://user@machine/db?PASSWORD=secret"}) {
    CAPTURE(secret);
    for (const std::string& error : {errorOf("store", secret), errorOf("stroe", secret)}) {
      CAPTURE(error);
      CHECK(has(error, "***"));
      CHECK_FALSE(has(error, "cret"));
    }
  }
}

TEST_CASE("a store that names no database, or one of another kind, is refused") {
  for (const std::string bad : {"", "sqlite3://", "postgresql://", "sqlite3:/tmp/x", "mysql://db=x"}) {
    CAPTURE(bad);
    CHECK(has(errorOf("store", bad), acceptedOf("store")));
  }
}

TEST_CASE("a node's name is a line of text") {
  for (const std::string& bad : {std::string{}, std::string("two\nlines"), std::string(256, 'n')}) {
    CAPTURE(bad);
    CHECK(has(errorOf("node", bad), "liveness_node"));
    CHECK(has(errorOf("node", bad), acceptedOf("node")));
  }
}

TEST_CASE("a value of a wrong type is refused, and shown as what it is") {
  for (const OptionInfo& info : knownOptions()) {
    const std::string& name = info.name;
    CAPTURE(name);
    const bool text = name == "store" || name == "node" || name == "held_presence";
    std::vector<OptionValue> bad;
    bad.emplace_back(UnsupportedValue{"a list of 3"});
    if (name == "ping" || text)
      bad.emplace_back(17.0);
    else
      bad.emplace_back(std::string("a while"));
    if (name != "ping") bad.emplace_back(true);
    const char* const shown[] = {"a list of 3", name == "ping" || text ? "17" : "\"a while\"", "true"};
    for (std::size_t i = 0; i < bad.size(); ++i) {
      const std::string error = errorOf(name, bad[i]);
      CAPTURE(error);
      CHECK(has(error, "liveness_" + name));
      CHECK(has(error, shown[i]));
      CHECK(has(error, acceptedOf(name)));
      CHECK_FALSE(has(error, "\n"));
    }
  }
}

TEST_CASE("a number written as text is not a number") {
  CHECK_FALSE(errorOf("idle_timeout", std::string("360")).empty());
  CHECK_FALSE(errorOf("ping_attempts", std::string("2")).empty());
  CHECK_FALSE(errorOf("ping", std::string("true")).empty());
}

TEST_CASE("an error is one line, whatever the value has in it") {
  const std::string error =
      errorOf("idle_timeout", std::string("first\nsecond\r\n\tthird\x1b[31m") + std::string(100'000, 'x'));
  CHECK_FALSE(error.empty());
  CHECK(
      std::none_of(error.begin(), error.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
  CHECK(error.size() < 2000);
  const std::string unknown = errorOf("idle\ntimeout", 1.0);
  CHECK_FALSE(unknown.empty());
  CHECK_FALSE(has(unknown, "\n"));
}

TEST_CASE("a misspelt option is refused with the one that was meant") {
  const std::pair<const char*, const char*> all[] = {{"idle_timout", "liveness_idle_timeout"},
                                                     {"idletimeout", "liveness_idle_timeout"},
                                                     {"Idle_Timeout", "liveness_idle_timeout"},
                                                     {"pings", "liveness_ping"},
                                                     {"ping_attempt", "liveness_ping_attempts"},
                                                     {"ping_atempts", "liveness_ping_attempts"},
                                                     {"storage", "liveness_store"},
                                                     {"stor", "liveness_store"}};
  for (const auto& [written, meant] : all) {
    const std::string error = errorOf(written, 5.0);
    CAPTURE(error);
    CHECK(has(error, std::string("liveness_") + written));
    const std::size_t suggestion = error.find(meant, error.find(written) + std::string(written).size());
    CHECK(suggestion != std::string::npos);
    CHECK_FALSE(has(error, "\n"));
  }
}

TEST_CASE("an option that is like no other is refused too") {
  CHECK(has(errorOf("frobnicate", true), "liveness_frobnicate"));
  CHECK_FALSE(has(errorOf("frobnicate", true), "did you mean"));
  CHECK(has(errorOf("", true), "liveness_"));
}

TEST_CASE("one bad option among good ones is the one that is named") {
  try {
    Policy::fromOptions({{"idle_timeout", 100.0}, {"ping", true}, {"ping_attempts", 99.0}}, "");
    FAIL("accepted");
  } catch (const OptionError& error) {
    CHECK(has(error.what(), "ping_attempts"));
    CHECK_FALSE(has(error.what(), "liveness_"));
    CHECK(has(error.what(), "99"));
  }
}

TEST_CASE("the table of options is what is accepted, and every row says something") {
  CHECK(knownOptions().size() == 13);
  for (const OptionInfo& info : knownOptions()) {
    CAPTURE(info.name);
    CHECK_FALSE(info.name.empty());
    CHECK_FALSE(info.accepted.empty());
    CHECK_FALSE(info.meaning.empty());
    CHECK_FALSE(has(errorOf(info.name, UnsupportedValue{"a list"}), "unknown"));
  }
}

TEST_CASE("a host's own options are judged with the plugin's, and leave the policy as it is") {
  const std::vector<HostOption> of_host{
      {{"page", "false", "true or false", "whether there is a page"},
       [](const OptionValue& value) { return std::holds_alternative<bool>(value); }}};
  const auto judge = [&](const Options& options) -> std::string {
    try {
      const Policy policy = Policy::fromOptions(options, "liveness_", of_host);
      CHECK(policy.ping_attempts == 3);
    } catch (const OptionError& error) {
      return error.what();
    }
    return {};
  };
  CHECK(judge({{"page", true}, {"ping_attempts", 3.0}}).empty());
  const std::string bad = judge({{"page", TextList{"yes", "two\nlines"}}});
  CHECK(has(bad, "value { \"yes\", \"two?lines\" } of option liveness_page: accepted is true or false"));
  CHECK(has(judge({{"pages", true}}), "did you mean liveness_page?"));
  CHECK(has(judge({{"something", true}}), "liveness_page"));
  CHECK(has(judge({{"ping_attempts", TextList{}}}), "{ }"));
  CHECK(judge({{"page", TextList(10'000, "10.0.0.0/8")}}).size() < 500);
  CHECK(has(errorOf("page", true), "unknown"));
}

TEST_SUITE_END();
}  // namespace liveness::tests
