// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <string>
#include <vector>

#include "report/web/address.h"

namespace liveness::report::web {

/// Whom a header says that a request comes from: the client first, then each proxy but the last. nullopt
/// stands for what names no address ("unknown", a name, anything that is broken).
using Chain = std::vector<std::optional<Address>>;

/// Addresses with commas between them, with a port or without, as in X-Forwarded-For.
Chain chainOfList(const std::string& value);

/// What a Forwarded header says (RFC 7239).
struct Forwarded {
  Chain chain;             ///< by `for`; each element of the header is one
  bool all_secure = true;  ///< no element has a `proto` that is not https
};

/// The header's value; several lines of it are joined by commas before. What is broken is a chain of one that
/// names no address.
Forwarded parseForwarded(const std::string& value);

}  // namespace liveness::report::web
