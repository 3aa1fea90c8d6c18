// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "support/child_process.h"
#include "support/temp_dir.h"

namespace liveness::package {

/// A Debian in a folder of its own, to install into, gone with the object. What runs in it (chroot) sees its
/// files only, and this machine's processes and network. Nothing is mounted in it.
class DebianRoot {
 public:
  /// With Prosody and nothing else, from where this machine gets its own packages. Throws Skip where that
  /// cannot be: without root, mmdebstrap or a network.
  DebianRoot();

  /// A copy of one that nothing runs in; and with a package installed.
  DebianRoot(const DebianRoot& other);
  DebianRoot(const DebianRoot& other, const std::filesystem::path& deb);
  DebianRoot& operator=(const DebianRoot&) = delete;

  /// What to run for a program in it.
  std::vector<std::string> inside(const std::vector<std::string>& arguments) const;
  support::CommandResult run(const std::vector<std::string>& arguments) const;

  /// The same, of what cannot fail. Throws std::runtime_error with its output. Answers with that.
  std::string must(const std::vector<std::string>& arguments) const;

  /// With `apt-get install`, so with what it depends on, and without what it only recommends.
  std::string install(const std::filesystem::path& deb) const;

  std::filesystem::path path(const std::string& inside) const { return root_ / inside.substr(1); }

  /// The paths of all that is in it, but not what dpkg, apt and others keep of what they did.
  std::set<std::string> files() const;

 private:
  support::TempDir dir_{"lvroot"};
  std::filesystem::path root_ = dir_.path() / "root";
};

}  // namespace liveness::package
