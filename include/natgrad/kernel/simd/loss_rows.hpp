// SPDX-License-Identifier: MIT
// Sums of a loss over rows, from margins in memory or from few columns themselves. Compiled once per instruction set.
// A loss is a struct L<T, Weighted> with
//     add(m, label, weight, use)     a batch of rows; use.take(u, ∂loss/∂m, ∂²loss/∂m²) for each of its vectors
//     sum_of_all()                   Σ loss, asked for after most_rows rows at the latest
//     absent_margin, absent_label    of a row whose loss and derivatives are 0
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_LOSS_ROWS
#define NATGRAD_KERNEL_SIMD_LOSS_ROWS
#include "natgrad/kernel/simd/exponential.hpp"
#include "natgrad/kernel/strip_pass.hpp"

#include <cstddef>
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/loss_rows.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// The last rows, which fill no batch, completed by absent ones.
template <class T, class Loss>
struct LastRows {
  static constexpr int batch = Lanes<T>::count * Batch<T>::size;
  T margin[batch], label[batch], weight[batch], residual[batch], curvature[batch];

  NATGRAD_SIMD_INLINE void read(const T* m, const T* y, const T* w, std::ptrdiff_t rows) {
    for (int k = 0; k < batch; ++k) {
      margin[k] = k < rows ? m[k] : Loss::absent_margin;
      label[k] = k < rows ? y[k] : Loss::absent_label;
      weight[k] = k < rows && w ? w[k] : T(1);
    }
  }
  NATGRAD_SIMD_INLINE void write(T* r, T* c, std::ptrdiff_t rows) const {
    for (std::ptrdiff_t k = 0; k < rows; ++k) {
      if (r) r[k] = residual[k];
      if (c) c[k] = curvature[k];
    }
  }
};

template <class T>
NATGRAD_SIMD_INLINE void load_batch(const T* from, Batch<T>& to) {
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) to.v[u] = load(from + u * Lanes<T>::count);
}

/// Where the derivatives of a batch go, or null.
template <class T>
struct StoredDerivatives {
  T *residual, *curvature;

  NATGRAD_SIMD_INLINE void take(int u, Vector<T> r, Vector<T> w) const {
    if (residual) store(residual + u * Lanes<T>::count, r);
    if (curvature) store(curvature + u * Lanes<T>::count, w);
  }
};

/// Σ loss of n rows; residual, which may be the margins, and curvature: n numbers each, or null.
template <class T, class Loss>
NATGRAD_SIMD_ENTRY T loss_rows(const T* margin, const T* label, const T* weight, std::ptrdiff_t n,
                               T* residual, T* curvature) {
  constexpr int batch = LastRows<T, Loss>::batch;
  static_assert(Loss::most_rows % batch == 0);
  T sum(0);
  Loss loss;
  for (std::ptrdiff_t i = 0; i < n; i += batch) {
    const T *m = margin + i, *y = label + i, *w = weight ? weight + i : nullptr;
    T *r = residual ? residual + i : nullptr, *c = curvature ? curvature + i : nullptr;
    LastRows<T, Loss> last;
    if (n - i < batch) {
      last.read(m, y, w, n - i);
      m = last.margin, y = last.label, w = last.weight;
      if (r) r = last.residual;
      if (c) c = last.curvature;
    }
    Batch<T> margins;
    load_batch(m, margins);
    const StoredDerivatives<T> to{r, c};
    loss.add(margins, y, w, to);
    if (n - i < batch)
      last.write(residual ? residual + i : nullptr, curvature ? curvature + i : nullptr, n - i);
    if ((i + batch) % Loss::most_rows == 0) {
      sum += loss.sum_of_all();
      loss = {};
    }
  }
  return sum + loss.sum_of_all();
}

// ---- few columns: a strip of a batch of rows stays in the nearest cache between its margins and its products --------------

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

/// m ← m + X v
template <class T>
NATGRAD_SIMD_INLINE void add_strip_margins(const T* x, std::ptrdiff_t stride, std::ptrdiff_t d, const T* v,
                                           std::ptrdiff_t ahead, Batch<T>& m) {
  constexpr int lanes = Lanes<T>::count, line = 64 / static_cast<int>(sizeof(T));
  for (std::ptrdiff_t j = 0; j < d; ++j, x += stride) {
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
NATGRAD_SIMD_INLINE void add_strip_products(const T* x, std::ptrdiff_t stride, std::ptrdiff_t d,
                                            const Batch<T>& r, Vector<T>* sums) {
  for (std::ptrdiff_t j = 0; j < d; ++j, x += stride) {
    Vector<T> sum = sums[j];
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) sum += load(x + u * Lanes<T>::count) * r.v[u];
    sums[j] = sum;
  }
#pragma GCC unroll 8
  for (int u = 0; u < Batch<T>::size; ++u) sums[d] += r.v[u];
}

/// The last rows, which fill no strip, with their columns and offsets completed by zeros.
template <class T>
struct LastStrip {
  static constexpr int size = Lanes<T>::count * Batch<T>::size;
  T x[few_columns * size], offset[size];

  NATGRAD_SIMD_INLINE void read(const StripPass<T>& pass, std::ptrdiff_t first) {
    const std::ptrdiff_t rows = pass.rows - first;
    for (std::ptrdiff_t j = 0; j < pass.d; ++j)
      complete(pass.x + j * pass.stride + first, rows, x + j * size);
    if (pass.offset) complete(pass.offset + first, rows, offset);
  }

 private:
  NATGRAD_SIMD_INLINE static void complete(const T* from, std::ptrdiff_t rows, T* to) {
    __builtin_memset(to, 0, size * sizeof(T));
    for (std::ptrdiff_t k = 0; k < rows; ++k) to[k] = from[k];
  }
};

template <class T, class Loss>
NATGRAD_SIMD_ENTRY T loss_strips(const StripPass<T>& pass) {
  constexpr int lanes = Lanes<T>::count, size = LastStrip<T>::size;
  const T start = pass.p > pass.d ? pass.v[pass.d] : T(0);
  T losses(0);
  Loss loss;
  Vector<T> sums[few_columns + lanes]{};
  LastStrip<T> last;
  LastRows<T, Loss> last_rows;
  for (std::ptrdiff_t i = 0; i < pass.rows; i += size) {
    const bool whole = pass.rows - i >= size;
    if (!whole) last.read(pass, i);
    const T* const x = whole ? pass.x + i : last.x;
    const std::ptrdiff_t stride = whole ? pass.stride : size;
    Batch<T> m;
#pragma GCC unroll 8
    for (int u = 0; u < Batch<T>::size; ++u) m.v[u] = splat(start);
    if (pass.offset) {
      const T* const offset = whole ? pass.offset + i : last.offset;
#pragma GCC unroll 8
      for (int u = 0; u < Batch<T>::size; ++u) m.v[u] += load(offset + u * lanes);
    }
    add_strip_margins(x, stride, pass.d, pass.v, pass.ahead, m);
    const T* label = pass.label + i;
    StripDerivatives<T> derivatives{{}, pass.curvature ? pass.curvature + i : nullptr};
    if (!whole) {
      T margin[size];
#pragma GCC unroll 8
      for (int u = 0; u < Batch<T>::size; ++u) store(margin + u * lanes, m.v[u]);
      last_rows.read(margin, label, nullptr, pass.rows - i);
      load_batch(last_rows.margin, m);
      label = last_rows.label;
      if (pass.curvature) derivatives.curvature = last_rows.curvature;
    }
    loss.add(m, label, nullptr, derivatives);
    if (pass.products) add_strip_products(x, stride, pass.d, derivatives.residual, sums);
    if (!whole) last_rows.write(nullptr, pass.curvature ? pass.curvature + i : nullptr, pass.rows - i);
    if ((i + size) % Loss::most_rows == 0) {
      losses += loss.sum_of_all();
      loss = {};
    }
  }
  for (std::ptrdiff_t j = 0; pass.products && j < pass.p; j += lanes) {
    const Vector<T> total = sum_each<T>(sums + j);
    for (std::ptrdiff_t l = 0; l < lanes && j + l < pass.p; ++l) pass.products[j + l] += total[l];
  }
  return losses + loss.sum_of_all();
}
#endif
