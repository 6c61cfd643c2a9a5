// SPDX-License-Identifier: MIT
// Products of a block of rows, stored by columns, with few vectors at once. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_COLUMNS
#define NATGRAD_KERNEL_SIMD_COLUMNS
#include "natgrad/kernel/simd/lanes.hpp"

#include <cstddef>
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/columns.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// m += X v for C columns and K right-hand sides: C streams run through memory side by side.
template <class T, int C, int K>
NATGRAD_SIMD_INLINE void column_margins_strip(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, const T* v,
                                              std::ptrdiff_t ldv, T* m, std::ptrdiff_t ldm,
                                              std::ptrdiff_t ahead) {
  constexpr int lanes = Lanes<T>::count, line = 64 / static_cast<int>(sizeof(T));
  T factor[C * K];  // a copy: v might be part of m, as far as the compiler knows
#pragma GCC unroll 8
  for (int k = 0; k < K; ++k)
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) factor[k * C + c] = v[k * ldv + c];
#pragma GCC unroll 2
  for (std::ptrdiff_t i = 0; i < rows; i += lanes) {
    Vector<T> acc[K];
#pragma GCC unroll 8
    for (int k = 0; k < K; ++k) acc[k] = load(m + k * ldm + i);
    if (ahead != 0 && i % line == 0) {
#pragma GCC unroll 8
      for (int c = 0; c < C; ++c) prefetch(x + c * ldx + i, ahead);
    }
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      const Vector<T> column = load(x + c * ldx + i);
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) acc[k] += column * factor[k * C + c];
    }
#pragma GCC unroll 8
    for (int k = 0; k < K; ++k) store(m + k * ldm + i, acc[k]);
  }
}

/// m += X v. X: rows×d, columns ldx apart; v: d×K, m: rows×K. rows is a multiple of the lanes.
/// ahead: so many rows further down memory is asked for the same columns, which are to be read next; or 0.
template <class T, int K>
NATGRAD_SIMD_ENTRY void column_margins(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, std::ptrdiff_t d,
                                       const T* v, std::ptrdiff_t ldv, T* m, std::ptrdiff_t ldm,
                                       std::ptrdiff_t ahead) {
  std::ptrdiff_t j = 0;
  if (K == 1) {
    for (; j + 8 <= d; j += 8)
      column_margins_strip<T, 8, K>(x + j * ldx, ldx, rows, v + j, ldv, m, ldm, ahead);
    if (d - j == 5) {
      column_margins_strip<T, 5, K>(x + j * ldx, ldx, rows, v + j, ldv, m, ldm, ahead);
      return;
    }
  }
  for (; j + 4 <= d; j += 4) column_margins_strip<T, 4, K>(x + j * ldx, ldx, rows, v + j, ldv, m, ldm, ahead);
  for (; j < d; ++j) column_margins_strip<T, 1, K>(x + j * ldx, ldx, rows, v + j, ldv, m, ldm, ahead);
}

/// out += Xᵀ r for at most C columns.
template <class T, int C, int K>
NATGRAD_SIMD_INLINE void column_products_strip(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows,
                                               std::ptrdiff_t count, const T* r, std::ptrdiff_t ldr, T* out,
                                               std::ptrdiff_t ldo) {
  constexpr int lanes = Lanes<T>::count, groups = (C * K + lanes - 1) / lanes;
  const T* column[C];
  take_columns<C>(x, ldx, count, column);
  Vector<T> acc[groups * lanes]{};
#pragma GCC unroll 2
  for (std::ptrdiff_t i = 0; i < rows; i += lanes) {
    Vector<T> factor[K];
#pragma GCC unroll 8
    for (int k = 0; k < K; ++k) factor[k] = load(r + k * ldr + i);
#pragma GCC unroll 8
    for (int c = 0; c < C; ++c) {
      const Vector<T> value = load(column[c] + i);
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) acc[k * C + c] += value * factor[k];
    }
  }
  T total[groups * lanes];
#pragma GCC unroll 8
  for (int g = 0; g < groups; ++g) store(total + g * lanes, sum_each<T>(acc + g * lanes));
  for (int k = 0; k < K; ++k)
    for (int c = 0; c < C && c < count; ++c) out[k * ldo + c] += total[k * C + c];
}

/// out += Xᵀ r. X: rows×d, columns ldx apart; r: rows×K, out: d×K. rows is a multiple of the lanes.
template <class T, int K>
NATGRAD_SIMD_ENTRY void column_products(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, std::ptrdiff_t d,
                                        const T* r, std::ptrdiff_t ldr, T* out, std::ptrdiff_t ldo) {
  // As many sums as the registers hold; with the curvatures beside the residuals in fives, as the Gram matrix's tiles.
  constexpr int columns = K == 1 ? 8 : NATGRAD_SIMD_BYTES == 64 ? (K == 2 ? 5 : 4) : 8 / K;
  // From the last columns, which the margins have just left in cache, to the first; d may be 0.
  for (std::ptrdiff_t j = (d + columns - 1) / columns * columns - columns; j >= 0; j -= columns) {
    const std::ptrdiff_t count = d - j;
    if constexpr (K == 1) {
      if (count <= 5) {
        column_products_strip<T, 5, K>(x + j * ldx, ldx, rows, count, r, ldr, out + j, ldo);
        continue;
      }
    }
    column_products_strip<T, columns, K>(x + j * ldx, ldx, rows, count, r, ldr, out + j, ldo);
  }
}

/// Σᵢ xᵢ of n contiguous values, in a fixed order.
template <class T>
NATGRAD_SIMD_ENTRY T total(const T* x, std::ptrdiff_t n) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> acc[4]{};
  std::ptrdiff_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
#pragma GCC unroll 4
    for (int u = 0; u < 4; ++u) acc[u] += load(x + i + u * lanes);
  }
  for (; i + lanes <= n; i += lanes) acc[0] += load(x + i);
  T rest(0);
  for (; i < n; ++i) rest += x[i];
  return sum<T>((acc[0] + acc[1]) + (acc[2] + acc[3])) + rest;
}
#endif
