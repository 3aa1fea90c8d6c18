// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/skip.h"

#include <unistd.h>

#include <cstdlib>
#include <sstream>

namespace liveness::support {

void requireProgram(const std::string& program, const std::string& package) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path == nullptr ? "/usr/bin" : path) + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (access(folder.append("/").append(program).c_str(), X_OK) == 0) return;
  throw Skip(program + " is not installed: apt-get install " + package);
}

void requireRoot(const std::string& what_for) {
  if (geteuid() != 0) throw Skip(what_for + " needs root: run the tests as root, or with sudo");
}

}  // namespace liveness::support
