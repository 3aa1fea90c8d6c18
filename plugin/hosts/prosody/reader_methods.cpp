// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A database that is read without a server: for the command line. All questions wait for their answers.

#include "store/reader.h"

#include <stdexcept>

#include "core/secrets.h"
#include "hosts/prosody/border.h"
#include "hosts/prosody/own_options.h"

namespace liveness::hosts::prosody {

namespace {

constexpr char kReaderMetatable[] = "liveness.reader";
constexpr lua_Integer kMaxRows = 100'000'000;  // whoever asks has nothing else to do

/// Owns what is on its way over the border, as Instance does.
struct ReaderInstance {
  Options options;
  std::string name;  ///< of the database, as an operator may read it
  std::unique_ptr<store::Reader> reader;
  Found found;
  std::vector<UtcTime> times;
  std::vector<std::string> texts;
};

/// What `ask` finds. What goes wrong says with which database.
template <class Ask>
auto asking(const ReaderInstance& self, Ask ask) {
  try {
    return ask();
  } catch (const std::exception& e) {
    throw std::runtime_error("store " + self.name + ": " + e.what());
  }
}

ReaderInstance& checkReader(lua_State* L) {
  auto* self = *static_cast<ReaderInstance**>(luaL_checkudata(L, 1, kReaderMetatable));
  if (self == nullptr || self->reader == nullptr) luaL_error(L, "this reader is closed");
  return *self;
}

int pushAnswer(lua_State* L, ReaderInstance& self) {
  luaL_checkstack(L, 6, nullptr);
  pushFound(L, self.found);
  return 1;
}

/// reader:history(bare_jid, limit) -> list of records, newest first
int history(lua_State* L) {
  ReaderInstance& self = checkReader(L);
  const TextArgument jid = checkText(L, 2);
  const std::size_t limit = checkLimit(L, 3, kMaxRows);
  self.found = asking(self, [&] { return self.reader->history(jid.str(), limit); });
  return pushAnswer(L, self);
}

/// reader:inactive(domain, before, limit) -> { total =, users = list of records }
int inactive(lua_State* L) {
  ReaderInstance& self = checkReader(L);
  const TextArgument domain = checkText(L, 2);
  const UtcTime before = checkTime(L, 3);
  const std::size_t limit = checkLimit(L, 4, kMaxRows);
  self.found = asking(self, [&] { return self.reader->inactive(domain.str(), before, limit); });
  return pushAnswer(L, self);
}

/// reader:active(domain, list of moments) -> list of counts
int active(lua_State* L) {
  ReaderInstance& self = checkReader(L);
  const TextArgument domain = checkText(L, 2);
  checkTimes(L, 3, self.times);
  self.found = asking(self, [&] { return self.reader->active(domain.str(), self.times); });
  return pushAnswer(L, self);
}

/// reader:unknown(list of bare JIDs) -> list of those of whom nothing is known
int unknown(lua_State* L) {
  ReaderInstance& self = checkReader(L);
  checkTexts(L, 2, self.texts);
  self.found = asking(self, [&] { return self.reader->unknown(self.texts); });
  return pushAnswer(L, self);
}

int collect(lua_State* L) {
  auto** place = static_cast<ReaderInstance**>(luaL_checkudata(L, 1, kReaderMetatable));
  delete *place;
  *place = nullptr;
  return 0;
}

}  // namespace

/// liveness.open_reader(options, default_store) -> reader | nil, message
int openReader(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  const TextArgument default_store = checkText(L, 2);
  luaL_checkstack(L, 8, nullptr);
  auto** place = static_cast<ReaderInstance**>(lua_newuserdatauv(L, sizeof(ReaderInstance*), 0));
  *place = nullptr;
  luaL_setmetatable(L, kReaderMetatable);
  *place = new ReaderInstance;
  ReaderInstance& self = **place;
  readOptions(L, 1, self.options);
  {
    Policy policy = Policy::fromOptions(self.options, kOptionPrefix, ownOptions());
    if (policy.store.empty()) policy.store = default_store.str();
    self.name = core::withoutPassword(policy.store);
    self.reader = asking(self, [&] { return store::openReader(policy.store); });
  }
  return 1;
}

void makeReaderMetatable(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"history", guarded<history>},
      {"inactive", guarded<inactive>},
      {"active", guarded<active>},
      {"unknown", guarded<unknown>},
      {nullptr, nullptr},
  };
  if (luaL_newmetatable(L, kReaderMetatable) != 0) {
    lua_pushcfunction(L, guarded<collect>);
    lua_setfield(L, -2, "__gc");
    lua_pushliteral(L, "liveness reader");  // no one gets at the metatable from Lua
    lua_setfield(L, -2, "__metatable");
    lua_newtable(L);
    luaL_setfuncs(L, kMethods, 0);
    lua_setfield(L, -2, "__index");
  }
  lua_pop(L, 1);
}

}  // namespace liveness::hosts::prosody
