// SPDX-License-Identifier: MIT
#pragma once
/// M⁻¹b for M ⪰ 0 that may be singular.

#include "natgrad/kernel/cholesky.hpp"
#include "natgrad/kernel/symmetric_eigen.hpp"

#include <algorithm>
#include <limits>

namespace natgrad::kernel {

/// b ← M⁺b, M scaled to a unit diagonal: by Cholesky, else by the eigenvalues that are no rounding errors. m: n×n by columns, lower
/// triangle; overwritten. room: for n² + 4n. False where M is not finite.
template <class T>
bool solve_semidefinite(T* m, Index n, T* b, T* room) {
  T* factor = room;
  T *root = factor + n * n, *mu = root + n, *off = mu + n, *part = off + n;
  for (Index i = 0; i < n; ++i) {
    root[i] = Eigen::numext::sqrt(std::max(m[i * n + i], std::numeric_limits<T>::min()));
    b[i] /= root[i];
  }
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) m[j * n + i] /= root[i] * root[j];
  }
  const T rounding = T(static_cast<double>(n)) * std::numeric_limits<T>::epsilon();
  std::copy(m, m + n * n, factor);
  std::fill(mu, mu + n, T(1));
  if (cholesky(factor, n, n, mu, rounding)) {
    solve_lower(factor, n, n, b);
    solve_lower_transposed(factor, n, n, b);
  } else {
    if (!SymmetricEigen<T>(m, n, n, mu, factor, off, part).compute()) return false;
    std::copy(b, b + n, part);
    std::fill(b, b + n, T(0));
    for (Index k = 0; k < n; ++k) {
      const T* v = factor + k * n;
      if (mu[k] > rounding * mu[n - 1]) add_scaled(T(dot(v, part, n) / mu[k]), v, b, n);
    }
  }
  for (Index i = 0; i < n; ++i) b[i] /= root[i];
  return true;
}

}  // namespace natgrad::kernel
