// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

#include "liveness/session.h"

namespace liveness::report {

/// A session as a JSON object: what each document says of one. Not of a `gone` one.
std::string sessionObject(const SessionInfo& info);

}  // namespace liveness::report
