// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "store/questions.h"

#include <utility>

#include "core/bounded_text.h"
#include "core/overloaded.h"
#include "store/news.h"
#include "store/waiting.h"

namespace liveness::store {

namespace {

/// Whom a question is about; nullptr: about many.
const std::string* userOf(const Question& question) {
  if (const auto* one = std::get_if<FindLastSeen>(&question)) return &one->bare_jid;
  if (const auto* one = std::get_if<FindHistory>(&question)) return &one->bare_jid;
  return nullptr;
}

}  // namespace

Answer noAnswer(const Question& question) {
  return std::visit(core::Overloaded{
                        [](const FindLastSeen&) -> Answer { return std::optional<LastSeen>{}; },
                        [](const FindHistory&) -> Answer { return std::vector<LastSeen>{}; },
                        [](const FindInactive&) -> Answer { return Store::Inactive{}; },
                        [](const CountActive&) -> Answer { return std::vector<std::uint64_t>{}; },
                        [](const FindUnknown&) -> Answer { return std::vector<std::string>{}; },
                        [](const FindUsers&) -> Answer { return FoundUsers{}; },
                    },
                    question);
}

Answer answerTo(const Question& question, const std::string& domain, Reader& reader) {
  return std::visit(
      core::Overloaded{
          [&](const FindLastSeen& q) -> Answer { return reader.find(q.bare_jid); },
          [&](const FindHistory& q) -> Answer { return reader.history(q.bare_jid, q.limit); },
          [&](const FindInactive& q) -> Answer { return reader.inactive(domain, q.before, q.limit); },
          [&](const CountActive& q) -> Answer { return reader.active(domain, q.since); },
          [&](const FindUnknown& q) -> Answer { return reader.unknown(q.bare_jids); },
          [&](const FindUsers& q) -> Answer { return reader.users(domain, q.question); },
      },
      question);
}

std::string subjectOf(const Question& question) {
  const std::string* user = userOf(question);
  return user != nullptr ? *user : "a question about all users";
}

void Questions::put(Asked asked, const Waiting& waiting) {
  if (auto* one = std::get_if<FindLastSeen>(&asked.question))
    one->bare_jid = cleanJid(std::move(one->bare_jid));
  if (auto* one = std::get_if<FindHistory>(&asked.question))
    one->bare_jid = cleanJid(std::move(one->bare_jid));
  if (auto* all = std::get_if<FindUsers>(&asked.question))
    all->question.text = core::boundedText(all->question.text, UsersQuestion::kMaxTextBytes);
  asked_.push_back({std::move(asked), waiting.next()});
}

std::optional<Asked> Questions::takeReady(const Waiting& waiting) {
  if (asked_.empty()) return std::nullopt;
  Put& first = asked_.front();
  const std::string* user = userOf(first.asked.question);
  const bool waits = user != nullptr ? waiting.has(*user) : waiting.oldest() < first.after;
  if (waits) return std::nullopt;
  Asked ready = std::move(first.asked);
  asked_.pop_front();
  return ready;
}

}  // namespace liveness::store
