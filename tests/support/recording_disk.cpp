// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/recording_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <new>
#include <stdexcept>
#include <utility>

namespace liveness::support {
namespace {

using Kind = RecordingDisk::Event::Kind;

constexpr std::size_t kSector = 512;
constexpr const char* kName = "liveness-recording";

RecordingDisk* recorder = nullptr;
sqlite3_vfs* real = nullptr;
sqlite3_vfs ours;

/// What SQLite holds as an open file; the real one lies right behind it.
struct File {
  sqlite3_file base;
  std::string* name;  ///< null: a temporary file, which is nobody's business
};

File* ourFile(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);
}
sqlite3_file* realFile(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(ourFile(file) + 1);
}
template <auto Method, class... Args>
int pass(sqlite3_file* file, Args... args) {
  return (realFile(file)->pMethods->*Method)(realFile(file), args...);
}

void note(sqlite3_file* file, Kind kind, std::size_t offset = 0, std::string bytes = {}) {
  if (ourFile(file)->name != nullptr && recorder != nullptr)
    recorder->note({kind, *ourFile(file)->name, offset, std::move(bytes)});
}

int closeFile(sqlite3_file* file) {
  delete std::exchange(ourFile(file)->name, nullptr);
  return pass<&sqlite3_io_methods::xClose>(file);
}

int writeFile(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  note(file, Kind::written, static_cast<std::size_t>(offset),
       std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size)));
  return pass<&sqlite3_io_methods::xWrite>(file, bytes, size, offset);
}

int truncateFile(sqlite3_file* file, sqlite3_int64 size) {
  note(file, Kind::truncated, static_cast<std::size_t>(size));
  return pass<&sqlite3_io_methods::xTruncate>(file, size);
}

// Counts only once it has been done.
int flushFile(sqlite3_file* file, int flags) {
  const int result = pass<&sqlite3_io_methods::xSync>(file, flags);
  if (result == SQLITE_OK) note(file, Kind::flushed);
  return result;
}

const sqlite3_io_methods kMethods = {
    2,  // without those that map the file into memory: their writes would not be seen
    closeFile,
    pass<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    writeFile,
    truncateFile,
    flushFile,
    pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    pass<&sqlite3_io_methods::xLock, int>,
    pass<&sqlite3_io_methods::xUnlock, int>,
    pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
    pass<&sqlite3_io_methods::xFileControl, int, void*>,
    pass<&sqlite3_io_methods::xSectorSize>,
    pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    pass<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    pass<&sqlite3_io_methods::xShmLock, int, int, int>,
    [](sqlite3_file* file) { realFile(file)->pMethods->xShmBarrier(realFile(file)); },
    pass<&sqlite3_io_methods::xShmUnmap, int>,
    nullptr,
    nullptr};

std::string nameOf(const char* path) {
  return std::filesystem::path(path).filename().string();
}

int openFile(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out_flags) {
  constexpr int kKept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
  auto* opened = new (file) File{{nullptr}, nullptr};
  const bool is_new = path != nullptr && !std::filesystem::exists(path);
  const int result = real->xOpen(real, path, realFile(file), flags, out_flags);
  if (realFile(file)->pMethods == nullptr) return result;
  opened->base.pMethods = &kMethods;
  if (path == nullptr || (flags & kKept) == 0) return result;
  opened->name = new std::string(nameOf(path));
  if (is_new) note(file, Kind::created);
  return result;
}

int removeFile(sqlite3_vfs*, const char* path, int flush_folder) {
  const int result = real->xDelete(real, path, flush_folder);
  if (result == SQLITE_OK && recorder != nullptr) recorder->note({Kind::removed, nameOf(path)});
  return result;
}

void put(std::string& content, std::size_t offset, const std::string& bytes) {
  content.resize(std::max(content.size(), offset + bytes.size()));
  std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<std::ptrdiff_t>(offset));
}

void apply(std::string& content, const RecordingDisk::Event& event) {
  if (event.kind == Kind::written) put(content, event.offset, event.bytes);
  if (event.kind == Kind::truncated) content.resize(event.offset);
}

/// What was not flushed: all of it, nothing, or some of its sectors.
void applyByChance(std::string& content, const RecordingDisk::Event& event, std::mt19937& random) {
  const auto chance = random() % 4;
  if (chance == 0) return;
  if (chance == 1 || event.kind != Kind::written) return apply(content, event);
  for (std::size_t at = 0; at < event.bytes.size(); at += kSector)
    if (random() % 2 == 0) put(content, event.offset + at, event.bytes.substr(at, kSector));
}

}  // namespace

RecordingDisk::RecordingDisk() {
  real = sqlite3_vfs_find(nullptr);
  ours = *real;
  ours.zName = kName;
  ours.szOsFile = static_cast<int>(sizeof(File)) + real->szOsFile;
  ours.xOpen = openFile;
  ours.xDelete = removeFile;
  recorder = this;
  if (sqlite3_vfs_register(&ours, 1) != SQLITE_OK) throw std::runtime_error("SQLite takes no other disk");
}

RecordingDisk::~RecordingDisk() {
  end();
}

void RecordingDisk::end() {
  if (recorder != this) return;
  sqlite3_vfs_unregister(&ours);
  sqlite3_vfs_register(real, 1);
  recorder = nullptr;
}

std::size_t RecordingDisk::moment() const {
  const std::lock_guard lock(mutex_);
  return events_.size();
}

void RecordingDisk::note(Event event) {
  const std::lock_guard lock(mutex_);
  events_.push_back(std::move(event));
}

void RecordingDisk::layDown(const std::filesystem::path& folder, std::size_t moment,
                            std::mt19937& random) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::size_t> last_flush;  // one past it
  for (std::size_t i = 0; i < moment; ++i)
    if (events_[i].kind == Kind::flushed) last_flush[events_[i].file] = i + 1;
  std::map<std::string, std::string> files;
  for (std::size_t i = 0; i < moment; ++i) {
    const Event& event = events_[i];
    if (event.kind == Kind::created) files[event.file].clear();
    if (event.kind == Kind::removed) files.erase(event.file);
    if (event.kind == Kind::removed || event.kind == Kind::created) continue;
    if (i < last_flush[event.file])
      apply(files[event.file], event);
    else
      applyByChance(files[event.file], event, random);
  }
  for (const auto& [name, content] : files)
    std::ofstream(folder / name, std::ios::binary)
        .write(content.data(), static_cast<std::streamsize>(content.size()));
}

}  // namespace liveness::support
