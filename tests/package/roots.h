// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include "package/debian_root.h"

namespace liveness::package {

/// What the tests make copies of, each made once in a run. Nothing is run or changed in them.
const DebianRoot& freshRoot();      ///< with Prosody
const DebianRoot& installedRoot();  ///< with the package, too

}  // namespace liveness::package
