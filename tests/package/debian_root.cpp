// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "package/debian_root.h"

#include <unistd.h>

#include <sstream>
#include <stdexcept>

#include "support/skip.h"

namespace liveness::package {
namespace {

namespace fs = std::filesystem;
using support::CommandResult;
using support::Skip;

/// What the package is tried with: as packaging/packages/server has it.
constexpr const char* kInstalled = "--include=prosody,lua-readline,lua-unbound";

std::string must(const std::vector<std::string>& arguments) {
  const auto result = support::run({arguments, {}, {}});
  if (result.status == 0) return result.output;
  std::string all;
  for (const auto& word : arguments) all += word + ' ';
  throw std::runtime_error(all + "(status " + std::to_string(result.status) + "): " + result.output);
}

/// Where this machine's packages of Debian's "main" come from, as lines of a sources.list; and the name of
/// the release.
struct Sources {
  std::string release;
  std::string in_release;  ///< the address of the file that describes it
  std::vector<std::string> lines;
};

Sources sourcesOfThisMachine() {
  const auto targets = must({"apt-get", "indextargets", "--format",
                             "$(ORIGIN) $(COMPONENT) $(RELEASE) $(REPO_URI)", "Created-By: Packages"});
  Sources sources;
  std::istringstream in(targets);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string origin, component, release, uri;
    words >> origin >> component >> release >> uri;
    if (origin != "Debian" || component != "main") continue;
    if (release.find('-') == std::string::npos) {
      sources.release = release;
      sources.in_release = uri + "dists/" + release + "/InRelease";
    }
    sources.lines.push_back("deb " + uri + ' ' + release + " main");
  }
  if (sources.release.empty())
    throw Skip("no packages of Debian are known here: apt-get update, on a Debian");
  return sources;
}

/// Before mmdebstrap says it in many words.
void requireNetwork(const std::string& uri, const fs::path& scratch) {
  const auto file = scratch / "InRelease";
  if (support::run({{"/usr/lib/apt/apt-helper", "download-file", uri, file.string()}, {}, {}}).status != 0)
    throw Skip("Debian's packages cannot be reached: this needs a network");
  fs::remove(file);
}

}  // namespace

DebianRoot::DebianRoot() {
  support::requireRoot("making a Debian to install into");
  support::requireProgram("mmdebstrap", "mmdebstrap");
  const Sources sources = sourcesOfThisMachine();
  requireNetwork(sources.in_release, dir_.path());
  // Flushing every file to disk would take most of the time. The lists of packages stay, for apt in it.
  std::vector<std::string> command{"mmdebstrap",
                                   "--quiet",
                                   "--variant=apt",
                                   kInstalled,
                                   "--dpkgopt=force-unsafe-io",
                                   "--aptopt=Acquire::Languages \"none\"",
                                   "--skip=cleanup/apt/lists",
                                   sources.release,
                                   root_.string()};
  command.insert(command.end(), sources.lines.begin(), sources.lines.end());
  package::must(command);
  // A server that is installed is not to be started.
  support::writeFile(path("/usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n");
  fs::permissions(path("/usr/sbin/policy-rc.d"), fs::perms{0755});
  // How this machine gets to its packages.
  fs::copy_file("/etc/resolv.conf", path("/etc/resolv.conf"), fs::copy_options::overwrite_existing);
  std::istringstream config(package::must({"apt-config", "dump", "--format", "%F \"%v\";%n"}));
  std::string proxies;
  for (std::string line; std::getline(config, line);)
    if (line.find("::Proxy") != std::string::npos) proxies += line + '\n';
  support::writeFile(path("/etc/apt/apt.conf.d/99proxies"), proxies);
}

DebianRoot::DebianRoot(const DebianRoot& other) {
  package::must({"cp", "-a", "--reflink=auto", other.root_.string(), root_.string()});
}

DebianRoot::DebianRoot(const DebianRoot& other, const fs::path& deb) : DebianRoot(other) {
  install(deb);
}

std::vector<std::string> DebianRoot::inside(const std::vector<std::string>& arguments) const {
  std::vector<std::string> command{"env",
                                   "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                                   "DEBIAN_FRONTEND=noninteractive",
                                   "LC_ALL=C.UTF-8",
                                   "TMPDIR=/tmp",
                                   "chroot",
                                   root_.string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

CommandResult DebianRoot::run(const std::vector<std::string>& arguments) const {
  return support::run({inside(arguments), {}, {}});
}

std::string DebianRoot::must(const std::vector<std::string>& arguments) const {
  return package::must(inside(arguments));
}

std::string DebianRoot::install(const fs::path& deb) const {
  const std::string inside = "/tmp/" + deb.filename().string();
  fs::copy_file(deb, path(inside), fs::copy_options::overwrite_existing);
  const auto said = must({"apt-get", "-q", "install", "-y", "--no-install-recommends", inside});
  fs::remove(path(inside));
  return said;
}

std::set<std::string> DebianRoot::files() const {
  std::istringstream found(must({"find",  "/",     "-xdev",        "(",  "-path",  "/var/lib/dpkg",
                                 "-o",    "-path", "/var/lib/apt", "-o", "-path",  "/var/cache",
                                 "-o",    "-path", "/var/log",     "-o", "-path",  "/run",
                                 "-o",    "-path", "/tmp",         ")",  "-prune", "-o",
                                 "-print"}));
  std::set<std::string> files;
  for (std::string line; std::getline(found, line);) files.insert(line);
  return files;
}

}  // namespace liveness::package
