// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A spool file that anything may have happened to: what is taken in is bounded and valid, the file is dealt
// with, and it comes to an end. An input is a whole file, or, after the letter 'E', changes to a sound one:
// three bytes for where and one for what.

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "store/news.h"
#include "store/scripted_database.h"
#include "store/spool.h"
#include "store/spool_reader.h"
#include "support/temp_dir.h"

namespace {

using namespace liveness;
using namespace liveness::store;

void judge(const LastSeen& record) {
  const LastSeen clean = store::clean(record);
  if (clean.bare_jid != record.bare_jid || clean.resource != record.resource ||
      clean.status != record.status || clean.offline_presence != record.offline_presence)
    std::abort();
}

void judge(const Script& script) {
  for (const auto& [user, record] : script.rows) judge(record);
  for (const auto& [login, record] : script.history) judge(record);
  for (const auto& [login, user] : script.online)
    if (cleanJid(user.bare_jid) != user.bare_jid) std::abort();
  for (const std::string& user : script.forgotten)
    if (cleanJid(user) != user) std::abort();
}

const support::TempDir& folder() {
  static const support::TempDir made("liveness-fuzz");
  return made;
}

const std::string& soundSpool() {
  static const std::string bytes = [] {
    Waiting waiting;
    for (int i = 0; i < 40; ++i) {
      News news;
      news.bare_jid = "user" + std::to_string(i) + "@example.org";
      if (i % 7 == 0) news.forgotten = UtcTime{std::chrono::milliseconds{1795394688000}};
      LastSeen record;
      record.bare_jid = news.bare_jid;
      record.last_heard = record.logged_out_at = UtcTime{std::chrono::milliseconds{1795394688123}};
      record.resource = "phone";
      record.status = std::string(static_cast<std::size_t>(i) * 20, 's');
      record.offline_presence = i % 5 == 0 ? std::string(6000, 'p') : "";
      news.logouts.push_back({static_cast<std::uint64_t>(i) + 1, record});
      waiting.put(news);
    }
    const auto path = folder().path() / "sound";
    Spool(path.string()).putLast(Run{7, "node", "example.org", 0, {}}, waiting, UtcTime{});
    {
      News news;  // a run that died, with somebody who was here
      news.bare_jid = "romeo@example.org";
      news.login = Store::Online{1, news.bare_jid, "phone", UtcTime{}, UtcTime{}};
      waiting.put(news);
      Spool(path.string())
          .put(Run{9, "node", "example.org", 0, {}}, waiting, {{1, UtcTime{}}, {2, UtcTime{}}}, UtcTime{});
    }
    return support::readFile(path);
  }();
  return bytes;
}

std::string fileFrom(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || data[0] != 'E') return std::string(reinterpret_cast<const char*>(data), size);
  std::string bytes = soundSpool();
  for (std::size_t at = 1; at + 4 <= size; at += 4) {
    const std::size_t where = data[at] << 16 | data[at + 1] << 8 | data[at + 2];
    bytes[where % bytes.size()] = static_cast<char>(data[at + 3]);
  }
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = (folder().path() / "spool").string();
  support::writeFile(path, fileFrom(data, size));
  Spool spool(path);
  Script script;
  ScriptedDatabase database(script);
  try {
    const auto taken = spool.takeIn(database, UtcTime{}, true);
    if (!taken || std::filesystem::exists(path)) std::abort();
    if (taken->damage.size() > 10'000) std::abort();
    const std::string aside = path + ".spoiled";
    if (taken->aside.empty() == std::filesystem::exists(aside)) std::abort();
  } catch (const SpoolError& e) {
    if (e.spoiled) std::abort();
  }
  judge(script);
  for (const auto& left : std::filesystem::directory_iterator(folder().path()))
    if (left.path().filename() != "sound") std::filesystem::remove_all(left.path());
  return 0;
}
