// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

namespace liveness {

/// A bad option. what() is one line for the server's log that names the option, the value and what is
/// accepted.
class OptionError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A value of a type that no option takes (a function, a list of more than texts); carries what to call it in
/// the error.
struct UnsupportedValue {
  std::string described;
};

using TextList = std::vector<std::string>;

/// An option as a host's configuration has it, before anybody judged it.
using OptionValue = std::variant<bool, double, std::string, TextList, UnsupportedValue>;
using Options = std::map<std::string, OptionValue>;  ///< by name, without the host's prefix

/// One row of the table of options: for documentation, help texts and the test that they agree.
struct OptionInfo {
  std::string name;
  std::string default_value;
  std::string accepted;
  std::string meaning;
};

/// An option that only one host has, for what it serves itself: judged with the others, but no part of the
/// Policy.
struct HostOption {
  OptionInfo info;
  bool (*accepts)(const OptionValue& value);
};

/// What contacts see of a held session, after the grace.
enum class HeldPresence : std::uint8_t { unavailable, away, keep };

/// What the operator decided. A value, copied into the plugin; the defaults are those of a server that nobody
/// configured.
struct Policy {
  std::chrono::milliseconds idle_timeout{std::chrono::seconds{360}};  ///< zero: nobody is ever logged out
  std::chrono::milliseconds inactive_idle_timeout{
      std::chrono::seconds{1800}};  ///< the same, of an inactive client
  bool ping = true;
  std::uint32_t ping_attempts = 2;
  HeldPresence held_presence = HeldPresence::unavailable;
  std::chrono::milliseconds held_grace{std::chrono::seconds{60}};

  /// Sessions that fall silent together are doubted where they are so many, and such a share of those that
  /// could have fallen silent.
  std::uint32_t mass_minimum = 20;
  double mass_share = 0.1;
  std::uint32_t logout_rate = 100;  ///< timed-out clients that are logged out in any second, at most

  std::string store;  ///< SOCI connection string; empty: the host's default
  std::string node;   ///< this server's name among those that share a database; empty: the host's default
  std::chrono::milliseconds checkpoint_interval{std::chrono::seconds{60}};
  std::chrono::hours history{90 * 24};  ///< zero: single logouts are not kept

  /// Judges a whole configuration, with the options `of_host`. `prefix` is only for the error's text
  /// ("liveness_"). Throws OptionError at the first unknown name or bad value.
  static Policy fromOptions(const Options& options, const std::string& prefix,
                            const std::vector<HostOption>& of_host = {});
};

/// Of every host.
const std::vector<OptionInfo>& knownOptions();

}  // namespace liveness
