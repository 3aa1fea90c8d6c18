// SPDX-License-Identifier: GPL-3.0-or-later
// Copyright (C) 2026 The Liveness authors
// Plays seeded stories against the core until one of them goes wrong.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "simulation/schedule.h"

namespace {

using liveness::simulation::Schedule;

void tell(std::uint64_t seed) {
  Schedule schedule(seed, true);
  schedule.play();
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), schedule.complaint().c_str());
  std::printf("  %s\n", schedule.description().c_str());
  for (const std::string& line : schedule.lines()) std::printf("  %s\n", line.c_str());
  std::printf("to play it again: simulation --seed %llu --schedules 1\n",
              static_cast<unsigned long long>(seed));
}

int usage() {
  std::fprintf(stderr,
               "usage: simulation [--schedules N] [--seed S] [--trace]\n"
               "  --schedules N  how many stories to play (20000), the first of them told by the seed\n"
               "  --seed S       of the first story (1); each of the others has the one after\n"
               "  --trace        tell each of them\n");
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t schedules = 20'000;
  std::uint64_t seed = 1;
  bool trace = false;
  for (int i = 1; i < argc; ++i) {
    char* end = nullptr;
    if (std::strcmp(argv[i], "--trace") == 0) {
      trace = true;
      continue;
    }
    std::uint64_t* number = std::strcmp(argv[i], "--schedules") == 0 ? &schedules
                            : std::strcmp(argv[i], "--seed") == 0    ? &seed
                                                                     : nullptr;
    if (number == nullptr || i + 1 == argc) return usage();
    *number = std::strtoull(argv[++i], &end, 10);
    if (end == argv[i] || *end != '\0') return usage();
  }

  std::uint64_t steps = 0;
  for (std::uint64_t n = 0; n < schedules; ++n) {
    Schedule schedule(seed + n, false);
    const bool well = schedule.play();
    steps += schedule.steps();
    if (trace || !well) tell(seed + n);
    if (!well) return 1;
  }
  std::printf("%llu schedules from seed %llu, %llu steps: all well\n",
              static_cast<unsigned long long>(schedules), static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(steps));
  return 0;
}
