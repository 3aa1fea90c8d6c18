// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#pragma once

#include <cstdint>

#include "liveness/last_seen.h"
#include "liveness/time.h"

namespace liveness {

/// What tells an account from an earlier one that had its name and was deleted where nobody told the plugin.
/// A host keeps one beside what else it keeps of an account, so that it goes with the account, and makes it
/// when the account first logs in. A mark is one only where it was read again after it was written.
///
/// A mark that is not there proves nothing: it could not be written (a full disk), is still to be written,
/// was kept in a storage that was replaced or restored since, or its storage drops what it is given.
struct AccountMark {
  std::uint32_t book = 0;    ///< the storage that it is in, by a number drawn by lot; 0: there is no mark
  std::uint32_t number = 0;  ///< counted in the book: whatever was marked later has a larger one
  UtcTime made_at{};

  /// As it stands in LastSeen::account; 0 for none.
  std::uint64_t toInteger() const noexcept { return book == 0 ? 0 : (std::uint64_t{book} << 32) | number; }
};

/// Whether a record is of an earlier account than the one with this mark. It is where the record itself was
/// made under a mark of the same book, the account's is a later one there, and was made after the record's
/// account was last heard. In any doubt (no mark, no mark of the record, another book, a book that was set
/// back, a clock that was) it is not.
bool isOfEarlierAccount(const LastSeen& record, const AccountMark& mark) noexcept;

}  // namespace liveness
