// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include "store/batch.h"
#include "store/postgresql_values.h"

namespace liveness::store::postgresql {

/// What Database::write() does, without the transaction around it: one statement for each table and each few
/// thousand rows. Lives as long as its connection, at most.
class Writing {
 public:
  explicit Writing(soci::session& sql);
  Writing(const Writing&) = delete;
  Writing& operator=(const Writing&) = delete;

  std::uint64_t write(const Run& run, const Batch& batch);

 private:
  std::uint64_t beat(const Run& run);
  void forget(const std::vector<Forgotten>& users);
  void end(const Batch& batch);
  void remember(const Batch& batch);
  void see(const Batch& batch);
  void begin(const std::vector<const Store::Online*>& users);
  void putRight(const Run& run, const std::vector<const Store::Online*>& users);
  void hear(const std::vector<Store::LastHeard>& heard);
  void connect(std::vector<const Store::Connected*> users);

  /// Adds each of them to the columns, and runs the statements whenever there is enough.
  template <class Items, class Add>
  void inSlices(const Items& items, Add add, std::initializer_list<soci::statement*> statements);
  std::array<PostgresqlArray*, 12> columns() noexcept {
    return {&logins_,    &bare_jids_, &last_heard_at_,     &logged_out_at_, &available_since_, &causes_,
            &resources_, &statuses_,  &offline_presences_, &evidences_,     &accounts_,        &heres_};
  }

  // What the statements are bound to. A batch is one run's.
  long long run_ = 0, beats_ = 0, beats_now_ = 0;
  std::string now_, node_;
  soci::indicator has_node_ = soci::i_ok;
  int late_ = 0;
  std::string replaced_of_;
  long long replaced_ = 0;
  PostgresqlArray logins_, bare_jids_, last_heard_at_, logged_out_at_, available_since_;
  PostgresqlArray causes_, resources_, statuses_, offline_presences_, evidences_, accounts_, heres_;

  soci::statement beat_, forget_last_seen_, forget_logouts_, forget_online_users_, forget_connected_;
  soci::statement end_, replace_, remember_, see_, begin_, hear_, connect_;
  soci::statement forget_false_end_, see_again_, forget_false_seen_;
};

}  // namespace liveness::store::postgresql
