// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/prosody_log.h"

#include <algorithm>
#include <cctype>
#include <sstream>

namespace liveness::support {
namespace {

constexpr const char* kToldToStop = "\tReceived SIGTERM";
constexpr const char* kBegun = "\tHello and welcome to Prosody";

bool holds(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

/// Lines that begin with a blank belong to the one before.
std::vector<std::string> entriesOf(const std::string& log) {
  std::vector<std::string> entries;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    const bool goes_on = !entries.empty() && !line.empty() && std::isspace(line.front()) != 0;
    if (goes_on)
      entries.back() += '\n' + line;
    else
      entries.push_back(std::move(line));
  }
  return entries;
}

bool looksLikeError(const std::string& entry) {
  if (holds(entry, "\terror\t")) return true;
  std::string lower = entry;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* sign :
       {"traceback", "stack overflow", "addresssanitizer", "runtime error:", "attempt to "})
    if (holds(lower, sign)) return true;
  return false;
}

/// What failed is the last file that the first line names.
bool isOfInterruption(const std::string& entry) {
  const auto first = entry.substr(0, entry.find('\n'));
  const auto failed = first.rfind("/usr/lib/prosody/");
  if (failed == std::string::npos || !holds(first, "attempt to ")) return false;
  const auto where = first.substr(failed);
  return where.rfind("/usr/lib/prosody/modules/mod_c2s.lua:", 0) == 0 ||
         where.rfind("/usr/lib/prosody/net/server_epoll.lua:", 0) == 0;
}

}  // namespace

std::vector<std::string> errorsIn(const std::string& log, const std::vector<std::string>& expected) {
  std::vector<std::string> found;
  bool stopping = false;
  for (const auto& entry : entriesOf(log)) {
    if (holds(entry, kToldToStop)) stopping = true;
    if (holds(entry, kBegun)) stopping = false;
    if (!looksLikeError(entry) || (stopping && isOfInterruption(entry))) continue;
    if (std::none_of(expected.begin(), expected.end(), [&](const auto& text) { return holds(entry, text); }))
      found.push_back(entry);
  }
  return found;
}

bool stopCameToNothing(const std::string& log) {
  const auto told = log.rfind(kToldToStop);
  if (told == std::string::npos) return false;
  const auto entries = entriesOf(log.substr(told));
  return std::any_of(entries.begin(), entries.end(), [](const std::string& entry) {
    return isOfInterruption(entry) && holds(entry, "\tEncountered error: ");  // util.async, of main_thread
  });
}

}  // namespace liveness::support
