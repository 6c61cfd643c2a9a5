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

/// m += X v for U vectors of rows and K right-hand sides; the margins stay in registers.
template <class T, int U, int K>
NATGRAD_SIMD_INLINE void column_margins_tile(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t d, const T* v,
                                             std::ptrdiff_t ldv, T* m, std::ptrdiff_t ldm,
                                             std::ptrdiff_t ahead) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> acc[K][U];
#pragma GCC unroll 8
  for (int k = 0; k < K; ++k) {
#pragma GCC unroll 8
    for (int u = 0; u < U; ++u) acc[k][u] = load(m + k * ldm + u * lanes);
  }
  for (std::ptrdiff_t j = 0; j < d; ++j, x += ldx, ++v) {
#pragma GCC unroll 8
    for (int u = 0; u < U; ++u) {
      prefetch(x + u * lanes, ahead);
      const Vector<T> column = load(x + u * lanes);
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) acc[k][u] += column * v[k * ldv];
    }
  }
#pragma GCC unroll 8
  for (int k = 0; k < K; ++k) {
#pragma GCC unroll 8
    for (int u = 0; u < U; ++u) store(m + k * ldm + u * lanes, acc[k][u]);
  }
}

/// m += X v. X: rows×d, columns ldx apart; v: d×K, m: rows×K. rows is a multiple of the lanes.
/// Asks for the data `ahead` elements further on, unless that is 0.
template <class T, int K>
NATGRAD_SIMD_ENTRY void column_margins(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, std::ptrdiff_t d,
                                       const T* v, std::ptrdiff_t ldv, T* m, std::ptrdiff_t ldm,
                                       std::ptrdiff_t ahead) {
  constexpr int lanes = Lanes<T>::count;
  constexpr int wide = K == 1 ? 8 : NATGRAD_SIMD_BYTES == 64 ? 4 : 2;
  std::ptrdiff_t i = 0;
  for (; i + wide * lanes <= rows; i += wide * lanes)
    column_margins_tile<T, wide, K>(x + i, ldx, d, v, ldv, m + i, ldm, ahead);
  for (; i < rows; i += lanes) column_margins_tile<T, 1, K>(x + i, ldx, d, v, ldv, m + i, ldm, ahead);
}

/// out += Xᵀ r. X: rows×d, columns ldx apart; r: rows×K, out: d×K. rows is a multiple of the lanes.
template <class T, int K>
NATGRAD_SIMD_ENTRY void column_products(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, std::ptrdiff_t d,
                                        const T* r, std::ptrdiff_t ldr, T* out, std::ptrdiff_t ldo,
                                        std::ptrdiff_t ahead) {
  constexpr int lanes = Lanes<T>::count;
  constexpr int columns = K <= 2 && NATGRAD_SIMD_BYTES == 64 ? 8 : 8 / K;
  constexpr int groups = (columns * K + lanes - 1) / lanes;
  for (std::ptrdiff_t j = 0; j < d; j += columns) {
    // Where fewer columns are left, the last one stands in for those that are missing.
    const T* column[columns];
    for (int c = 0; c < columns; ++c) column[c] = x + ldx * (j + c < d ? j + c : d - 1);
    Vector<T> acc[groups * lanes]{};
    for (std::ptrdiff_t i = 0; i < rows; i += lanes) {
      Vector<T> factor[K];
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) factor[k] = load(r + k * ldr + i);
#pragma GCC unroll 8
      for (int c = 0; c < columns; ++c) {
        prefetch(column[c] + i, ahead);
        const Vector<T> value = load(column[c] + i);
#pragma GCC unroll 8
        for (int k = 0; k < K; ++k) acc[k * columns + c] += value * factor[k];
      }
    }
    T total[groups * lanes];
#pragma GCC unroll 8
    for (int g = 0; g < groups; ++g) store(total + g * lanes, sum_each<T>(acc + g * lanes));
    for (int k = 0; k < K; ++k)
      for (int c = 0; c < columns && j + c < d; ++c) out[k * ldo + j + c] += total[k * columns + c];
  }
}
#endif
