// SPDX-License-Identifier: MIT
// Logistic regression on few columns: margins, losses and products of a strip of rows in one go. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_LOGISTIC_STRIPS
#define NATGRAD_KERNEL_SIMD_LOGISTIC_STRIPS
#include "natgrad/kernel/simd/columns.hpp"
#include "natgrad/kernel/simd/log_loss.hpp"

#include <cstddef>
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/logistic_strips.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// The residuals of a strip in registers, and where its curvatures go, or null.
template <class T>
struct StripDerivatives {
  Batch<T> residual;
  T* curvature;

  NATGRAD_SIMD_INLINE void take(int u, Vector<T> r, Vector<T> w) {
    residual.v[u] = r;
    if (curvature) store(curvature + u * Lanes<T>::count, w);
  }
};

/// m ← start + X v for a strip; the memory `ahead` rows further on is asked for, unless that is 0.
template <class T>
NATGRAD_SIMD_INLINE void strip_margins(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t d, const T* v, T start,
                                       std::ptrdiff_t ahead, Batch<T>& m) {
  constexpr int lanes = Lanes<T>::count, line = 64 / static_cast<int>(sizeof(T));
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) m.v[u] = splat(start);
  for (std::ptrdiff_t j = 0; j < d; ++j, x += ldx) {
    if (ahead != 0) {
#pragma GCC unroll 8
      for (int u = 0; u < Batch<T>::size; ++u)
        if (u * lanes % line == 0) prefetch(x + u * lanes, ahead);
    }
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) m.v[u] += load(x + u * lanes) * v[j];
  }
}

/// sums ← sums + X ∘ r, in lanes that are added up at the end; the last one gets r itself.
template <class T>
NATGRAD_SIMD_INLINE void add_strip_products(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t d,
                                            const Batch<T>& r, Vector<T>* sums) {
  for (std::ptrdiff_t j = 0; j < d; ++j, x += ldx) {
    Vector<T> sum = sums[j];
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) sum += load(x + u * Lanes<T>::count) * r.v[u];
    sums[j] = sum;
  }
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) sums[d] += r.v[u];
}

/// Strips of a block, the last of which begins earlier, over rows that are done: there they are made to have no loss. A block
/// that fills no strip is completed by zeros.
template <class T>
NATGRAD_SIMD_ENTRY T logistic_strips(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, std::ptrdiff_t d,
                                     std::ptrdiff_t p, const T* v, const T* label, T* products, T* curvature,
                                     std::ptrdiff_t ahead) {
  constexpr int lanes = Lanes<T>::count, size = LastRows<T>::batch;
  static_assert(rows_a_logarithm<T> % size == 0);
  const T start = p > d ? v[d] : T(0);
  T losses(0), short_block[few_columns * size];
  LossParts<T> parts;
  Vector<T> sums[few_columns + lanes]{};
  LastRows<T> last;
  if (rows < size) {
    for (std::ptrdiff_t j = 0; j < d; ++j)
      for (std::ptrdiff_t k = 0; k < size; ++k) short_block[j * size + k] = k < rows ? x[j * ldx + k] : T(0);
    x = short_block, ldx = size;
  }
  for (std::ptrdiff_t i = 0; i < rows; i += size) {
    const bool whole = rows - i >= size;
    const std::ptrdiff_t done = whole || rows < size ? 0 : size - (rows - i), first = i - done;
    const T *strip = x + first, *y = label + first;
    StripDerivatives<T> derivatives{{}, curvature ? curvature + first : nullptr};
    Batch<T> m;
    strip_margins(strip, ldx, d, v, start, ahead, m);
    if (!whole) {
      T margin[size];
#pragma GCC unroll 8
      for (int u = 0; u < Batch<T>::size; ++u) store(margin + u * lanes, m.v[u]);
      last.read(margin, y, nullptr, done, rows - first);
#pragma GCC unroll 8
      for (int u = 0; u < Batch<T>::size; ++u) m.v[u] = load(last.margin + u * lanes);
      y = last.label;
      if (curvature) derivatives.curvature = last.curvature;
    }
    log_loss_batch<T, false>(m, y, nullptr, derivatives, parts);
    if (products) add_strip_products(strip, ldx, d, derivatives.residual, sums);
    if (!whole) last.write(nullptr, curvature ? curvature + first : nullptr, done, rows - first);
    if ((i + size) % rows_a_logarithm<T> == 0) {
      losses += total(parts);
      parts = {};
    }
  }
  for (std::ptrdiff_t j = 0; products && j < p; j += lanes) {
    const Vector<T> total = sum_each<T>(sums + j);
    for (std::ptrdiff_t l = 0; l < lanes && j + l < p; ++l) products[j + l] += total[l];
  }
  return losses + total(parts);
}
#endif
