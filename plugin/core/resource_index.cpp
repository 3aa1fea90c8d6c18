// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "core/resource_index.h"

namespace liveness::core {

ResourceIndex::ResourceIndex(const SessionTable& table) : slots_(0, Hash{&table}, Equal{&table}) {}

std::uint32_t ResourceIndex::find(std::uint32_t user, std::string_view resource) const {
  const auto found = slots_.find(Key{user, resource});
  return found == slots_.end() ? kNone : *found;
}

}  // namespace liveness::core
