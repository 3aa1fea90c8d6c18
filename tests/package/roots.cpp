// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "package/roots.h"

#include "package/built_package.h"

namespace liveness::package {

const DebianRoot& freshRoot() {
  static const DebianRoot root;
  return root;
}

const DebianRoot& installedRoot() {
  static const DebianRoot root(freshRoot(), builtPackage());
  return root;
}

}  // namespace liveness::package
