// SPDX-License-Identifier: MIT
// Products of a block of rows, stored by rows, with few vectors at once; d ≥ lanes. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_ROWS
#define NATGRAD_KERNEL_SIMD_ROWS
#include "natgrad/kernel/simd/lanes.hpp"

#include <cstddef>
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/rows.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// m += X v. X: rows×d, rows ldx apart; v: d×K, m: rows×K.
/// Measured: memory is read fastest in its own order, one row after the other, and a little ahead where rows are short.
template <class T, int K>
NATGRAD_SIMD_ENTRY void row_margins(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, std::ptrdiff_t d,
                                    const T* v, std::ptrdiff_t ldv, T* m, std::ptrdiff_t ldm) {
  using Bits = typename Lanes<T>::Bits;
  constexpr int lanes = Lanes<T>::count, line = 64 / static_cast<int>(sizeof(T));
  // Independent sums: of one row's parts, or of rows side by side, which share the loads of v.
  constexpr int parts = K == 1 ? 4 : 1, height = K == 1 ? 1 : NATGRAD_SIMD_BYTES == 64 ? 4 : 2;
  constexpr std::ptrdiff_t ahead = 16 * line;
  const std::ptrdiff_t whole = d / lanes * lanes;
  // The last columns that fill no vector are read again with those before them, which are masked out.
  Bits rest{};
  for (int l = 0; l < lanes; ++l) rest[l] = l >= lanes - (d - whole) ? ~typename Lanes<T>::Unsigned(0) : 0;
  for (std::ptrdiff_t i = 0; i < rows; i += lanes) {
    Vector<T> sums[K][lanes];
    for (int first = 0; first < lanes; first += height) {
      const T* row[height];
#pragma GCC unroll 4
      for (int h = 0; h < height; ++h) row[h] = x + ldx * (i + first + h < rows ? i + first + h : rows - 1);
      Vector<T> acc[parts][height][K]{};
      std::ptrdiff_t j = 0;
      for (; j + parts * lanes <= whole; j += parts * lanes) {
#pragma GCC unroll 4
        for (int p = 0; p < parts; ++p) {
          if (p * lanes % line == 0) prefetch(row[0] + j + p * lanes, ahead);
#pragma GCC unroll 4
          for (int h = 0; h < height; ++h) {
            const Vector<T> value = load(row[h] + j + p * lanes);
#pragma GCC unroll 8
            for (int k = 0; k < K; ++k) acc[p][h][k] += value * load(v + k * ldv + j + p * lanes);
          }
        }
      }
      for (; j < whole; j += lanes) {
#pragma GCC unroll 4
        for (int h = 0; h < height; ++h)
#pragma GCC unroll 8
          for (int k = 0; k < K; ++k) acc[0][h][k] += load(row[h] + j) * load(v + k * ldv + j);
      }
      if (whole < d) {
#pragma GCC unroll 4
        for (int h = 0; h < height; ++h) {
          const Vector<T> value =
              reinterpret_cast<Vector<T>>(reinterpret_cast<Bits>(load(row[h] + d - lanes)) & rest);
#pragma GCC unroll 8
          for (int k = 0; k < K; ++k) acc[parts - 1][h][k] += value * load(v + k * ldv + d - lanes);
        }
      }
#pragma GCC unroll 4
      for (int h = 0; h < height; ++h)
#pragma GCC unroll 8
        for (int k = 0; k < K; ++k)
          sums[k][first + h] = parts == 1 ? acc[0][h][k]
                                          : (acc[0][h][k] + acc[1 % parts][h][k])
                                                + (acc[2 % parts][h][k] + acc[3 % parts][h][k]);
    }
    for (int k = 0; k < K; ++k) {
      const Vector<T> total = sum_each<T>(sums[k]);
      T* const to = m + k * ldm + i;
      if (i + lanes <= rows) {
        store(to, load(to) + total);
      } else {
        for (int h = 0; i + h < rows; ++h) to[h] += total[h];
      }
    }
  }
}

/// out += Xᵀ r for W vectors of columns from column j on.
template <class T, int W, int K>
NATGRAD_SIMD_ENTRY void row_products_strip(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows,
                                           std::ptrdiff_t d, std::ptrdiff_t j, const T* r, std::ptrdiff_t ldr,
                                           T* out, std::ptrdiff_t ldo) {
  constexpr int lanes = Lanes<T>::count;
  // A vector that would pass the end starts earlier, and gives only the columns that are new.
  std::ptrdiff_t start[W];
  for (int c = 0; c < W; ++c) start[c] = j + (c + 1) * lanes <= d ? j + c * lanes : d - lanes;
  Vector<T> acc[K][W]{};
  for (std::ptrdiff_t i = 0; i < rows; ++i) {
    const T* row = x + i * ldx;
#pragma GCC unroll 8
    for (int c = 0; c < W; ++c) {
      const Vector<T> value = load(row + start[c]);
#pragma GCC unroll 8
      for (int k = 0; k < K; ++k) acc[k][c] += value * r[k * ldr + i];
    }
  }
  for (int c = 0; c < W; ++c) {
    const std::ptrdiff_t first = j + c * lanes;
    for (int k = 0; k < K; ++k) {
      T total[lanes];
      store(total, acc[k][c]);
      for (std::ptrdiff_t l = first; l < first + lanes && l < d; ++l) out[k * ldo + l] += total[l - start[c]];
    }
  }
}

/// out += Xᵀ r. X: rows×d, rows ldx apart; r: rows×K, out: d×K.
template <class T, int K>
NATGRAD_SIMD_ENTRY void row_products(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, std::ptrdiff_t d,
                                     const T* r, std::ptrdiff_t ldr, T* out, std::ptrdiff_t ldo) {
  constexpr int lanes = Lanes<T>::count;
  constexpr int wide = K == 1 ? 8 : NATGRAD_SIMD_BYTES == 64 ? 4 : 2;
  constexpr int narrow = K == 1 ? 3 : wide;
  std::ptrdiff_t j = 0;
  for (; d - j >= wide * lanes; j += wide * lanes)
    row_products_strip<T, wide, K>(x, ldx, rows, d, j, r, ldr, out, ldo);
  for (; j < d; j += narrow * lanes) row_products_strip<T, narrow, K>(x, ldx, rows, d, j, r, ldr, out, ldo);
}

/// panel ← the block by columns, ldp apart. Nothing is read past the end of the block. ahead: as in column_margins.
template <class T>
NATGRAD_SIMD_ENTRY void rows_to_columns(const T* x, std::ptrdiff_t ldx, std::ptrdiff_t rows, std::ptrdiff_t d,
                                        T* panel, std::ptrdiff_t ldp, std::ptrdiff_t ahead) {
  constexpr int lanes = Lanes<T>::count, line = 64 / static_cast<int>(sizeof(T));
  std::ptrdiff_t whole = rows / lanes * lanes;
  // Of rows shorter than a vector the next ones are read along, unless they are others' or beyond the end.
  if (d < lanes) whole = ldx == d && rows * d > lanes ? ((rows * d - lanes) / d + 1) / lanes * lanes : 0;
  for (std::ptrdiff_t i = 0; i < whole; i += lanes) {
    for (std::ptrdiff_t begin = 0; begin < d; begin += lanes) {
      const std::ptrdiff_t j = begin + lanes <= d || d < lanes ? begin : d - lanes;
      if (ahead != 0 && begin % line == 0) {
#pragma GCC unroll 16
        for (int k = 0; k < lanes; ++k) prefetch(x + (i + k) * ldx + j, ahead * ldx);
      }
      Vector<T> tile[lanes];
#pragma GCC unroll 16
      for (int k = 0; k < lanes; ++k) tile[k] = load(x + (i + k) * ldx + j);
      transpose<T>(tile);
#pragma GCC unroll 16
      for (int k = 0; k < lanes; ++k)
        if (k < d) store(panel + (j + k) * ldp + i, tile[k]);
    }
  }
  for (std::ptrdiff_t j = 0; j < d; ++j)
    for (std::ptrdiff_t i = whole; i < rows; ++i) panel[j * ldp + i] = x[i * ldx + j];
}
#endif
