// SPDX-License-Identifier: MIT
// Chains of fused multiply-adds that fill the registers and touch no memory, once for each instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_BENCH_FMA_CHAINS
#define NATGRAD_BENCH_FMA_CHAINS
#include <natgrad/kernel/simd/lanes.hpp>

#define NATGRAD_SIMD_BODY "support/fma_chains.hpp"
#include <natgrad/kernel/simd/each_target.hpp>

namespace natgrad::kernel {
inline namespace NATGRAD_ABI {

/// Runs `steps` steps of twelve chains and returns how many floating-point operations that was.
inline double fma_chains(long steps) {
  NATGRAD_RETURN_VECTORIZED(fma_chains(steps))
  return 0;
}

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
#endif
#else

NATGRAD_SIMD_ENTRY inline double fma_chains(long steps) {
  constexpr int chains = 12;
  double factor = 0.999;
  asm volatile("" : "+m"(factor));  // unknown to the compiler, so that nothing folds
  const Vector<double> a = splat(factor);
  Vector<double> x[chains];
  for (int c = 0; c < chains; ++c) x[c] = splat(1.0 + c);
  for (long k = 0; k < steps; ++k) {
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) x[c] = x[c] * a + a;
  }
  Vector<double> all = x[0];
  for (int c = 1; c < chains; ++c) all += x[c];
  double result = sum<double>(all);
  asm volatile("" : "+m"(result));
  return 2.0 * chains * Lanes<double>::count * static_cast<double>(steps);
}

#endif
