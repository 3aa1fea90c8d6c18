// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// The end-to-end scenarios, with the Prosody, the plugin and the libraries that are installed in a clean
// Debian.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "package/roots.h"
#include "support/child_process.h"
#include "support/skip.h"

namespace liveness::package {
namespace {

/// Test cases in which the most different parts of it take part: the store and its older files, streams that
/// are resumed, prosodyctl, and the page.
constexpr const char* kScenarios =
    "--test-case=a logout with a status reaches the contact*,probes do not disturb the counting*,"
    "the records of the first version*,a user's history is the same*,every address is for an administrator*";
constexpr const char* kAllPassed = "| 5 passed | 0 failed |";

/// A program of this name, for the PATH, that is the root's: in there, with `shared` where it is outside.
/// That mount is of the program's own mount namespace, so nobody has to undo it.
void putDoor(const std::filesystem::path& bin, const std::string& program, const std::string& shared,
             const std::string& root) {
  support::writeFile(
      bin / program,
      "#!/bin/sh\nexec unshare --mount sh -c 'mount --bind \"$1\" \"$2$1\" && root=$2 && shift 2 "
      "&& exec chroot \"$root\" \"$@\"' sh '" +
          shared + "' '" + root + "' " + program + " \"$@\"\n");
  std::filesystem::permissions(bin / program, std::filesystem::perms{0755});
}

}  // namespace

TEST_SUITE("package") {
  TEST_CASE("what the end-to-end tests say of the build holds for what is installed") {
    const char* scenarios = std::getenv("LIVENESS_E2E_TEST");
    if (scenarios == nullptr) throw support::Skip("LIVENESS_E2E_TEST is not set: run this with `meson test`");
    const DebianRoot& root = installedRoot();
    const support::TempDir doors("lvdoors");
    const support::TempDir shared("lvs");
    std::filesystem::create_directories(root.path(shared.path()));
    for (const char* program : {"prosody", "prosodyctl"})
      putDoor(doors.path(), program, shared.path(), root.path("/"));
    const auto result =
        support::run({{"env", "PATH=" + doors.path().string() + ":" + std::getenv("PATH"),
                       "TMPDIR=" + shared.path().string(), "LIVENESS_PLUGINS=/usr/lib/prosody/modules",
                       scenarios, kScenarios, "--no-path-filenames=true"},
                      {},
                      {}});
    CHECK_MESSAGE(result.status == 0, result.output);
    std::string passed;  // without the blanks that fill columns
    std::unique_copy(result.output.begin(), result.output.end(), std::back_inserter(passed),
                     [](char a, char b) { return a == ' ' && b == ' '; });
    CHECK_MESSAGE(passed.find(kAllPassed) != std::string::npos, result.output);
  }
}

}  // namespace liveness::package
