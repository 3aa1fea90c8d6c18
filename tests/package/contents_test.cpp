// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// What is in the Debian package, and what `meson install` puts in place.
#include <doctest/doctest.h>

#include <set>
#include <sstream>
#include <stdexcept>

#include "package/built_package.h"
#include "support/child_process.h"
#include "support/skip.h"
#include "support/temp_dir.h"

namespace liveness::package {
namespace {

namespace fs = std::filesystem;

std::string outputOf(const std::vector<std::string>& arguments) {
  const auto result = support::run({arguments, {}, {}});
  REQUIRE_MESSAGE(result.status == 0, result.output);
  return result.output;
}

std::set<std::string> filesIn(const fs::path& folder) {
  std::set<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory()) files.insert(fs::relative(entry.path(), folder));
  return files;
}

/// Says which are in one of them only.
void checkSame(const std::set<std::string>& found, const std::set<std::string>& expected) {
  for (const auto& file : expected) CHECK_MESSAGE(found.count(file) == 1, "missing: " << file);
  for (const auto& file : found) CHECK_MESSAGE(expected.count(file) == 1, "not expected: " << file);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The package, unpacked.
struct Unpacked {
  Unpacked() { outputOf({"dpkg-deb", "--extract", builtPackage().string(), dir.path().string()}); }
  support::TempDir dir{"lvdeb"};
  fs::path module = dir.path() / "usr/lib/prosody/modules/mod_liveness";
};

/// A file of the package as `meson install` with the prefix /usr/local names it; "" for what only a Debian
/// has.
std::string withoutDebian(std::string file) {
  const std::string doc = "usr/share/doc/prosody-mod-liveness/";
  if (file == doc + "copyright" || file == doc + "changelog.gz") return {};
  if (file.size() > 3 && file.compare(file.size() - 3, 3, ".gz") == 0) file.resize(file.size() - 3);
  if (file.rfind("etc/", 0) == 0) return "usr/local/" + file;
  return "usr/local/" + file.substr(std::string("usr/").size());
}

}  // namespace

TEST_SUITE("package") {
  TEST_CASE("what lintian, the package's own maker and its lists of packages say fits together") {
    CHECK(fs::exists(builtPackage()));
    // What packaging/run installs for a build is what Debian's builders are told.
    const auto control = support::readFile(sourceFolder() / "packaging/debian/control");
    std::istringstream list(support::readFile(sourceFolder() / "packaging/packages/build"));
    for (std::string line; std::getline(list, line);) {
      const auto name = line.substr(0, line.find_first_of(" #"));
      if (name.empty() || name == "g++") continue;  // every builder has that
      CAPTURE(name);
      CHECK((contains(control, "\n " + name + ",\n") || contains(control, "\n " + name + " (")));
    }
  }

  TEST_CASE("the shared object has one door, and is hardened") {
    const Unpacked package;
    const auto object = (package.module / "liveness.so").string();
    std::istringstream symbols(
        outputOf({"nm", "--dynamic", "--defined-only", "--format=just-symbols", object}));
    std::set<std::string> exported;
    for (std::string name; symbols >> name;) exported.insert(name);
    CHECK(exported == std::set<std::string>{"luaopen_liveness"});
    const auto dynamic = outputOf({"readelf", "--wide", "--dynamic", "--program-headers", object});
    CHECK(contains(dynamic, "GNU_RELRO"));
    CHECK(contains(dynamic, "BIND_NOW"));
    CHECK_FALSE(contains(dynamic, "RUNPATH"));
    CHECK_FALSE(contains(dynamic, "RPATH"));
    CHECK_FALSE(contains(dynamic, "liblua"));  // it is the server's
    CHECK_FALSE(contains(dynamic, "RWE"));
    const auto needed = outputOf({"nm", "--dynamic", "--undefined-only", object});
    CHECK(contains(needed, "__stack_chk_fail"));
    CHECK(contains(needed, "_chk@"));
    CHECK_FALSE(contains(outputOf({"readelf", "--wide", "--sections", object}), ".symtab"));
  }

  TEST_CASE("Chart.js is Debian's own") {
    const Unpacked package;
    const auto link = package.module / "page/assets/chart.min.js";
    REQUIRE(fs::is_symlink(link));
    const auto target = fs::weakly_canonical(link.parent_path() / fs::read_symlink(link));
    CHECK(target == package.dir.path() / "usr/share/javascript/chart.js/chart.min.js");
  }

  TEST_CASE("`meson install` puts the same files in place as the package") {
    const Unpacked package;
    const support::TempDir destination("lvdest");
    outputOf({"env", "DESTDIR=" + destination.path().string(), "meson", "install", "--no-rebuild", "-C",
              buildFolder().string()});
    std::set<std::string> expected;
    for (const auto& file : filesIn(package.dir.path()))
      if (const auto name = withoutDebian(file); !name.empty()) expected.insert(name);
    // Beside a copy, where Debian has a link.
    expected.insert("usr/local/lib/prosody/modules/mod_liveness/page/assets/chart.min.js.copyright");
    checkSame(filesIn(destination.path()), expected);
  }

  TEST_CASE("the installed module is the drop-in folder of the build") {
    const Unpacked package;
    auto expected = filesIn(buildFolder() / "prosody/mod_liveness");
    expected.erase("page/assets/chart.min.js.copyright");
    checkSame(filesIn(package.module), expected);
  }
}

}  // namespace liveness::package
