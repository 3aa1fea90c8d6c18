// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/sorted_runs.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace liveness::report {

using Sort = SessionsQuestion::Sort;

namespace {

constexpr std::int64_t kLast = std::numeric_limits<std::int64_t>::max();

/// The first eight bytes, so that numbers compare as the texts do.
std::int64_t beginning(std::string_view text) {
  std::uint64_t n = 0;
  for (std::size_t i = 0; i < 8; ++i)
    n = n << 8 | (i < text.size() ? static_cast<unsigned char>(text[i]) : 0);
  return static_cast<std::int64_t>(n ^ (std::uint64_t{1} << 63));
}

std::string_view resourceOf(std::string_view jid) {
  const std::size_t slash = jid.find('/');
  return slash == std::string_view::npos ? std::string_view{} : jid.substr(slash + 1);
}

/// nullopt: there is no value, which is last in either direction.
std::optional<std::int64_t> valueOf(const SessionInfo& info, UtcTime now, Sort sort) {
  switch (sort) {
    case Sort::jid:
      return beginning(info.full_jid);
    case Sort::resource:
      return beginning(resourceOf(info.full_jid));
    case Sort::state:
      return static_cast<std::int64_t>(info.state);
    case Sort::heard:
      return info.last_heard.time_since_epoch().count();
    case Sort::round_trip:
      if (!info.round_trip) return std::nullopt;
      return info.round_trip->count();
    case Sort::presence:
      return presenceRank(info);
    case Sort::transport:
      return static_cast<std::int64_t>(info.transport);
    case Sort::next:
      if (info.next == Next::nothing) return std::nullopt;
      return (now + info.next_in).time_since_epoch().count();
    case Sort::opened:
      return info.opened_at.time_since_epoch().count();
  }
  return std::nullopt;
}

std::int64_t rankOf(const SessionInfo& info, UtcTime now, Sort sort, bool descending) {
  const auto value = valueOf(info, now, sort);
  if (!value) return kLast;
  return descending ? ~*value : *value;  // unlike a minus it has a result for every number
}

struct Texts {
  std::string_view jid;
  std::string_view resource;
  SessionId id;
};

/// Of two sessions of one rank.
bool textsLess(const Texts& a, const Texts& b, Sort sort, bool descending) {
  int order = sort == Sort::resource ? a.resource.compare(b.resource)
              : sort == Sort::jid    ? a.jid.compare(b.jid)
                                     : 0;
  if (descending) order = -order;
  if (order == 0) order = a.jid.compare(b.jid);
  if (order != 0) return order < 0;
  return a.id.toInteger() < b.id.toInteger();
}

}  // namespace

int presenceRank(const SessionInfo& info) noexcept {
  constexpr int kNone = 5;  // after all that rankOf() says
  return info.presence ? rankOf(info.presence->show) : kNone;
}

SortedRuns::SortedRuns(Sort sort, bool descending, std::size_t wanted)
    : sort_(sort), descending_(descending), wanted_(wanted) {}

bool SortedRuns::before(const SessionInfo& a, const SessionInfo& b, UtcTime now, Sort sort, bool descending) {
  const std::int64_t rank_a = rankOf(a, now, sort, descending);
  const std::int64_t rank_b = rankOf(b, now, sort, descending);
  if (rank_a != rank_b) return rank_a < rank_b;
  return textsLess({a.full_jid, resourceOf(a.full_jid), a.id}, {b.full_jid, resourceOf(b.full_jid), b.id},
                   sort, descending);
}

SortedRuns::Key SortedRuns::keyOf(const SessionInfo& info, UtcTime now, std::string& texts) const {
  constexpr std::size_t kLongest = std::numeric_limits<std::uint16_t>::max();  // a JID has at most 3071 bytes
  const std::size_t size = std::min(info.full_jid.size(), kLongest);
  Key key{rankOf(info, now, sort_, descending_), info.id, static_cast<std::uint32_t>(texts.size()),
          static_cast<std::uint16_t>(size),
          static_cast<std::uint16_t>(size - std::min(size, resourceOf(info.full_jid).size()))};
  texts.append(info.full_jid, 0, size);
  return key;
}

bool SortedRuns::less(const Key& a, const Run& of_a, const Key& b, const Run& of_b) const {
  if (a.rank != b.rank) return a.rank < b.rank;
  const auto texts = [](const Key& key, const Run& run) {
    const std::string_view jid = std::string_view{run.texts}.substr(key.jid_at, key.jid_size);
    return Texts{jid, jid.substr(key.resource_at), key.id};
  };
  return textsLess(texts(a, of_a), texts(b, of_b), sort_, descending_);
}

bool SortedRuns::cannotCount(const Key& key) const {
  return bounded_ && less(runs_[best_run_].keys.back(), runs_[best_run_], key, open_);
}

bool SortedRuns::add(const SessionInfo& info, UtcTime now) {
  if (wanted_ == 0) return false;
  const Key key = keyOf(info, now, open_.texts);
  if (cannotCount(key)) {
    open_.texts.resize(key.jid_at);
    return false;
  }
  open_.keys.push_back(key);
  return true;
}

void SortedRuns::closeRun() {
  Run run = std::exchange(open_, Run{});
  if (run.keys.empty()) return;
  const auto first = [&](const Key& a, const Key& b) { return less(a, run, b, run); };
  if (run.keys.size() > wanted_) {
    const auto end = run.keys.begin() + static_cast<std::ptrdiff_t>(wanted_);
    std::nth_element(run.keys.begin(), end, run.keys.end(), first);
    keepWanted(run);
  }
  std::sort(run.keys.begin(), run.keys.end(), first);
  runs_.push_back(std::move(run));

  const Run& last = runs_.back();
  if (last.keys.size() < wanted_) return;
  const Run& best = runs_[best_run_];
  if (!bounded_ || less(last.keys.back(), last, best.keys.back(), best)) best_run_ = runs_.size() - 1;
  bounded_ = true;
}

void SortedRuns::keepWanted(Run& run) {
  std::vector<Key> kept(run.keys.begin(), run.keys.begin() + static_cast<std::ptrdiff_t>(wanted_));
  std::string texts;
  for (Key& key : kept) {
    const auto at = static_cast<std::uint32_t>(texts.size());
    texts.append(run.texts, key.jid_at, key.jid_size);
    key.jid_at = at;
  }
  run.keys = std::move(kept);
  run.texts = std::move(texts);
}

void SortedRuns::beginMerge() {
  merging_ = true;
  for (std::size_t i = 0; i < runs_.size(); ++i) heap_.push_back(i);
}

std::optional<SessionId> SortedRuns::next() {
  const auto later = [this](std::size_t a, std::size_t b) {
    return less(runs_[b].keys[runs_[b].next], runs_[b], runs_[a].keys[runs_[a].next], runs_[a]);
  };
  if (!merging_) {
    beginMerge();
    std::make_heap(heap_.begin(), heap_.end(), later);
  }
  if (heap_.empty()) return std::nullopt;
  std::pop_heap(heap_.begin(), heap_.end(), later);
  Run& run = runs_[heap_.back()];
  const SessionId id = run.keys[run.next++].id;
  if (run.next == run.keys.size())
    heap_.pop_back();
  else
    std::push_heap(heap_.begin(), heap_.end(), later);
  return id;
}

}  // namespace liveness::report
