// SPDX-License-Identifier: MIT
// The Poisson loss under a logarithm on vectors. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_POISSON_LOSS
#define NATGRAD_KERNEL_SIMD_POISSON_LOSS
#include "natgrad/kernel/simd/loss_rows.hpp"
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/poisson_loss.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// See loss_rows.hpp.
template <class T, bool Weighted>
struct PoissonLosses {
  static constexpr T absent_margin = -1000, absent_label = 0;  // e^m = 0
  static constexpr std::ptrdiff_t most_rows = 960;             // an addition loses little in few
  Vector<T> losses{};

  NATGRAD_SIMD_INLINE T sum_of_all() const { return sum<T>(losses); }

  template <class Use>
  NATGRAD_SIMD_INLINE void add(const Batch<T>& m, const T* label, const T* weight, Use& use) {
    constexpr int lanes = Lanes<T>::count;
    Batch<T> minus, mean;
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) minus.v[u] = -m.v[u];
    exp_minus<T, true>(minus, mean);
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) {
      const Vector<T> y = load(label + u * lanes), mu = mean.v[u];
      const Vector<T> term = y == T(0) ? Vector<T>{} : y * m.v[u];
      Vector<T> loss = mu - term, r = mu - y, w = mu;
      if constexpr (Weighted) {
        const Vector<T> factor = load(weight + u * lanes);
        const typename Lanes<T>::Mask out = factor == T(0);
        loss = out ? Vector<T>{} : factor * loss;
        r = out ? Vector<T>{} : factor * r;
        w = out ? Vector<T>{} : factor * w;
      }
      use.take(u, r, w);
      losses += loss;
    }
  }
};

/// See kernel::poisson_loss.
template <class T>
NATGRAD_SIMD_ENTRY T poisson_loss(const T* margin, const T* label, const T* weight, std::ptrdiff_t n,
                                  T* residual, T* curvature) {
  if (weight) return loss_rows<T, PoissonLosses<T, true>>(margin, label, weight, n, residual, curvature);
  return loss_rows<T, PoissonLosses<T, false>>(margin, label, nullptr, n, residual, curvature);
}

/// See kernel::PoissonRows.
template <class T>
NATGRAD_SIMD_ENTRY T poisson_strips(const StripPass<T>& pass) {
  return loss_strips<T, PoissonLosses<T, false>>(pass);
}
#endif
