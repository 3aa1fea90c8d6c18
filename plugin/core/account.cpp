// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "liveness/account.h"

namespace liveness {

bool isOfEarlierAccount(const LastSeen& record, const AccountMark& mark) noexcept {
  const std::uint64_t account = mark.toInteger();
  const bool same_book = record.account >> 32 == account >> 32;  // that of no mark is no other one's
  return same_book && record.account < account && record.last_heard < mark.made_at;
}

}  // namespace liveness
