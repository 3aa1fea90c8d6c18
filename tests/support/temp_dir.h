// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <filesystem>
#include <string>

namespace liveness::support {

/// A folder of the test's own, gone with the object. With LIVENESS_KEEP set in the environment it stays, and
/// its path is printed: for looking at what went wrong.
class TempDir {
 public:
  explicit TempDir(const std::string& prefix = "liveness");
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

/// Throws std::runtime_error. Folders above the file are made.
void writeFile(const std::filesystem::path& file, const std::string& text);

/// Empty where there is none.
std::string readFile(const std::filesystem::path& file);

}  // namespace liveness::support
