// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/eventually.h"

namespace liveness::support {

/// How a program is to be run.
struct Command {
  std::vector<std::string> arguments{};  ///< the program itself is the first
  std::filesystem::path output{};        ///< file for stdout and stderr; empty: thrown away
  std::string network_namespace{};       ///< name of the one to run in; empty: the caller's
  int input = -1;                        ///< a descriptor to be its stdin; negative: there is none
};

/// A program that runs beside the test and cannot outlive it: it is killed with the object, and by the kernel
/// with the thread that started it.
class ChildProcess {
 public:
  explicit ChildProcess(const Command& command);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const noexcept { return pid_; }
  bool running();
  void signal(int number);

  /// The exit status (negative: the signal that ended it), or nullopt if it still runs after `deadline`.
  std::optional<int> wait(milliseconds deadline);

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

struct CommandResult {
  int status = 0;
  std::string output;  ///< stdout and stderr, as they came
};

/// Runs a program to its end. Throws std::runtime_error if that does not come before `deadline`.
CommandResult run(Command command, milliseconds deadline = kLongestRun);

/// Moves the calling thread into a named network namespace. Empty: does nothing. Throws std::runtime_error.
void enterNetworkNamespace(const std::string& name);

}  // namespace liveness::support
