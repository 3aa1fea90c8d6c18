// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "store/reader.h"

namespace liveness::store {

class Waiting;

// What Store's functions of these names ask.

struct FindLastSeen {
  std::string bare_jid;
};
struct FindHistory {
  std::string bare_jid;
  std::size_t limit = 0;
};
struct FindInactive {
  UtcTime before{};
  std::size_t limit = 0;
};
struct CountActive {
  std::vector<UtcTime> since;
};
struct FindUnknown {
  std::vector<std::string> bare_jids;
};
struct FindUsers {
  UsersQuestion question;
};

using Question = std::variant<FindLastSeen, FindHistory, FindInactive, CountActive, FindUnknown, FindUsers>;
using Answer = std::variant<std::optional<LastSeen>, std::vector<LastSeen>, Store::Inactive,
                            std::vector<std::uint64_t>, std::vector<std::string>, FoundUsers>;

/// One of them, and the number that its answer is known by.
struct Asked {
  std::uint64_t number = 0;
  Question question;
};
struct Reply {
  std::uint64_t number = 0;
  Answer answer;
};

/// The answer to a question that there is none to.
Answer noAnswer(const Question& question);

/// Of a domain's users, where the question is about all of them.
Answer answerTo(const Question& question, const std::string& domain, Reader& reader);

/// For the log.
std::string subjectOf(const Question& question);

/// Questions in the order in which they were asked, each of which waits for the news that came before it.
class Questions {
 public:
  void put(Asked asked, const Waiting& waiting);

  bool empty() const noexcept { return asked_.empty(); }
  std::size_t size() const noexcept { return asked_.size(); }

  /// Takes the first one; nullopt where there is none, or where it has to wait.
  std::optional<Asked> takeReady(const Waiting& waiting);

 private:
  struct Put {
    Asked asked;
    std::uint64_t after = 0;  // those news are gone that have a smaller number
  };

  std::deque<Put> asked_;
};

}  // namespace liveness::store
