// SPDX-License-Identifier: MIT
#pragma once

/// What the machine allows, measured in the process that wants to compare with it: a read of memory, and the FMA peak.

#include "support/fma_chains.hpp"
#include "support/timing.hpp"

#include <Eigen/Core>
#include <benchmark/benchmark.h>

#include <algorithm>

namespace bench {

/// Reads n doubles once, with enough independent sums that memory is what it waits for.
inline void read_once(const double* from, Eigen::Index n) {
  using Line = Eigen::Array<double, 64, 1>;
  Line sum = Line::Zero();
  for (Eigen::Index i = 0; i + 64 <= n; i += 64) sum += Eigen::Map<const Line>(from + i);
  benchmark::DoNotOptimize(sum.data());
  benchmark::ClobberMemory();
}

/// Floating-point operations a second of independent chains x ← x·a + a, in the registers of the instruction set that the
/// kernels use: the best of three bursts of a tenth of a millisecond.
inline double fma_rate() {
  double best = 0;
  for (int burst = 0; burst < 3; ++burst) {
    double flops = 0;
    const double seconds = seconds_of([&] { flops = natgrad::kernel::fma_chains(50'000); });
    best = std::max(best, flops / seconds);
  }
  return best;
}

}  // namespace bench
