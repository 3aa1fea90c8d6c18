// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <vector>

#include "liveness/policy.h"

namespace liveness::hosts::prosody {

/// The options of what only this adapter's Lua serves. They are judged here, with the plugin's own, so that a
/// bad one is the same clear error; their values stay where they are, in Prosody's configuration
/// (setup.lib.lua), and Lua may trust them.
const std::vector<HostOption>& ownOptions();

}  // namespace liveness::hosts::prosody
