// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>
#include <vector>

#include "liveness/policy.h"
#include "liveness/session.h"

namespace liveness::report {

/// What state a session is in and why, and what happens next and when: plain sentences, one a line, for an
/// operator. `policy` is what its plugin was given. Of what a client said nothing is in it but its address.
std::vector<std::string> explain(const SessionInfo& session, const Policy& policy);

}  // namespace liveness::report
