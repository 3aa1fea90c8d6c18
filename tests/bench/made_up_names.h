// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>

namespace liveness::bench {

/// The bare JID of a user. Users do not come and go in the order of their names: a multiplication scatters
/// them.
inline std::string nameOf(std::size_t user) {
  char jid[64];
  std::snprintf(jid, sizeof jid, "user-%010u@chat.example.org",
                static_cast<unsigned>(user * std::size_t{2654435761}));
  return jid;
}

}  // namespace liveness::bench
