// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The writer while its database is away, and at its end.

#include <algorithm>
#include <exception>
#include <utility>

#include "store/counted.h"
#include "store/utc_now.h"
#include "store/writer.h"

namespace liveness::store {

void Writer::onWorked() {
  back_off_.reset();
  answerer_.onWriterAway(false);
  if (!trouble_) return;
  if (!trouble_->told) return trouble_.reset();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - trouble_->since);
  const auto written = counters_.written.load(std::memory_order_relaxed) - trouble_->written_before;
  tell(Notice::Level::info, "works again after " + std::to_string(seconds.count()) + " s and " +
                                counted(trouble_->failures, "failed attempt", "failed attempts") + "; " +
                                records(written) + " that waited " + (written == 1 ? "is" : "are") +
                                " on disk");
  trouble_.reset();
}

void Writer::onFailed(DatabaseError::Kind kind, const std::string& why) {
  database_->close();
  answerer_.onWriterAway(true);
  pulse_.beat();
  open_ = false;
  keeper_.onAway();
  counters_.failures.fetch_add(1, std::memory_order_relaxed);

  const auto now = Clock::now();
  const bool unfit = kind == DatabaseError::Kind::unfit;
  if (!trouble_) {
    const auto times = troubles_.happened(1, now);
    trouble_ = Trouble{now, now, 0, counters_.written.load(std::memory_order_relaxed), times != 0};
    const auto& spool = keeper_.spool();
    if (times != 0)
      tell(unfit ? Notice::Level::error : Notice::Level::warning,
           why + ". Until then the latest logouts of each user are kept in memory" +
               (spool.wanted() ? " and in the spool file " + spool.path() : "") + ", and tried again; " +
               records(counters_.waiting.load(std::memory_order_relaxed)) + " so far" +
               (times > 1 ? "; the " + std::to_string(times) + "th time since it was last said" : "") +
               (troubles_.isSilent() ? ". It comes and goes: that is said now and then" : ""));
  }
  ++trouble_->failures;
  trouble_->retry_at = now + (unfit ? BackOff::kLongest : back_off_.next());
  spool();
}

/// What waits outlives a crash.
void Writer::spool() {
  auto& spool = keeper_.spool();
  if (!spool.wanted() || Clock::now() < spool_at_) return;
  pulse_.beat();
  try {
    tellSetAside(spool.put(keeper_.run(), waiting_, heard_, utcNow()));
  } catch (const std::exception& e) {
    onSpoolFailed("what waits is in memory alone, and lost with a crash", e.what());
  }
}

void Writer::tellSetAside(const std::optional<Spool::Taken>& before) {
  if (!before) return;
  tell(Notice::Level::error, "the spool file " + keeper_.spool().path() + " of before: " + describe(*before));
}

/// What was in it is in the database.
void Writer::dropSpool() {
  auto& spool = keeper_.spool();
  if (!spool.holds() || Clock::now() < spool_at_) return;
  try {
    spool.drop(keeper_.run(), utcNow());
  } catch (const std::exception& e) {
    onSpoolFailed("it stays there, though all of it is on record", e.what());
  }
}

/// It is tried again, but not for each logout.
void Writer::onSpoolFailed(const std::string& what, const std::string& why) {
  spool_at_ = Clock::now() + BackOff::kLongest;
  if (trouble_ && std::exchange(trouble_->spool_told, true)) return;
  if (spool_troubles_.happened(1, Clock::now()) != 0)
    tell(Notice::Level::error, "the spool file " + keeper_.spool().path() + ": " + why + "; " + what);
}

void Writer::finish() {
  collectRest();
  stopping_ = true;
  back_off_.reset();
  if (trouble_) trouble_->retry_at = Clock::now();
  for (auto give_up_at = Clock::now() + timing_.patience; !idle() || (keeper_.begun() && !keeper_.ended());) {
    const auto left = waiting_.size();
    work();
    if (!trouble_) continue;
    if (waiting_.size() < left) give_up_at = Clock::now() + timing_.patience;
    if (trouble_->retry_at >= give_up_at) return giveUp();
    mailbox_.waitUntil(trouble_->retry_at);
  }
  answerer_.end();
  if (const auto left = answerer_.unanswered(); left != 0)
    tell(Notice::Level::warning,
         counted(left, "look-up", "look-ups") + " could not be answered before the stop");
}

void Writer::giveUp() {
  answerer_.end();
  std::string text = "still does not work at the stop";
  const auto unwritten = counters_.waiting.load(std::memory_order_relaxed);
  auto level = Notice::Level::error;
  auto& spool = keeper_.spool();
  if (!waiting_.empty() || keeper_.begun()) {
    const bool has_all = spool.hasAll();
    if (spool.wanted()) try {
        tellSetAside(spool.putLast(keeper_.run(), waiting_, utcNow()));
        level = Notice::Level::warning;
        text += "; " + records(unwritten) + " and the word of an orderly stop went to the spool file " +
                spool.path() + ", which the next start takes in";
      } catch (const std::exception& e) {
        text += "; " + records(unwritten) + (has_all ? " went to" : " lost:") + " the spool file " +
                spool.path() + (has_all ? ", but not the word of an orderly stop: " : ": ") + e.what();
      }
    else if (unwritten != 0)
      text += "; " + records(unwritten) + " lost";
  }
  if (const auto left = questions_.size() + answerer_.unanswered(); left != 0)
    text += "; " + counted(left, "look-up", "look-ups") + " answered with nothing";
  tell(level, text);
}

void Writer::tell(Notice::Level level, const std::string& what) {
  mailbox_.tell({level, "store " + database_->name() + ": " + what});
}

}  // namespace liveness::store
