// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// A client's unavailable presence, as hostile as it comes: what is kept of it is bounded, well-formed, and
// kept unchanged when it comes again.

#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/bounded_text.h"
#include "liveness/presence.h"
#include "stanza/offline_presence.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  const std::string kept = liveness::stanza::offlinePresence(input);
  if (kept.size() > liveness::kMaxPresenceBytes) std::abort();
  if (!kept.empty() && liveness::stanza::offlinePresence(kept) != kept) std::abort();

  const std::string status = liveness::core::boundedText(input, liveness::kMaxStatusBytes);
  if (status.size() > liveness::kMaxStatusBytes) std::abort();
  if (liveness::core::boundedText(status, liveness::kMaxStatusBytes) != status) std::abort();
  return 0;
}
