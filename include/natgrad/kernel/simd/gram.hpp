// SPDX-License-Identifier: MIT
// Register tiles of the weighted Gram matrix, on columns. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_GRAM
#define NATGRAD_KERNEL_SIMD_GRAM
#include "natgrad/kernel/simd/lanes.hpp"

#include <cstddef>
#define NATGRAD_SIMD_BODY "natgrad/kernel/simd/gram.hpp"
#include "natgrad/kernel/simd/each_target.hpp"
#endif
#else

/// Adds the lane sums of an S×S tile to c (column-major): c(i, j) += Σ acc[j][i], for i < rows and j < columns.
template <class T, int S>
NATGRAD_SIMD_INLINE void add_tile(Vector<T>* acc, T* c, std::ptrdiff_t stride, int rows, int columns) {
  constexpr int lanes = Lanes<T>::count;
  constexpr int groups = (S * S + lanes - 1) / lanes;
  T total[groups * lanes];
#pragma GCC unroll 16
  for (int g = 0; g < groups; ++g) store(total + g * lanes, sum_each<T>(acc + g * lanes));
  for (int j = 0; j < columns; ++j)
    for (int i = 0; i < rows; ++i) c[j * stride + i] += total[j * S + i];
}

/// A tile on the diagonal: c(i, j) += Σₖ xᵢₖ wₖ xⱼₖ, i ≥ j; panel ← w ∘ x, S vectors of columns side by side, for full_tile.
template <class T, int S>
NATGRAD_SIMD_ENTRY void diagonal_tile(const T* const* x, const T* w, std::ptrdiff_t rows, T* panel, T* c,
                                      std::ptrdiff_t stride, int size) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> acc[(S * S + lanes - 1) / lanes * lanes]{};
  for (std::ptrdiff_t k = 0; k < rows; k += lanes, panel += S * lanes) {
    const Vector<T> weight = load(w + k);
    Vector<T> column[S];
#pragma GCC unroll 8
    for (int j = 0; j < S; ++j) {
      column[j] = load(x[j] + k);
      const Vector<T> weighted = weight * column[j];
      store(panel + j * lanes, weighted);
#pragma GCC unroll 8
      for (int i = 0; i <= j; ++i) acc[i * S + j] += weighted * column[i];
    }
  }
  add_tile<T, S>(acc, c, stride, size, size);
}

/// A tile below the diagonal: c(i, j) += Σₖ xᵢₖ panelⱼₖ.
template <class T, int S>
NATGRAD_SIMD_ENTRY void full_tile(const T* const* x, const T* panel, std::ptrdiff_t rows, T* c,
                                  std::ptrdiff_t stride, int height, int width) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> acc[(S * S + lanes - 1) / lanes * lanes]{};
  for (std::ptrdiff_t k = 0; k < rows; k += lanes, panel += S * lanes) {
    Vector<T> column[S];
#pragma GCC unroll 8
    for (int i = 0; i < S; ++i) column[i] = load(x[i] + k);
#pragma GCC unroll 8
    for (int j = 0; j < S; ++j) {
      const Vector<T> weighted = load(panel + j * lanes);
#pragma GCC unroll 8
      for (int i = 0; i < S; ++i) acc[j * S + i] += weighted * column[i];
    }
  }
  add_tile<T, S>(acc, c, stride, height, width);
}

/// panel ← w ∘ x, S vectors of columns side by side.
template <class T, int S>
NATGRAD_SIMD_INLINE void weigh(const T* const* x, const T* w, std::ptrdiff_t rows, T* panel) {
  constexpr int lanes = Lanes<T>::count;
  for (std::ptrdiff_t k = 0; k < rows; k += lanes, panel += S * lanes) {
    const Vector<T> weight = load(w + k);
#pragma GCC unroll 8
    for (int j = 0; j < S; ++j) store(panel + j * lanes, weight * load(x[j] + k));
  }
}

/// Rows [first, last) of the lower triangle in tiles of S; first is a multiple of S.
template <class T, int S>
NATGRAD_SIMD_ENTRY void gram_tiles(const T* x, std::ptrdiff_t ldx, const T* w, std::ptrdiff_t rows,
                                   std::ptrdiff_t first, std::ptrdiff_t last, T* c, std::ptrdiff_t ldc,
                                   T* panel) {
  const T* column[S];
  for (std::ptrdiff_t b = 0; b < last; b += S) {
    const int width = last - b < S ? static_cast<int>(last - b) : S;
    // Where fewer columns are left, the last one stands in for those that are missing.
    for (int j = 0; j < S; ++j) column[j] = x + ldx * (b + (j < width ? j : width - 1));
    if (b < first)
      weigh<T, S>(column, w, rows, panel);
    else
      diagonal_tile<T, S>(column, w, rows, panel, c + b * ldc + b, ldc, width);
    for (std::ptrdiff_t a = b < first ? first : b + S; a < last; a += S) {
      const int height = last - a < S ? static_cast<int>(last - a) : S;
      for (int j = 0; j < S; ++j) column[j] = x + ldx * (a + (j < height ? j : height - 1));
      full_tile<T, S>(column, panel, rows, c + b * ldc + a, ldc, height, width);
    }
  }
}

/// Products a row costs in tiles of S: those of d columns with themselves, and with the weight.
template <int S>
NATGRAD_SIMD_INLINE std::ptrdiff_t tile_products(std::ptrdiff_t d) {
  const std::ptrdiff_t tiles = (d + S - 1) / S;
  return tiles * (S * (S + 3) / 2) + tiles * (tiles - 1) / 2 * (S * S);
}

/// c(a, b) += Σₖ xₖₐ wₖ xₖᵦ for first ≤ a < last, b ≤ a. X: rows×d, columns ldx apart; rows is a multiple of the lanes;
/// first is a multiple of 60, which every tile divides. panel: room for 5·rows.
template <class T>
NATGRAD_SIMD_ENTRY void gram(const T* x, std::ptrdiff_t ldx, const T* w, std::ptrdiff_t rows,
                             std::ptrdiff_t first, std::ptrdiff_t last, T* c, std::ptrdiff_t ldc, T* panel) {
  // The tile that multiplies least, counting the columns it completes; 32 registers hold 25 sums, 16 hold 9.
  if constexpr (NATGRAD_SIMD_BYTES == 64) {
    const std::ptrdiff_t fives = tile_products<5>(last), fours = tile_products<4>(last),
                         threes = tile_products<3>(last);
    if (fives <= fours && fives <= threes)
      return gram_tiles<T, 5>(x, ldx, w, rows, first, last, c, ldc, panel);
    if (fours <= threes) return gram_tiles<T, 4>(x, ldx, w, rows, first, last, c, ldc, panel);
  }
  gram_tiles<T, 3>(x, ldx, w, rows, first, last, c, ldc, panel);
}
#endif
