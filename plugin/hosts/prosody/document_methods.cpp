// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The documents that the page and scripts read: JSON, made here and passed on by Lua as it is. A question's
// parameters come as a list of names and values in turn.

#include <utility>

#include "hosts/clock.h"
#include "hosts/prosody/border.h"
#include "report/json.h"
#include "report/questions.h"
#include "report/why.h"

namespace liveness::hosts::prosody {

namespace {

report::Parameters parametersIn(const std::vector<std::string>& texts) {
  report::Parameters parameters;
  for (std::size_t i = 0; i + 1 < texts.size(); i += 2) parameters.emplace_back(texts[i], texts[i + 1]);
  return parameters;
}

/// Pushes what is in `document`, which is a large text often, and lets go of it.
int pushDocument(lua_State* L, Instance& self) {
  lua_pushlstring(L, self.document.data(), self.document.size());
  self.document = {};
  return 1;
}

/// false, and what is wrong with the question: in `error`.
int pushRefusal(lua_State* L, Instance& self) {
  lua_pushboolean(L, 0);
  lua_pushlstring(L, self.error.data(), self.error.size());
  return 2;
}

/// plugin:begin_page(parameters) -> the page's number | nil: there are too many just now | false, what is
/// wrong with the question
int beginPage(lua_State* L) {
  Instance& self = checkOpen(L);
  checkTexts(L, 2, self.texts);
  std::uint64_t page = 0;
  bool good = false;
  if (auto question = report::readSessionsQuestion(parametersIn(self.texts), self.error)) {
    page = self.board.beginPage(readClocks(), *std::move(question));
    good = true;
  }
  if (!good) return pushRefusal(L, self);
  if (page == 0) return 0;
  lua_pushinteger(L, static_cast<lua_Integer>(page));
  return 1;
}

/// plugin:continue_page(number) -> its document | false: call again, after others had their turn | nil: there
/// is no such page
int continuePage(lua_State* L) {
  Instance& self = checkOpen(L);
  const auto page = static_cast<std::uint64_t>(luaL_checkinteger(L, 2));
  using Progress = report::Board::Progress;
  switch (self.board.continuePage(*self.plugin, readClocks(), page, self.document)) {
    case Progress::done:
      return pushDocument(L, self);
    case Progress::going_on:
      lua_pushboolean(L, 0);
      return 1;
    case Progress::unknown:
      break;
  }
  return 0;
}

/// plugin:give_up_page(number)
int giveUpPage(lua_State* L) {
  Instance& self = checkOpen(L);
  self.board.giveUpPage(static_cast<std::uint64_t>(luaL_checkinteger(L, 2)));
  return 0;
}

/// plugin:session_document(id) -> document | nil: nothing is known of it, or no longer
int sessionDocument(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  bool known = false;
  {
    const Now now = readClocks();
    const auto session = self.plugin->session(now, id);
    const auto timeline = self.plugin->timeline(now, id);
    known = session || !timeline.empty();
    const auto why = session ? report::explain(*session, self.policy) : std::vector<std::string>{};
    if (known) self.document = report::sessionJson(now.utc, session, why, timeline);
  }
  return known ? pushDocument(L, self) : 0;
}

/// plugin:jid_of(id) -> full JID | nil: it is not here
int jidOf(lua_State* L) {
  Instance& self = checkOpen(L);
  const SessionId id = checkSession(L, 2);
  self.document.clear();
  if (const auto session = self.plugin->session(readClocks(), id)) self.document = session->full_jid;
  return self.document.empty() ? 0 : pushDocument(L, self);
}

/// plugin:stats_document() -> document
int statsDocument(lua_State* L) {
  Instance& self = checkOpen(L);
  const Now now = readClocks();
  self.document = report::statsJson(now.utc, self.plugin->stats(now), self.board.ticks());
  return pushDocument(L, self);
}

/// plugin:series_document(parameters) -> document | false, what is wrong with the question
int seriesDocument(lua_State* L) {
  Instance& self = checkOpen(L);
  checkTexts(L, 2, self.texts);
  const auto span = report::readSpan(parametersIn(self.texts), self.error);
  if (!span) return pushRefusal(L, self);
  const report::Series& series = self.board.series();
  const bool is_close = *span <= series.hour().span();
  self.document = report::seriesJson(readClocks().utc, is_close ? series.hour() : series.day());
  return pushDocument(L, self);
}

/// plugin:ask_users(parameters) -> token; the answer is a document | false, what is wrong with the question
int askUsers(lua_State* L) {
  Instance& self = checkOpen(L);
  checkTexts(L, 2, self.texts);
  const std::uint64_t token = ++self.last_token;
  bool good = false;
  if (const auto question = report::readUsersQuestion(parametersIn(self.texts), self.error)) {
    good = true;
    self.store->findUsers(*question, [&self, token, question = *question](const FoundUsers& found) {
      self.answers.push_back({token, report::usersJson(readClocks().utc, question, found)});
    });
  }
  return good ? pushToken(L, self, token) : pushRefusal(L, self);
}

/// Asks for a user's last logout, then for those before, then answers with both.
void findUser(Instance& self, std::uint64_t token, const std::string& jid, std::size_t limit) {
  const auto found = [&self, token, jid, limit](const std::optional<LastSeen>& seen) {
    self.store->findHistory(jid, limit, [&self, token, jid, seen](const std::vector<LastSeen>& all) {
      const Now now = readClocks();
      self.answers.push_back({token, report::userJson(now.utc, jid, self.plugin->user(now, jid), seen, all)});
    });
  };
  self.plugin->findLastSeen(readClocks(), jid, found);
}

/// plugin:ask_user(bare_jid, parameters) -> token; the answer is a document | false, what is wrong with the
/// question
int askUser(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument jid = checkText(L, 2);
  checkTexts(L, 3, self.texts);
  const std::uint64_t token = ++self.last_token;
  const auto limit = report::readHistoryLimit(parametersIn(self.texts), self.error);
  if (!limit) return pushRefusal(L, self);
  findUser(self, token, jid.str(), *limit);
  return pushToken(L, self, token);
}

}  // namespace

void registerDocumentMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"begin_page", guarded<beginPage>},
      {"continue_page", guarded<continuePage>},
      {"give_up_page", guarded<giveUpPage>},
      {"session_document", guarded<sessionDocument>},
      {"jid_of", guarded<jidOf>},
      {"stats_document", guarded<statsDocument>},
      {"series_document", guarded<seriesDocument>},
      {"ask_users", guarded<askUsers>},
      {"ask_user", guarded<askUser>},
      {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
