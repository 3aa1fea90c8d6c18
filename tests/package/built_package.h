// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <filesystem>
#include <string>

namespace liveness::package {

/// The folders that meson tells of (LIVENESS_SOURCE, LIVENESS_BUILD). Throws Skip where it does not.
std::filesystem::path sourceFolder();
std::filesystem::path buildFolder();

/// The Debian package, built by packaging/deb and judged by lintian, once in a run. Throws Skip where what
/// builds it is not installed, std::runtime_error with all that was said where it does not build.
std::filesystem::path builtPackage();

/// The same with a lower version, in `folder`, and with a file of the module that the newer one has no more.
std::filesystem::path olderPackage(const std::filesystem::path& folder);
constexpr const char* kOlderVersion = "0.0.1";
constexpr const char* kFileOfTheOlder = "/usr/lib/prosody/modules/mod_liveness/was_here.lib.lua";

}  // namespace liveness::package
