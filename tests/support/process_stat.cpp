// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "support/process_stat.h"

#include <sstream>
#include <string>

#include "support/temp_dir.h"

namespace liveness::support {

std::optional<ProcessStat> processStat(pid_t pid) {
  const std::string stat = readFile("/proc/" + std::to_string(pid) + "/stat");
  const auto after_name = stat.rfind(')');
  if (after_name == std::string::npos) return std::nullopt;
  std::istringstream rest(stat.substr(after_name + 1));
  ProcessStat said;
  rest >> said.state >> said.parent;
  return said;
}

}  // namespace liveness::support
