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

/// GFLOP/s of independent chains of x ← x·a + b in the registers of the instruction set that the kernels use.
inline double fma_peak() {
  static const double peak = [] {
    constexpr long steps = 200'000;
    double best = 0;
    for (int repeat = 0; repeat < 20; ++repeat) {
      double flops = 0;
      const double seconds = seconds_of([&] { flops = natgrad::kernel::fma_chains(steps); });
      best = std::max(best, flops / seconds * 1e-9);
    }
    return best;
  }();
  return peak;
}

}  // namespace bench
