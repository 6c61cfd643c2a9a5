// SPDX-License-Identifier: MIT
// The logistic loss on vectors: the formulas of log_loss.hpp. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_LOG_LOSS
#define NATGRAD_KERNEL_SIMD_LOG_LOSS
#include "natgrad/kernel/simd/loss_rows.hpp"

#include <algorithm>
#include <cstddef>
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/log_loss.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// l ← log(1 + t) for 0 ≤ t ≤ 1: h = 2t/(2 + t), log(1 + t) = 2 atanh(h/2) = h + h³·R(h²).
template <class T>
NATGRAD_SIMD_INLINE void log1p_unit(const Batch<T>& t, Batch<T>& l) {
  // Relative minimax of R, for an error of 4.9e-17 and 4.5e-9 in the logarithm.
  constexpr double fine[] = {0.08333333333334714,   0.012499999998764534,  0.002232142895183465,
                             0.0004340272048086407, 8.878327443577508e-05, 1.8755232722117523e-05,
                             4.146240162894567e-06, 7.55491646225677e-07,  3.383770067414529e-07};
  constexpr float coarse[] = {0.08333302022875103f, 0.01250672938767768f, 0.0021876313598251256f,
                              0.0005471221162736444f};
  Batch<T> h, square;
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) {
    h.v[u] = t.v[u] / (t.v[u] * T(0.5) + T(1));
    square.v[u] = h.v[u] * h.v[u];
  }
  if constexpr (sizeof(T) == 8)
    polynomial<T>(square, fine, l);
  else
    polynomial<T>(square, coarse, l);
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) l.v[u] = (h.v[u] * square.v[u]) * l.v[u] + h.v[u];
}

/// p where 1 + p = (1 + a)(1 + b): log(1 + p) is the sum of their logarithms. Only terms ≥ 0 are added, so that a tiny p keeps
/// its digits.
template <class V>
NATGRAD_SIMD_INLINE V joined(V a, V b) {
  return a * b + (a + b);
}

/// The losses of some rows in two parts: Σ c·|m|, and the factor 1 + p of which Σ log(1 + e^{−|m|}) is the logarithm. One
/// logarithm for many rows costs two operations a row, where one for each would cost a division and a polynomial.
template <class T>
struct LossParts {
  Vector<T> linear{}, p{};
};

/// So many rows cannot overflow p, though each may double 1 + p: 120 in a lane of floats, 960 in all lanes as one double.
template <class T>
inline constexpr std::ptrdiff_t rows_a_logarithm = std::min(960,
                                                            (sizeof(T) == 8 ? 960 : 120) * Lanes<T>::count);

template <class T>
NATGRAD_SIMD_INLINE T total(const LossParts<T>& parts) {
  T lane[Lanes<T>::count];
  store(lane, parts.p);
  double p = 0;
  for (const T factor : lane) p = joined<double>(p, static_cast<double>(factor));
  return sum<T>(parts.linear) + static_cast<T>(__builtin_log1p(p));
}

/// The losses of rows, added up batch by batch (loss_rows.hpp); with weights all of them in the linear part.
template <class T, bool Weighted>
struct LogisticLosses {
  /// A row that has no loss: y = 1 where e^{−m} = 0
  static constexpr T absent_margin = 1000, absent_label = 1;
  static constexpr std::ptrdiff_t most_rows = rows_a_logarithm<T>;
  LossParts<T> parts;

  NATGRAD_SIMD_INLINE T sum_of_all() const { return total(parts); }

  /// Hands ∂loss/∂m and ∂²loss/∂m² to `use`, vector by vector.
  template <class Use>
  NATGRAD_SIMD_INLINE void add(const Batch<T>& m, const T* label, const T* weight, Use& use) {
    using Bits = typename Lanes<T>::Bits;
    using Mask = typename Lanes<T>::Mask;
    constexpr auto sign = static_cast<typename Lanes<T>::Unsigned>(1) << (sizeof(T) * 8 - 1);
    constexpr int lanes = Lanes<T>::count;
    Batch<T> size, t, log_term;
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u)
      size.v[u] = reinterpret_cast<Vector<T>>(reinterpret_cast<Bits>(m.v[u]) & ~sign);
    exp_minus(size, t);
    if constexpr (Weighted) log1p_unit(t, log_term);
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) {
      const Vector<T> y = load(label + u * lanes);
      const Vector<T> q = t.v[u] / (t.v[u] + T(1));
      // By the sign bit: at −0 the formulas of either side give the same but for rounding.
      const Mask negative = reinterpret_cast<Mask>(m.v[u]) < 0;
      const Vector<T> c = negative ? y : T(1) - y;
      Vector<T> r = reinterpret_cast<Vector<T>>(reinterpret_cast<Bits>(c - q)
                                                ^ (reinterpret_cast<Bits>(m.v[u]) & sign));
      Vector<T> w = q - q * q, missed = c;
      if constexpr (Weighted) {
        const Vector<T> factor = load(weight + u * lanes);
        r *= factor, w *= factor, missed *= factor;
        parts.linear += log_term.v[u] * factor;
      }
      use.take(u, r, w);
      parts.linear += missed == T(0) ? Vector<T>{} : missed * size.v[u];
    }
    if constexpr (!Weighted) {
#pragma GCC unroll 4
      for (int step = 1; step < Batch<T>::size; step *= 2) {
#pragma GCC unroll 8
        for (int u = 0; u < Batch<T>::size; u += 2 * step) t.v[u] = joined(t.v[u], t.v[u + step]);
      }
      parts.p = joined(parts.p, t.v[0]);
    }
  }
};

/// See kernel::log_loss.
template <class T>
NATGRAD_SIMD_ENTRY T log_loss(const T* margin, const T* label, const T* weight, std::ptrdiff_t n, T* residual,
                              T* curvature) {
  if (weight) return loss_rows<T, LogisticLosses<T, true>>(margin, label, weight, n, residual, curvature);
  return loss_rows<T, LogisticLosses<T, false>>(margin, label, nullptr, n, residual, curvature);
}

/// See kernel::logistic_strips.
template <class T>
NATGRAD_SIMD_ENTRY T logistic_strips(const StripPass<T>& pass) {
  return loss_strips<T, LogisticLosses<T, false>>(pass);
}
#endif
