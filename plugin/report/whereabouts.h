// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

#include "liveness/user_info.h"

namespace liveness::report {

/// Where a user is, in one sentence for an operator: what contacts see, and what is held. Empty where there
/// is neither.
std::string whereabouts(const std::string& bare_jid, const UserInfo& user);

}  // namespace liveness::report
