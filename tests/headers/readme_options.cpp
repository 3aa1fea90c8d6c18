// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "hosts/prosody/own_options.h"
#include "liveness/policy.h"

namespace {

const std::string kPrefix = "liveness_";

/// The cells of a row of a Markdown table, without the blanks around them and without code marks.
std::vector<std::string> cellsOf(const std::string& row) {
  std::vector<std::string> cells;
  std::istringstream in(row.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    cell.erase(std::remove(cell.begin(), cell.end(), '`'), cell.end());
    const auto first = cell.find_first_not_of(' ');
    const auto last = cell.find_last_not_of(' ');
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return cells;
}

std::vector<std::vector<std::string>> optionRows() {
  std::ifstream readme(LIVENESS_README);
  REQUIRE_MESSAGE(readme, "cannot read " LIVENESS_README);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(readme, line);)
    if (line.rfind("| `" + kPrefix, 0) == 0) rows.push_back(cellsOf(line));
  return rows;
}

/// Of the plugin, and of what only Prosody's adapter does.
std::vector<liveness::OptionInfo> allOptions() {
  auto all = liveness::knownOptions();
  for (const liveness::HostOption& own : liveness::hosts::prosody::ownOptions()) all.push_back(own.info);
  return all;
}

}  // namespace

TEST_SUITE("headers/readme") {
  TEST_CASE("the README's table says of every option what the plugin says") {
    const auto rows = optionRows();
    for (const liveness::OptionInfo& option : allOptions()) {
      CAPTURE(option.name);
      const auto row = std::find_if(rows.begin(), rows.end(),
                                    [&](const auto& cells) { return cells[0] == kPrefix + option.name; });
      REQUIRE(row != rows.end());
      REQUIRE(row->size() == 4);
      CHECK((*row)[1] == option.default_value);
      CHECK((*row)[2] == option.accepted);
      CHECK((*row)[3] == option.meaning);
    }
  }

  TEST_CASE("the README's table holds no option that the plugin does not know") {
    std::set<std::string> known;
    for (const liveness::OptionInfo& option : allOptions()) known.insert(kPrefix + option.name);
    const auto rows = optionRows();
    CHECK(rows.size() == known.size());
    for (const auto& cells : rows) CHECK_MESSAGE(known.count(cells[0]) == 1, cells[0]);
  }
}
