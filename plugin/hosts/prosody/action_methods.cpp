// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Time, and what the plugin wants done.

#include <optional>
#include <utility>

#include "hosts/clock.h"
#include "hosts/prosody/border.h"

namespace liveness::hosts::prosody {

namespace {

/// plugin:start(): the server has forked for the last time; the store may begin to work
int start(lua_State* L) {
  Instance& self = checkOpen(L);
  self.store->start();
  return 0;
}

/// plugin:tick() -> seconds until it wants to be called again
int tick(lua_State* L) {
  Instance& self = checkOpen(L);
  const Now now = readClocks();
  self.board.tickBegan(now);
  const auto wait = self.plugin->tick(now);
  self.tick_wait = wait;
  for (Notice& notice : self.store->takeNotices()) self.notices.push_back(std::move(notice));
  lua_pushnumber(L, static_cast<lua_Number>(wait.count()) / 1000.0);
  return 1;
}

int pushNotice(lua_State* L, Instance& self) {
  self.notice = std::move(self.notices.front());
  self.notices.pop_front();
  static const char* const kLevels[] = {"info", "warn", "error"};
  lua_pushstring(L, "log");
  lua_pushstring(L, kLevels[static_cast<std::size_t>(self.notice.level)]);
  lua_pushlstring(L, self.notice.text.data(), self.notice.text.size());
  return 3;
}

int pushAnswer(lua_State* L, Instance& self) {
  self.answer = std::move(self.answers.front());
  self.answers.pop_front();
  lua_pushstring(L, "answer");
  lua_pushinteger(L, static_cast<lua_Integer>(self.answer.token));
  pushFound(L, self.answer.found);
  self.answer = {};  // may be thousands of rows
  return 3;
}

int pushCommand(lua_State* L, Instance& self) {
  self.action = std::move(self.host->actions().front());
  self.host->actions().pop_front();
  if (const auto* probe = std::get_if<QueuedHost::ProbeAction>(&self.action)) {
    lua_pushstring(L, "probe");
    lua_pushinteger(L, static_cast<lua_Integer>(probe->session.toInteger()));
    lua_pushinteger(L, probe->probe.number);
    lua_pushstring(L, probe->probe.kind == Probe::Kind::ack_request ? "ack_request" : "ping");
    return 4;
  }
  if (const auto* shown = std::get_if<QueuedHost::ShowHeldAction>(&self.action)) {
    lua_pushstring(L, "show_held");
    lua_pushinteger(L, static_cast<lua_Integer>(shown->session.toInteger()));
    lua_pushboolean(L, shown->view.available ? 1 : 0);
    lua_pushnumber(L, toSeconds(shown->view.last_heard));
    return 4;
  }
  if (const auto* again = std::get_if<QueuedHost::ShowAgainAction>(&self.action)) {
    lua_pushstring(L, "show_again");
    lua_pushinteger(L, static_cast<lua_Integer>(again->session.toInteger()));
    return 2;
  }
  if (const auto* close = std::get_if<QueuedHost::CloseAction>(&self.action)) {
    lua_pushstring(L, "close");
    lua_pushinteger(L, static_cast<lua_Integer>(close->session.toInteger()));
    lua_pushstring(L, "connection-timeout");  // the one StreamError there is
    return 3;
  }
  if (const auto* end = std::get_if<QueuedHost::EndAction>(&self.action)) {
    lua_pushstring(L, "end_session");
    lua_pushinteger(L, static_cast<lua_Integer>(end->session.toInteger()));
    return 2;
  }
  if (const auto* wanted = std::get_if<QueuedHost::TickAction>(&self.action)) {
    self.board.tickAsked(readClocks(), wanted->delay);
    lua_pushstring(L, "tick");
    lua_pushnumber(L, static_cast<lua_Number>(wanted->delay.count()) / 1000.0);
    return 2;
  }
  // A broadcast is not among this host's commands: mod_presence sends it (Capabilities).
  lua_pushstring(L, "none");
  return 1;
}

/// plugin:next_action() -> kind, ... of the oldest thing to be done, or nothing:
///   "probe", session, number, "ping" or "ack_request" | "show_held", session, available, last_heard
///   "show_again", session | "close", session, condition | "end_session", session | "tick", seconds
///   "answer", token, what was found (question_methods.cpp) | "log", level, text
int nextAction(lua_State* L) {
  Instance& self = checkAny(L);
  luaL_checkstack(L, 8, nullptr);
  if (!self.notices.empty()) return pushNotice(L, self);
  if (!self.answers.empty()) return pushAnswer(L, self);
  if (self.host != nullptr && !self.host->actions().empty()) return pushCommand(L, self);
  // A tick takes until everything that it wanted is done.
  if (self.plugin != nullptr && self.tick_wait)
    self.board.tickEnded(*self.plugin, readClocks(), *std::exchange(self.tick_wait, std::nullopt));
  return 0;
}

/// plugin:close(log_out_everybody): everything that waits is put on disk; what is left to say are log actions
int close(lua_State* L) {
  Instance& self = checkAny(L);
  const bool log_out = lua_toboolean(L, 2) != 0;
  self.close(log_out);
  return 0;
}

}  // namespace

void registerActionMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"start", guarded<start>}, {"tick", guarded<tick>}, {"next_action", guarded<nextAction>},
      {"close", guarded<close>}, {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
