// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "liveness/policy.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>

#include "core/secrets.h"

namespace liveness {

namespace {

constexpr double kMaxIdleSeconds = 30.0 * 24 * 3600;
constexpr double kMaxPingAttempts = 10;
constexpr double kMaxHeldGraceSeconds = 24.0 * 3600;
constexpr double kMaxLogoutRate = 100000;
constexpr double kMaxCheckpointSeconds = 3600;
constexpr double kMaxHistoryDays = 36500;
constexpr std::size_t kMaxNodeBytes = 255;
constexpr std::size_t kShownBytes = 100;  ///< of a bad value

/// An option: what it is called, what it takes and how it is taken. `take` answers whether the value is good.
struct Option {
  OptionInfo info;
  std::function<bool(const OptionValue&, Policy&)> take;
};

/// A number in a range; none where the value is something else. Written so that NaN, which compares with
/// nothing, is refused.
const double* numberWithin(const OptionValue& value, double least, double most) {
  const double* number = std::get_if<double>(&value);
  return number != nullptr && *number >= least && *number <= most ? number : nullptr;
}

bool takeWhole(const OptionValue& value, double least, double most, std::uint32_t& place) {
  const double* n = numberWithin(value, least, most);
  if (n == nullptr || std::floor(*n) != *n) return false;
  place = static_cast<std::uint32_t>(*n);
  return true;
}

bool takeSeconds(const OptionValue& value, double least, double most, std::chrono::milliseconds& place) {
  const double* seconds = numberWithin(value, least, most);
  if (seconds == nullptr) return false;
  place = std::chrono::milliseconds{std::llround(*seconds * 1000)};
  return true;
}

/// Zero, or a time that is long enough to be one.
bool takeTimeout(const OptionValue& value, std::chrono::milliseconds& place) {
  return takeSeconds(value, 0, 0, place) || takeSeconds(value, 1, kMaxIdleSeconds, place);
}

bool takeIdleTimeout(const OptionValue& value, Policy& policy) {
  return takeTimeout(value, policy.idle_timeout);
}

bool takeInactiveIdleTimeout(const OptionValue& value, Policy& policy) {
  return takeTimeout(value, policy.inactive_idle_timeout);
}

bool takePing(const OptionValue& value, Policy& policy) {
  const bool* flag = std::get_if<bool>(&value);
  if (flag == nullptr) return false;
  policy.ping = *flag;
  return true;
}

bool takePingAttempts(const OptionValue& value, Policy& policy) {
  return takeWhole(value, 1, kMaxPingAttempts, policy.ping_attempts);
}

bool takeHeldPresence(const OptionValue& value, Policy& policy) {
  const std::string* text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  if (*text == "unavailable")
    policy.held_presence = HeldPresence::unavailable;
  else if (*text == "away")
    policy.held_presence = HeldPresence::away;
  else if (*text == "keep")
    policy.held_presence = HeldPresence::keep;
  else
    return false;
  return true;
}

bool takeHeldGrace(const OptionValue& value, Policy& policy) {
  return takeSeconds(value, 0, kMaxHeldGraceSeconds, policy.held_grace);
}

bool takeMassMinimum(const OptionValue& value, Policy& policy) {
  return takeWhole(value, 1, std::numeric_limits<std::uint32_t>::max(), policy.mass_minimum);
}

bool takeMassShare(const OptionValue& value, Policy& policy) {
  const double* share = numberWithin(value, 0, 1);
  if (share == nullptr) return false;
  policy.mass_share = *share;
  return true;
}

bool takeLogoutRate(const OptionValue& value, Policy& policy) {
  return takeWhole(value, 1, kMaxLogoutRate, policy.logout_rate);
}

bool takeStore(const OptionValue& value, Policy& policy) {
  const std::string* text = std::get_if<std::string>(&value);
  if (text == nullptr) return false;
  for (const std::string scheme : {"sqlite3://", "postgresql://"}) {
    if (text->compare(0, scheme.size(), scheme) != 0 || text->size() == scheme.size()) continue;
    policy.store = *text;
    return true;
  }
  return false;
}

bool takeNode(const OptionValue& value, Policy& policy) {
  const std::string* text = std::get_if<std::string>(&value);
  const auto plain = [](unsigned char c) { return c >= 0x20 && c != 0x7f; };
  if (text == nullptr || text->empty() || text->size() > kMaxNodeBytes ||
      !std::all_of(text->begin(), text->end(), plain))
    return false;
  policy.node = *text;
  return true;
}

bool takeCheckpointInterval(const OptionValue& value, Policy& policy) {
  return takeSeconds(value, 1, kMaxCheckpointSeconds, policy.checkpoint_interval);
}

bool takeHistoryDays(const OptionValue& value, Policy& policy) {
  const double* days = numberWithin(value, 0, kMaxHistoryDays);
  if (days == nullptr) return false;
  policy.history = std::chrono::hours{static_cast<int>(std::ceil(*days * 24))};
  return true;
}

const std::vector<Option>& options() {
  static const std::vector<Option> all{
      {{"idle_timeout", "360", "0 (never) or a number of seconds from 1 to 2592000 (30 days)",
        "a client unheard for this long is logged out"},
       takeIdleTimeout},
      {{"ping", "true", "true or false", "probe a silent client from half of its idle timeout on"}, takePing},
      {{"ping_attempts", "2", "a whole number from 1 to 10",
        "probes between half and whole of the idle timeout, evenly spaced"},
       takePingAttempts},
      {{"inactive_idle_timeout", "1800", "0 (never) or a number of seconds from 1 to 2592000 (30 days)",
        "the same as idle_timeout, of a client that said it is inactive (XEP-0352)"},
       takeInactiveIdleTimeout},
      {{"held_presence", R"("unavailable")", R"("unavailable", "away" or "keep")",
        "what contacts see of a held session after the grace"},
       takeHeldPresence},
      {{"held_grace", "60", "a number of seconds from 0 to 86400 (a day)",
        "how long contacts see a held session as it was"},
       takeHeldGrace},
      {{"mass_minimum", "20", "a whole number from 1 to 4294967295",
        "so many clients that fall silent together are asked once more before any is logged out"},
       takeMassMinimum},
      {{"mass_share", "0.1", "a number from 0 to 1",
        "where they are at least this share of the clients that can fall silent"},
       takeMassShare},
      {{"logout_rate", "100", "a whole number from 1 to 100000",
        "silent clients that are logged out in any second, at most"},
       takeLogoutRate},
      {{"store", "an SQLite file in the host's data directory",
        R"("sqlite3:///path/of/the/file" or "postgresql://user:password@machine/database")",
        "where last seen is kept"},
       takeStore},
      {{"node", "the machine's name and the server's data directory", "a text of at most 255 bytes",
        "this server's name among those that share a database; no two that run may have the same"},
       takeNode},
      {{"checkpoint_interval", "60", "a number of seconds from 1 to 3600",
        "at most this much of when a client was last heard is lost by a crash"},
       takeCheckpointInterval},
      {{"history_days", "90", "a number of days from 0 (none is kept) to 36500",
        "how long single logouts are kept"},
       takeHistoryDays},
  };
  return all;
}

std::string describe(const OptionValue& value) {
  struct Visitor {
    std::string operator()(bool b) const { return b ? "true" : "false"; }
    std::string operator()(double d) const {
      char text[40];
      std::snprintf(text, sizeof text, "%.15g", d);
      return text;
    }
    std::string operator()(const std::string& s) const {
      // One line, whatever the configuration held, and no longer than a line should be.
      std::string quoted = "\"";
      for (char c : core::withoutPassword(s).substr(0, kShownBytes))
        quoted += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
      return quoted + (s.size() > kShownBytes ? "...\"" : "\"");
    }
    std::string operator()(const TextList& texts) const {
      std::string list;
      for (const std::string& text : texts) {
        list += list.empty() ? "{ " : ", ";
        if (list.size() > kShownBytes) return list + "... }";
        list += (*this)(text);
      }
      return list.empty() ? "{ }" : list + " }";
    }
    std::string operator()(const UnsupportedValue& v) const { return v.described; }
  };
  return std::visit(Visitor{}, value);
}

/// How many single-letter changes lie between two names (Levenshtein's distance).
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

[[noreturn]] void throwUnknown(const std::string& name, const OptionValue& value, const std::string& prefix,
                               const std::vector<HostOption>& of_host) {
  std::string names;
  std::string nearest;
  std::size_t nearest_distance = 4;  // farther than that is another word, not a slip of the finger
  const auto consider = [&](const std::string& known) {
    names += (names.empty() ? "" : ", ") + prefix + known;
    const std::size_t d = distance(name, known);
    if (d >= nearest_distance) return;
    nearest = known;
    nearest_distance = d;
  };
  for (const Option& option : options()) consider(option.info.name);
  for (const HostOption& option : of_host) consider(option.info.name);
  const std::string shown = describe(OptionValue{name});
  throw OptionError(
      "unknown option " + prefix + shown.substr(1, shown.size() - 2) + " (set to " + describe(value) + ")" +
      (nearest.empty() ? "" : ": did you mean " + prefix + nearest + "?") + " Accepted are: " + names);
}

/// The option of this name in a table of either kind; null where there is none.
template <class Table>
const typename Table::value_type* named(const std::string& name, const Table& table) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& option) { return option.info.name == name; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

Policy Policy::fromOptions(const Options& given, const std::string& prefix,
                           const std::vector<HostOption>& of_host) {
  Policy policy;
  for (const auto& [name, value] : given) {
    const OptionInfo* info = nullptr;
    bool good = false;
    if (const Option* option = named(name, options())) {
      info = &option->info;
      good = option->take(value, policy);
    } else if (const HostOption* own = named(name, of_host)) {
      info = &own->info;
      good = own->accepts(value);
    } else {
      throwUnknown(name, value, prefix, of_host);
    }
    if (!good)
      throw OptionError("bad value " + describe(value) + " of option " + prefix + name + ": accepted is " +
                        info->accepted);
  }
  return policy;
}

const std::vector<OptionInfo>& knownOptions() {
  static const std::vector<OptionInfo> infos = [] {
    std::vector<OptionInfo> all;
    for (const Option& option : options()) all.push_back(option.info);
    return all;
  }();
  return infos;
}

}  // namespace liveness
