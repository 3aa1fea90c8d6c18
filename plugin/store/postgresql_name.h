// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <soci/soci.h>

#include "store/batch.h"

namespace liveness::store::postgresql {

/// Takes the name of a run for as long as this connection lasts. Returns the number of the server's process
/// that serves it; 0: another connection has it.
int takeName(soci::session& sql, const Run& run);

/// Ends the connection that has it, if it is served by this process; 0: whichever. The server lets us only
/// where it is one of the same role.
void freeName(soci::session& sql, const Run& run, int taken_by);

}  // namespace liveness::store::postgresql
