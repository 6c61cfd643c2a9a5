// SPDX-License-Identifier: MIT
// The softmax loss on vectors: the formulas of softmax_loss.hpp, one row in each lane. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_SOFTMAX_LOSS
#define NATGRAD_KERNEL_SIMD_SOFTMAX_LOSS
#include "natgrad/kernel/simd/log_loss.hpp"

namespace natgrad::kernel {

/// Margins by columns, one for each class, `stride` apart.
template <class T>
struct SoftmaxMargins {
  const T* margin;
  std::ptrdiff_t stride, rows, columns;
  bool reference;  ///< class 0 has the margin 0 and no column
};

}  // namespace natgrad::kernel

#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/softmax_loss.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// The columns of a batch of rows' own classes, as numbers, and what is needed of each row's margins.
template <class T>
struct SoftmaxBatch {
  Batch<T> label, top, own_margin{}, own{}, others{};

  /// The class of column k: e ← e^{m − top}
  NATGRAD_SIMD_INLINE void add(const Batch<T>& m, T k, Batch<T>& e) {
    Batch<T> size;
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) size.v[u] = top.v[u] - m.v[u];
    exp_minus(size, e);
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) {
      const typename Lanes<T>::Mask is_own = label.v[u] == k;
      others.v[u] += is_own ? Vector<T>{} : e.v[u];
      own.v[u] = is_own ? e.v[u] : own.v[u];
      own_margin.v[u] = is_own ? m.v[u] : own_margin.v[u];
    }
  }
};

/// Adds the losses of at most one batch of rows. A weight of 0, and a row that is not there, counts for nothing.
template <class T, bool EachLogarithm>
NATGRAD_SIMD_INLINE void softmax_batch(const SoftmaxMargins<T>& x, const int* label, const T* weight,
                                       std::ptrdiff_t first, T* residual, std::ptrdiff_t ldr,
                                       LossParts<T>& parts) {
  constexpr int lanes = Lanes<T>::count, batch = lanes * Batch<T>::size;
  const std::ptrdiff_t count = x.rows - first;
  const T* m = x.margin + first;
  T column[batch], factor[batch];
  for (int i = 0; i < batch; ++i) {
    column[i] = label && i < count ? static_cast<T>(label[first + i] - (x.reference ? 1 : 0)) : T(-2);
    factor[i] = i < count ? (weight ? weight[first + i] : T(1)) : T(0);
  }
  SoftmaxBatch<T> rows;
  Batch<T> v, w, e;
  read(column, batch, rows.label);
  read(factor, batch, w);
  read(m, count, rows.top);
  for (std::ptrdiff_t k = 1; k < x.columns; ++k) {
    read(m + k * x.stride, count, v);
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) rows.top.v[u] = v.v[u] > rows.top.v[u] ? v.v[u] : rows.top.v[u];
  }
  if (x.reference) {
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) {
      rows.top.v[u] = rows.top.v[u] < T(0) ? Vector<T>{} : rows.top.v[u];
      v.v[u] = Vector<T>{};
    }
    rows.add(v, T(-1), e);
  }
  for (std::ptrdiff_t k = 0; k < x.columns; ++k) {
    read(m + k * x.stride, count, v);
    rows.add(v, static_cast<T>(k), e);
    if (residual) write(e, count, residual + k * ldr + first);
  }
  Batch<T> p, scale, own;
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) {
    const typename Lanes<T>::Mask counts = w.v[u] != T(0);
    const Vector<T> missed = rows.top.v[u] - rows.own_margin.v[u];
    // The largest term is 1, own or among the others.
    p.v[u] = counts ? rows.others.v[u] + (rows.own.v[u] - T(1)) : Vector<T>{};
    scale.v[u] = counts ? w.v[u] / (rows.own.v[u] + rows.others.v[u]) : Vector<T>{};
    own.v[u] = counts ? -rows.others.v[u] * scale.v[u] : Vector<T>{};
    parts.linear += counts ? w.v[u] * missed : Vector<T>{};
    if constexpr (!EachLogarithm) parts.p = joined(parts.p, p.v[u]);
  }
  if constexpr (EachLogarithm) {
    write(p, batch, column);
    for (T& term : column) term = static_cast<T>(__builtin_log1p(static_cast<double>(term)));
    read(column, batch, p);
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) parts.linear += w.v[u] * p.v[u];
  }
  if (!residual) return;
  for (std::ptrdiff_t k = 0; k < x.columns; ++k) {
    T* r = residual + k * ldr + first;
    read(r, count, e);
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) {
      const Vector<T> other = scale.v[u] == T(0) ? Vector<T>{} : e.v[u] * scale.v[u];
      e.v[u] = rows.label.v[u] == static_cast<T>(k) ? own.v[u] : other;
    }
    write(e, count, r);
  }
}

/// See kernel::softmax_loss.
template <class T>
NATGRAD_SIMD_ENTRY T softmax_loss(const SoftmaxMargins<T>& x, const int* label, const T* weight, T* residual,
                                  std::ptrdiff_t ldr) {
  constexpr int batch = Lanes<T>::count * Batch<T>::size;
  // Of K classes a row multiplies the factor under the logarithm by at most K.
  std::ptrdiff_t doublings = 1;
  while (doublings < 60 && (x.columns >> doublings) > 0) ++doublings;
  const std::ptrdiff_t together = rows_a_logarithm<T> / doublings / batch * batch;
  T sum(0);
  LossParts<T> parts;
  for (std::ptrdiff_t i = 0; i < x.rows; i += batch) {
    if (weight || together == 0) {
      softmax_batch<T, true>(x, label, weight, i, residual, ldr, parts);
    } else {
      softmax_batch<T, false>(x, label, weight, i, residual, ldr, parts);
      if ((i + batch) % together == 0) {
        sum += total(parts);
        parts = {};
      }
    }
  }
  return sum + total(parts);
}
#endif
