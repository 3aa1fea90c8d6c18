// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fakes/world.h"
#include "simulation/oracle.h"
#include "simulation/random.h"

namespace liveness::simulation {

/// One story, told by a seed: a few users with their clients, networks that come and go, a host that stalls,
/// a date that is set, and a plugin that has to make sense of it.
class Schedule {
 public:
  /// With `trace`, keeps a line for each thing that happens.
  Schedule(std::uint64_t seed, bool trace);

  /// Plays to the end, or to the first thing that the plugin did wrong. True: all was well.
  bool play();

  const std::string& complaint() const { return oracle_->complaint(); }
  const std::string& description() const { return description_; }
  const std::vector<std::string>& lines() const { return lines_; }
  std::uint64_t steps() const { return steps_; }

 private:
  /// How a client takes a probe.
  enum class Manner { answers, answers_late, makes_noise, is_dead };

  void step();
  void end();
  void say(const std::string& what);
  void later(Duration in, std::function<void()> what);

  void openCrowd();
  void openSomebody();
  void open(const std::string& user, const std::string& resource);
  void adopt(const std::string& user, const std::string& resource, bool resumable);
  void meet(SessionId id, const std::string& user, const std::string& resource);
  void comeBack(SessionId id);
  void actOn(SessionId id);
  void speak(SessionId id);
  void changeStream(SessionId id);
  void troubleTheHost();
  void reload();
  void changeRules();
  void changeRule();
  void takeRules();
  void operate();
  void sendStale();
  void pass(Duration time);
  void tick();
  void handleProbe(SessionId id, std::uint32_t number);

  SessionId somebody();
  Duration someTime();
  std::string name(SessionId id) const;

  Random random_;
  bool trace_;
  fakes::HostKind kind_;
  Policy policy_;
  std::unique_ptr<fakes::World> world_;
  std::unique_ptr<Oracle> oracle_;
  std::string description_;
  std::vector<std::string> lines_;
  std::uint64_t steps_ = 0;
  bool has_operator_ = false;
  Random rules_random_;  ///< stories without it stay as they are
  bool changes_rules_ = false;
  int asked_ = 0;  ///< questions for a last seen that are unanswered
  std::size_t users_ = 1;
  std::size_t resources_ = 1;
  std::map<std::uint64_t, Manner> manners_;
  std::map<std::uint64_t, std::pair<std::string, std::string>> names_;  ///< user and resource
  std::multimap<MonotonicTime, std::function<void()>> agenda_;
  struct OldHandle {
    SessionId session;
    Heard heard;
    bool replaced;  ///< by that of the session's next stream
  };
  std::vector<OldHandle> handles_;
};

}  // namespace liveness::simulation
