// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "liveness/plugin.h"
#include "report/sessions_question.h"

namespace liveness::report {

/// Where the sessions of a page come from: the plugin, or a test.
class SessionSource {
 public:
  virtual ~SessionSource() = default;

  /// As Plugin::visitSessions().
  virtual std::uint32_t visit(const Now& now, std::uint32_t cursor, std::uint32_t slots,
                              const std::function<void(const SessionInfo&)>& visit) const = 0;
  virtual std::optional<SessionInfo> session(const Now& now, SessionId id) const = 0;
};

/// The answer to one question about sessions, as JSON, put together in steps of a few milliseconds, so that
/// the host's thread serves its clients in between.
///
/// It shows the sessions in the order in which they were when the first step was made. Those that came later
/// may be missing; those that went or changed meanwhile, so that they no longer answer the question, are left
/// out. Nothing is there twice.
class SessionsPage {
 public:
  explicit SessionsPage(SessionsQuestion question);
  ~SessionsPage();
  SessionsPage(SessionsPage&&) noexcept;
  SessionsPage& operator=(SessionsPage&&) noexcept;

  /// Does a part of the work. True: json() is the answer, and further steps do nothing.
  bool step(const Plugin& plugin, const Now& now);
  bool step(const SessionSource& source, const Now& now);

  /// {"now", "total", "matched", "offset", "limit", "sessions": [...]}; empty before it is done.
  const std::string& json() const noexcept;

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace liveness::report
