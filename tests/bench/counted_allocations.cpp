// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
#include "bench/counted_allocations.h"

#include <cstdlib>
#include <new>

namespace liveness::bench {
std::size_t allocations = 0;
}

// A sanitizer's own allocator cannot be replaced. What is built for one is not measured.
#ifndef LIVENESS_SANITIZED

void* operator new(std::size_t size) {
  ++liveness::bench::allocations;
  if (void* block = std::malloc(size)) return block;
  throw std::bad_alloc{};
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}

#endif
