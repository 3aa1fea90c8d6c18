// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>

namespace liveness::stanza {

/// The offline presence to keep of an unavailable presence (RFC 6121 section 4.5) that a client sent: the
/// stanza without `to`, as one well-formed element of at most kMaxPresenceBytes. Of a larger one only its
/// <status/> texts are left, in their languages, each cut to kMaxStatusBytes. Empty where there is nothing to
/// keep: no child, or not a presence stanza.
std::string offlinePresence(const std::string& xml);

}  // namespace liveness::stanza
