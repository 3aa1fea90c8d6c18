// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <stdexcept>
#include <string>

namespace liveness::support {

/// Something that the test needs is not on this machine. what() says what to install or to be. The test's
/// main() prints it and exits with kSkipped, which meson reports as a skip.
class Skip : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

constexpr int kSkipped = 77;

/// Throws Skip where `program` is not on the PATH; `package` is Debian's that has it.
void requireProgram(const std::string& program, const std::string& package);

/// Throws Skip unless the process may make network namespaces.
void requireRoot(const std::string& what_for);

}  // namespace liveness::support
