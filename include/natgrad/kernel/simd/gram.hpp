// SPDX-License-Identifier: MIT
// Register tiles of the weighted Gram matrix, on columns. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_GRAM
#define NATGRAD_KERNEL_SIMD_GRAM
#include "natgrad/kernel/simd/lanes.hpp"

#include <cstddef>

namespace natgrad::kernel {
/// From so many columns on the Gram matrix is made of strips; below, its tiles lie on the columns themselves. The strips of
/// the widest vectors are 16 columns high, and waste more on the diagonal.
inline constexpr std::ptrdiff_t strips_from = 32, wide_strips_from = 128;
/// Rows of a strip: it fits the nearest cache, 32 KB, beside six columns of X.
inline constexpr std::ptrdiff_t strip_rows = 256;
/// Columns whose strips stay in the second cache: 256 KB. A multiple of the height of a tile of every vector.
inline constexpr std::ptrdiff_t strip_columns = 128;
}  // namespace natgrad::kernel
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

/// A tile on the diagonal: c(i, j) += Σₖ xᵢₖ wₖ xⱼₖ, i ≥ j; panel ← w ∘ x, S vectors of columns side by side, for full_tile, unless
/// it is null. Each column is in one such tile, so that these ask memory for the rows `ahead` of the block, unless that is 0.
template <class T, int S>
NATGRAD_SIMD_ENTRY void diagonal_tile(const T* const* x, const T* w, std::ptrdiff_t rows, T* panel, T* c,
                                      std::ptrdiff_t stride, int size, std::ptrdiff_t ahead) {
  constexpr int lanes = Lanes<T>::count, line = 64 / static_cast<int>(sizeof(T));
  Vector<T> acc[(S * S + lanes - 1) / lanes * lanes]{};
  for (std::ptrdiff_t k = 0; k < rows; k += lanes) {
    const Vector<T> weight = load(w + k);
    if (ahead != 0 && k % line == 0) {
#pragma GCC unroll 8
      for (int j = 0; j < S; ++j) prefetch(x[j] + k, ahead);
      prefetch(w + k, ahead);
    }
    Vector<T> column[S];
#pragma GCC unroll 8
    for (int j = 0; j < S; ++j) {
      column[j] = load(x[j] + k);
      const Vector<T> weighted = weight * column[j];
      if (panel) store(panel + k * S + j * lanes, weighted);
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

/// The lower triangle in tiles of S, few columns. panel: room for S·rows. ahead: as in diagonal_tile.
template <class T, int S>
NATGRAD_SIMD_ENTRY void gram_tiles(const T* x, std::ptrdiff_t ldx, const T* w, std::ptrdiff_t rows,
                                   std::ptrdiff_t d, T* c, std::ptrdiff_t ldc, T* panel,
                                   std::ptrdiff_t ahead) {
  const T* column[S];
  for (std::ptrdiff_t b = 0; b < d; b += S) {
    const int width = d - b < S ? static_cast<int>(d - b) : S;
    take_columns<S>(x + ldx * b, ldx, width, column);
    diagonal_tile<T, S>(column, w, rows, b + S < d ? panel : nullptr, c + b * ldc + b, ldc, width, ahead);
    for (std::ptrdiff_t a = b + S; a < d; a += S) {
      const int height = d - a < S ? static_cast<int>(d - a) : S;
      take_columns<S>(x + ldx * a, ldx, height, column);
      full_tile<T, S>(column, panel, rows, c + b * ldc + a, ldc, height, width);
    }
  }
}

/// strip ← w ∘ x for two vectors of columns, row by row: what the tile reads in order.
template <class T>
NATGRAD_SIMD_INLINE void pack_strip(const T* const* x, const T* w, std::ptrdiff_t rows, T* strip) {
  constexpr int lanes = Lanes<T>::count;
  for (std::ptrdiff_t k = 0; k < rows; k += lanes, strip += 2 * lanes * lanes) {
    const Vector<T> weight = load(w + k);
#pragma GCC unroll 2
    for (int half = 0; half < 2; ++half) {
      Vector<T> v[lanes];
#pragma GCC unroll 16
      for (int i = 0; i < lanes; ++i) v[i] = weight * load(x[half * lanes + i] + k);
      transpose<T>(v);
#pragma GCC unroll 16
      for (int i = 0; i < lanes; ++i) store(strip + (2 * i + half) * lanes, v[i]);
    }
  }
}

/// c(i, j) += Σₖ stripₖᵢ xₖⱼ for two vectors of i and six j: twelve sums in registers, and nothing to add up at the end.
/// On the edge of the matrix the first `height` i and `width` j count, and of those the ones with i + below ≥ j.
template <class T>
NATGRAD_SIMD_ENTRY void strip_tile(const T* strip, const T* const* x, std::ptrdiff_t rows, T* c,
                                   std::ptrdiff_t ldc, int height, int width, std::ptrdiff_t below) {
  constexpr int lanes = Lanes<T>::count, columns = 6;
  Vector<T> acc[columns][2]{};
  for (std::ptrdiff_t k = 0; k < rows; ++k, strip += 2 * lanes) {
    const Vector<T> first = load(strip), second = load(strip + lanes);
#pragma GCC unroll 6
    for (int j = 0; j < columns; ++j) {
      const Vector<T> factor = splat(x[j][k]);
      acc[j][0] += first * factor;
      acc[j][1] += second * factor;
    }
  }
  if (height == 2 * lanes && width == columns && below >= columns - 1) {
#pragma GCC unroll 6
    for (int j = 0; j < columns; ++j) {
      store(c + j * ldc, load(c + j * ldc) + acc[j][0]);
      store(c + j * ldc + lanes, load(c + j * ldc + lanes) + acc[j][1]);
    }
    return;
  }
  T total[columns * 2 * lanes];
#pragma GCC unroll 6
  for (int j = 0; j < columns; ++j) {
    store(total + 2 * lanes * j, acc[j][0]);
    store(total + 2 * lanes * j + lanes, acc[j][1]);
  }
  for (int j = 0; j < width; ++j)
    for (int i = j > below ? static_cast<int>(j - below) : 0; i < height; ++i)
      c[j * ldc + i] += total[2 * lanes * j + i];
}

/// Rows [first, last) of the lower triangle, many columns: strips of the weighted X in the second cache, and six columns of X in
/// the nearest while the strips pass by. strips: room for strip_rows·strip_columns.
template <class T>
NATGRAD_SIMD_ENTRY void gram_in_strips(const T* x, std::ptrdiff_t ldx, const T* w, std::ptrdiff_t rows,
                                       std::ptrdiff_t first, std::ptrdiff_t last, T* c, std::ptrdiff_t ldc,
                                       T* strips) {
  constexpr int lanes = Lanes<T>::count, height = 2 * lanes, width = 6;
  const T* column[height > width ? height : width];
  for (std::ptrdiff_t top = first; top < last; top += strip_columns) {
    const std::ptrdiff_t bottom = last - top < strip_columns ? last : top + strip_columns;
    for (std::ptrdiff_t a = top; a < bottom; a += height) {
      take_columns<height>(x + ldx * a, ldx, last - a, column);
      pack_strip<T>(column, w, rows, strips + (a - top) * rows);
    }
    for (std::ptrdiff_t b = 0; b < bottom; b += width) {
      take_columns<width>(x + ldx * b, ldx, last - b, column);
      const std::ptrdiff_t begin = b < top ? top : top + (b - top) / height * height;
      for (std::ptrdiff_t a = begin; a < bottom; a += height)
        strip_tile<T>(strips + (a - top) * rows, column, rows, c + b * ldc + a, ldc,
                      static_cast<int>(last - a < height ? last - a : height),
                      static_cast<int>(last - b < width ? last - b : width), a - b);
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
/// first is a multiple of strip_columns. room: for 5·rows, and for strip_rows·strip_columns where last ≥ strips_from.
/// ahead: of few columns, how many rows further down memory is asked for the same ones meanwhile; or 0.
template <class T>
NATGRAD_SIMD_ENTRY void gram(const T* x, std::ptrdiff_t ldx, const T* w, std::ptrdiff_t rows,
                             std::ptrdiff_t first, std::ptrdiff_t last, T* c, std::ptrdiff_t ldc, T* room,
                             std::ptrdiff_t ahead) {
  if (last >= (NATGRAD_SIMD_BYTES == 64 ? wide_strips_from : strips_from)) {
    for (std::ptrdiff_t done = 0; done < rows; done += strip_rows)
      gram_in_strips<T>(x + done, ldx, w + done, rows - done < strip_rows ? rows - done : strip_rows, first,
                        last, c, ldc, room);
    return;
  }
  // The tile that multiplies least, counting the columns it completes; 32 registers hold 25 sums, 16 hold 9.
  if constexpr (NATGRAD_SIMD_BYTES == 64) {
    const std::ptrdiff_t fives = tile_products<5>(last), fours = tile_products<4>(last),
                         threes = tile_products<3>(last);
    if (fives <= fours && fives <= threes)
      return gram_tiles<T, 5>(x, ldx, w, rows, last, c, ldc, room, ahead);
    if (fours <= threes) return gram_tiles<T, 4>(x, ldx, w, rows, last, c, ldc, room, ahead);
  }
  gram_tiles<T, 3>(x, ldx, w, rows, last, c, ldc, room, ahead);
}
#endif
