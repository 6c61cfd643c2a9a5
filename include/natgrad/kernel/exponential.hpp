// SPDX-License-Identifier: MIT
#pragma once
/// e^x of many numbers.

#include "natgrad/kernel/design.hpp"
#include "natgrad/kernel/dispatch.hpp"
#include "natgrad/kernel/simd/exponential.hpp"

#include <cmath>

namespace natgrad::kernel {
inline namespace NATGRAD_ABI {

/// out ← e^x, n values of each; out may be x. Within 2 ulp, with gradual underflow; ∞ beyond the numbers, NaN for NaN.
template <class T>
void exponential(const T* x, Index n, T* out) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(exponential<T>(x, n, out))
  }
  using std::exp;
  for (Index i = 0; i < n; ++i) out[i] = exp(x[i]);
}

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
