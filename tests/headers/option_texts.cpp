// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The manual and the sample configuration say of every option, and of every command, what the plugin says.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "hosts/prosody/own_options.h"
#include "liveness/policy.h"

namespace {

const std::string kPrefix = "liveness_";

/// Of the plugin, and of what only Prosody's adapter does.
std::vector<liveness::OptionInfo> allOptions() {
  auto all = liveness::knownOptions();
  for (const liveness::HostOption& own : liveness::hosts::prosody::ownOptions()) all.push_back(own.info);
  return all;
}

std::vector<std::string> linesOf(const char* path) {
  std::ifstream file(path);
  REQUIRE_MESSAGE(file, "cannot read " << path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

bool startsWith(const std::string& text, const std::string& start) {
  return text.rfind(start, 0) == 0;
}

/// What stands in the manual below each `.It Sy liveness_...`, with one blank where a line ends.
std::map<std::string, std::string> manualEntries() {
  const std::string item = ".It Sy " + kPrefix;
  std::map<std::string, std::string> entries;
  std::string name;
  for (const std::string& line : linesOf(LIVENESS_MANUAL)) {
    if (startsWith(line, item)) {
      name = line.substr(item.size());
    } else if (startsWith(line, ".")) {
      name.clear();
    } else if (!name.empty()) {
      entries[name] += line + ' ';
    }
  }
  return entries;
}

struct SampleEntry {
  std::string comment;  ///< the lines above, with one blank where a line ends
  std::string value;
};

/// By the name of the option, what stands in the sample configuration: a comment of some lines, and below it
/// `--liveness_name = value`.
std::map<std::string, SampleEntry> sampleEntries() {
  std::map<std::string, SampleEntry> entries;
  std::string comment;
  for (const std::string& line : linesOf(LIVENESS_SAMPLE)) {
    const auto equals = line.find(" = ");
    if (startsWith(line, "-- ")) {
      comment += line.substr(3) + ' ';
    } else if (startsWith(line, "--" + kPrefix) && equals != std::string::npos) {
      const auto name = line.substr(2 + kPrefix.size(), equals - 2 - kPrefix.size());
      entries[name] = {comment, line.substr(equals + 3)};
      comment.clear();
    } else {
      comment.clear();
    }
  }
  return entries;
}

/// Whether a default is what one would write in the configuration, and not a description of it.
bool isLiteral(const std::string& value) {
  return value == "true" || value == "false" || value.find_first_of("0123456789\"{") == 0;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

template <class Entries>
void checkNothingElse(const Entries& entries) {
  std::set<std::string> known;
  for (const liveness::OptionInfo& option : allOptions()) known.insert(option.name);
  for (const auto& entry : entries)
    CHECK_MESSAGE(known.count(entry.first) == 1, "no such option: " << entry.first);
}

}  // namespace

TEST_SUITE("headers/option texts") {
  TEST_CASE("the manual says of every option what the plugin says") {
    auto entries = manualEntries();
    for (const liveness::OptionInfo& option : allOptions()) {
      CAPTURE(option.name);
      REQUIRE_MESSAGE(entries.count(option.name) == 1, "not in " LIVENESS_MANUAL);
      const auto& entry = entries[option.name];
      CHECK(entry ==
            option.meaning + ". Accepted: " + option.accepted + ". Default: " + option.default_value + ". ");
    }
    checkNothingElse(entries);
  }

  TEST_CASE("the sample configuration says of every option what the plugin says") {
    auto entries = sampleEntries();
    for (const liveness::OptionInfo& option : allOptions()) {
      CAPTURE(option.name);
      REQUIRE_MESSAGE(entries.count(option.name) == 1, "not in " LIVENESS_SAMPLE);
      const auto& entry = entries[option.name];
      CHECK(contains(entry.comment, option.meaning + ' '));
      CHECK(contains(entry.comment, "accepted: " + option.accepted + ' '));
      if (isLiteral(option.default_value)) {
        CHECK(entry.value == option.default_value);
      } else {
        CHECK(contains(entry.comment, "default: " + option.default_value + ' '));
      }
    }
    checkNothingElse(entries);
  }

  TEST_CASE("the manual has every command of the shell") {
    std::string manual;
    for (const std::string& line : linesOf(LIVENESS_MANUAL)) manual += line + '\n';
    const std::regex command("\\t\\{ \"(\\w+)\", \\{.*");
    std::size_t found = 0;
    for (const std::string& line : linesOf(LIVENESS_SHELL_HELP)) {
      std::smatch name;
      if (!std::regex_match(line, name, command)) continue;
      ++found;
      CHECK_MESSAGE(contains(manual, ".It Li liveness:" + name.str(1) + '('), name.str(1));
    }
    CHECK(found > 5);
  }

  TEST_CASE("every line of the sample configuration is a comment") {
    for (const std::string& line : linesOf(LIVENESS_SAMPLE))
      CHECK_MESSAGE((line.empty() || startsWith(line, "--")), line);
  }
}
