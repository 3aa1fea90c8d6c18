// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// From where the page may be asked for.

#include "hosts/prosody/border.h"

namespace liveness::hosts::prosody {

namespace {

using report::web::forwardingHeaders;

/// plugin:guard_page(list of networks, list of trusted proxies): what judge_asker() goes by from now on
int guardPage(lua_State* L) {
  Instance& self = checkOpen(L);
  checkTexts(L, 2, self.texts);
  checkTexts(L, 3, self.more_texts);
  self.gate = report::web::Gate(self.texts, self.more_texts);
  self.texts = {};
  self.more_texts = {};
  return 0;
}

/// Pushes the value of a header, as Prosody has them: with underscores in their names (net.http.server).
void pushHeader(lua_State* L, int headers, const char* name) {
  char key[32];
  std::snprintf(key, sizeof key, "%s", name);
  for (char& c : key)
    if (c == '-') c = '_';
  lua_getfield(L, headers, key);
}

/// plugin:judge_asker(peer, address, secure, headers) -> "none": let in | why not (report::web::Refusal)
/// The address and whether it is secure are as the server has them, after what it believes of the headers.
int judgeAsker(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument peer = checkText(L, 2);
  const TextArgument address = checkText(L, 3);
  const bool secure = lua_toboolean(L, 4) != 0;
  luaL_checktype(L, 5, LUA_TTABLE);
  const auto& known = forwardingHeaders();
  lua_settop(L, 5);
  luaL_checkstack(L, static_cast<int>(known.size()) + 4, nullptr);
  for (const auto& header : known) pushHeader(L, 5, header.name);

  self.asker = {peer.str(), address.str(), secure, {}};
  for (std::size_t i = 0; i < known.size(); ++i) {
    const int index = 6 + static_cast<int>(i);
    if (lua_isnil(L, index)) continue;
    std::size_t size = 0;
    const char* value = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &size) : nullptr;
    self.asker.headers.emplace_back(&known[i], value == nullptr ? std::string{} : std::string{value, size});
  }
  lua_pushstring(L, report::web::nameOf(self.gate.judge(self.asker)));
  return 1;
}

/// plugin:place_of(address) -> what guesses from there are counted by | nil: it is no address
int placeOf(lua_State* L) {
  Instance& self = checkOpen(L);
  const TextArgument text = checkText(L, 2);
  self.document.clear();
  if (const auto address = report::web::Address::parse(text.str())) self.document = address->place();
  if (self.document.empty()) return 0;
  lua_pushlstring(L, self.document.data(), self.document.size());
  return 1;
}

}  // namespace

void registerGateMethods(lua_State* L) {
  static const luaL_Reg kMethods[] = {
      {"guard_page", guarded<guardPage>},
      {"judge_asker", guarded<judgeAsker>},
      {"place_of", guarded<placeOf>},
      {nullptr, nullptr},
  };
  luaL_setfuncs(L, kMethods, 0);
}

}  // namespace liveness::hosts::prosody
