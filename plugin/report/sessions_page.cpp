// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "report/sessions_page.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "report/session_object.h"
#include "report/sorted_runs.h"
#include "report/words.h"

namespace liveness::report {

namespace {

// How much one step does: two or three milliseconds each on a machine of these days. A session that has to be
// put in order costs several times what it costs to look at it.
constexpr std::size_t kLooksAStep = 24'576;
constexpr std::size_t kLooksAKey = 6;
constexpr std::uint32_t kSlotsAtOnce = 1024;
constexpr std::size_t kMergedAStep = 12'288;
constexpr std::size_t kRowsAStep = 250;

// Of those in order so many more are kept than the page has rows: for those that are gone when it is made.
constexpr std::size_t kSpare = 100;

class PluginSessions : public SessionSource {
 public:
  explicit PluginSessions(const Plugin& plugin) : plugin_(plugin) {}
  std::uint32_t visit(const Now& now, std::uint32_t cursor, std::uint32_t slots,
                      const std::function<void(const SessionInfo&)>& visit) const override {
    return plugin_.visitSessions(now, cursor, slots, visit);
  }
  std::optional<SessionInfo> session(const Now& now, SessionId id) const override {
    return plugin_.session(now, id);
  }

 private:
  const Plugin& plugin_;
};

/// Says whether a session is one that was asked for.
class Filter {
 public:
  explicit Filter(const SessionsQuestion& question) : question_(question), needle_(question.text) {
    fold(needle_);
  }

  bool operator()(const SessionInfo& info) {
    if (question_.state && info.state != *question_.state) return false;
    if (question_.transport && info.transport != *question_.transport) return false;
    if (!question_.user.empty() && bareJid(info.full_jid) != question_.user) return false;
    return needle_.empty() || contains(info.full_jid) || (info.presence && contains(info.presence->status));
  }

 private:
  static std::string_view bareJid(std::string_view jid) { return jid.substr(0, jid.find('/')); }

  static void fold(std::string& text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }

  bool contains(const std::string& text) {
    folded_ = text;
    fold(folded_);
    return folded_.find(needle_) != std::string::npos;
  }

  const SessionsQuestion& question_;
  std::string needle_;
  std::string folded_;  // kept, so that no session costs an allocation
};

}  // namespace

class SessionsPage::Work {
 public:
  explicit Work(SessionsQuestion question)
      : question_(std::move(question)),
        filter_(question_),
        runs_(question_.sort, question_.descending,
              question_.limit == 0 ? 0 : question_.offset + question_.limit + kSpare) {}
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;

  bool step(const SessionSource& source, const Now& now) {
    switch (stage_) {
      case Stage::look:
        look(source, now);
        break;
      case Stage::skip:
        skip();
        break;
      case Stage::choose:
        choose(source, now);
        [[fallthrough]];
      case Stage::write:
        write();
        break;
      case Stage::done:
        break;
    }
    return stage_ == Stage::done;
  }

  const std::string& json() const {
    static const std::string nothing;
    return stage_ == Stage::done ? json_ : nothing;
  }

 private:
  enum class Stage : std::uint8_t { look, skip, choose, write, done };

  void look(const SessionSource& source, const Now& now) {
    if (!began_) began_ = now;
    std::size_t looks = 0;
    do {
      cursor_ = source.visit(*began_, cursor_, kSlotsAtOnce, [&](const SessionInfo& info) {
        ++total_;
        if (!filter_(info)) return;
        ++matched_;
        if (runs_.add(info, began_->utc)) looks += kLooksAKey;
      });
      looks += kSlotsAtOnce;
    } while (cursor_ != 0 && looks < kLooksAStep);
    runs_.closeRun();
    if (cursor_ == 0) stage_ = Stage::skip;
  }

  void skip() {
    const std::size_t end = std::min(question_.offset, skipped_ + kMergedAStep);
    while (skipped_ < end && runs_.next()) ++skipped_;
    if (skipped_ < end || skipped_ == question_.offset) stage_ = Stage::choose;
  }

  void choose(const SessionSource& source, const Now& now) {
    // One look at all rows, so that they are of one moment.
    while (rows_.size() < question_.limit) {
      const auto id = runs_.next();
      if (!id) break;
      auto info = source.session(now, *id);
      if (info && filter_(*info))
        rows_.push_back(std::move(*info));
      else
        --matched_;
    }
    // What decides their order may have changed since they were put in it.
    std::sort(rows_.begin(), rows_.end(), [&](const SessionInfo& a, const SessionInfo& b) {
      return SortedRuns::before(a, b, now.utc, question_.sort, question_.descending);
    });
    json_ = R"({"now":")" + utcExactly(now.utc) + R"(","total":)" + std::to_string(total_) +
            R"(,"matched":)" + std::to_string(matched_) + R"(,"offset":)" + std::to_string(question_.offset) +
            R"(,"limit":)" + std::to_string(question_.limit) + R"(,"sessions":[)";
    stage_ = Stage::write;
  }

  void write() {
    const std::size_t end = std::min(rows_.size(), written_ + kRowsAStep);
    for (; written_ < end; ++written_) {
      if (written_ > 0) json_ += ',';
      json_ += sessionObject(rows_[written_]);
    }
    if (written_ < rows_.size()) return;
    json_ += "]}";
    stage_ = Stage::done;
  }

  SessionsQuestion question_;
  Filter filter_;
  SortedRuns runs_;
  Stage stage_ = Stage::look;
  std::optional<Now> began_;  // all sessions are judged as of then, so that the same moment has one name
  std::uint32_t cursor_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t matched_ = 0;
  std::size_t skipped_ = 0;
  std::vector<SessionInfo> rows_;
  std::size_t written_ = 0;
  std::string json_;
};

SessionsPage::SessionsPage(SessionsQuestion question) : work_(std::make_unique<Work>(std::move(question))) {}
SessionsPage::~SessionsPage() = default;
SessionsPage::SessionsPage(SessionsPage&&) noexcept = default;
SessionsPage& SessionsPage::operator=(SessionsPage&&) noexcept = default;

bool SessionsPage::step(const Plugin& plugin, const Now& now) {
  return step(PluginSessions(plugin), now);
}

bool SessionsPage::step(const SessionSource& source, const Now& now) {
  return work_->step(source, now);
}

const std::string& SessionsPage::json() const noexcept {
  return work_->json();
}

}  // namespace liveness::report
