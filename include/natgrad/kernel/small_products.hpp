// SPDX-License-Identifier: MIT
#pragma once
/// Products of a small matrix by plain loops, to the same bits on every machine: where a small run goes from a wild start is not left
/// to the processor.

#include <Eigen/Core>

#include <algorithm>

namespace natgrad::kernel {

using Eigen::Index;

/// lower ← AᵀA, lower triangle. A: n×d by columns, n apart.
template <class T, class Output>
void small_gram(const T* a, Index n, Index d, Output& lower) {
  for (Index j = 0; j < d; ++j) {
    for (Index i = j; i < d; i += 4) {  // four at once: an addition would wait for the one before
      const T* column[4];
      for (Index c = 0; c < 4; ++c) column[c] = a + std::min(i + c, d - 1) * n;
      T sum[4] = {T(0), T(0), T(0), T(0)};
      for (Index k = 0; k < n; ++k) {
        const T factor = a[j * n + k];
        for (Index c = 0; c < 4; ++c) sum[c] += column[c][k] * factor;
      }
      for (Index c = 0; c < 4 && i + c < d; ++c) lower.coeffRef(i + c, j) = sum[c];
    }
  }
}

/// out ← Aᵀr, d numbers
template <class T>
void small_transposed_times(const T* a, Index n, Index d, const T* r, T* out) {
  for (Index j = 0; j < d; ++j, a += n) {
    T even(0), odd(0);
    for (Index i = 0; i + 2 <= n; i += 2) even += a[i] * r[i], odd += a[i + 1] * r[i + 1];
    out[j] = even + odd;
    if (n % 2 == 1) out[j] += a[n - 1] * r[n - 1];
  }
}

}  // namespace natgrad::kernel
