// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "package/built_package.h"

#include <cstdlib>
#include <regex>
#include <stdexcept>
#include <vector>

#include "support/child_process.h"
#include "support/skip.h"
#include "support/temp_dir.h"

namespace liveness::package {
namespace {

namespace fs = std::filesystem;
using support::Skip;

fs::path folderIn(const char* name) {
  const char* folder = std::getenv(name);
  if (folder == nullptr)
    throw Skip(std::string(name) + " is not set: run this with `meson test --suite package`");
  return folder;
}

std::string must(const std::vector<std::string>& arguments) {
  const auto result = support::run({arguments, {}, {}});
  if (result.status != 0) throw std::runtime_error(arguments.front() + ": " + result.output);
  return result.output;
}

fs::path build() {
  support::requireProgram("dpkg-buildpackage", "dpkg-dev");
  support::requireProgram("dh", "debhelper");
  support::requireProgram("lintian", "lintian");
  // Without what a debugger reads: nobody will, and a third of the time goes into it.
  const auto said = must({"env", "DEB_CXXFLAGS_STRIP=-g", "DEB_BUILD_OPTIONS=noautodbgsym",
                          (sourceFolder() / "packaging/deb").string(), "--no-install",
                          (buildFolder() / "package").string()});
  const auto end = said.find_last_not_of('\n');
  const auto begin = said.find_last_of('\n', end) + 1;
  return said.substr(begin, end + 1 - begin);
}

}  // namespace

fs::path sourceFolder() {
  return folderIn("LIVENESS_SOURCE");
}

fs::path buildFolder() {
  return folderIn("LIVENESS_BUILD");
}

fs::path builtPackage() {
  static const fs::path built = build();
  return built;
}

fs::path olderPackage(const fs::path& folder) {
  const auto unpacked = folder / "older";
  must({"dpkg-deb", "--raw-extract", builtPackage().string(), unpacked.string()});
  const auto control = unpacked / "DEBIAN/control";
  const std::regex version("Version: [^\n]*");
  support::writeFile(control, std::regex_replace(support::readFile(control), version,
                                                 std::string("Version: ") + kOlderVersion));
  support::writeFile(unpacked.string() + kFileOfTheOlder, "-- of the older version\n");
  const auto deb = folder / "older.deb";
  must({"dpkg-deb", "--root-owner-group", "-Znone", "--build", unpacked.string(), deb.string()});
  return deb;
}

}  // namespace liveness::package
