// SPDX-License-Identifier: MIT
// Register tiles of the weighted Gram matrix, on columns. Compiled once per instruction set.
#ifndef NATGRAD_SIMD_BYTES
#ifndef NATGRAD_KERNEL_SIMD_GRAM
#define NATGRAD_KERNEL_SIMD_GRAM
#include "natgrad/kernel/simd/lanes.hpp"

#include <cstddef>

namespace natgrad::kernel {
/// Rows of a packed block: three weighted panels and one panel of X then fit the nearest cache, 32 KB.
inline constexpr std::ptrdiff_t packed_rows = 256;
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

/// panel ← x, S vectors of columns side by side: aligned, and in the order in which the tiles read them.
template <class T, int S>
NATGRAD_SIMD_INLINE void pack(const T* const* x, std::ptrdiff_t rows, T* panel) {
  constexpr int lanes = Lanes<T>::count;
  for (std::ptrdiff_t k = 0; k < rows; k += lanes, panel += S * lanes) {
#pragma GCC unroll 8
    for (int j = 0; j < S; ++j) store(panel + j * lanes, load(x[j] + k));
  }
}

/// panel ← w ∘ packed
template <class T, int S>
NATGRAD_SIMD_INLINE void weigh_packed(const T* packed, const T* w, std::ptrdiff_t rows, T* panel) {
  constexpr int lanes = Lanes<T>::count;
  for (std::ptrdiff_t k = 0; k < rows; k += lanes, panel += S * lanes, packed += S * lanes) {
    const Vector<T> weight = load(w + k);
#pragma GCC unroll 8
    for (int j = 0; j < S; ++j) store(panel + j * lanes, weight * load(packed + j * lanes));
  }
}

/// c(i, j) += Σₖ packedᵢₖ panelⱼₖ; on the diagonal i ≥ j alone.
template <class T, int S, bool Diagonal>
NATGRAD_SIMD_ENTRY void packed_tile(const T* packed, const T* panel, std::ptrdiff_t rows, T* c,
                                    std::ptrdiff_t stride, int height, int width) {
  constexpr int lanes = Lanes<T>::count;
  Vector<T> acc[(S * S + lanes - 1) / lanes * lanes]{};
  for (std::ptrdiff_t k = 0; k < rows; k += lanes, panel += S * lanes, packed += S * lanes) {
    Vector<T> column[S];
#pragma GCC unroll 8
    for (int i = 0; i < S; ++i) column[i] = load(packed + i * lanes);
#pragma GCC unroll 8
    for (int j = 0; j < S; ++j) {
      const Vector<T> weighted = load(panel + j * lanes);
#pragma GCC unroll 8
      for (int i = Diagonal ? j : 0; i < S; ++i) acc[j * S + i] += weighted * column[i];
    }
  }
  add_tile<T, S>(acc, c, stride, height, width);
}

/// Rows [first, last) of the lower triangle, many columns: X is packed once, and three weighted panels lie in the nearest cache
/// while all others pass by. packed: room for rows·(last + S); panel: for 3S·rows; first is a multiple of 3S.
template <class T, int S>
NATGRAD_SIMD_ENTRY void packed_gram_tiles(const T* x, std::ptrdiff_t ldx, const T* w, std::ptrdiff_t rows,
                                          std::ptrdiff_t first, std::ptrdiff_t last, T* c, std::ptrdiff_t ldc,
                                          T* packed, T* panel) {
  const T* column[S];
  for (std::ptrdiff_t a = 0; a < last; a += S) {
    const int size = last - a < S ? static_cast<int>(last - a) : S;
    for (int j = 0; j < S; ++j) column[j] = x + ldx * (a + (j < size ? j : size - 1));
    pack<T, S>(column, rows, packed + a * rows);
  }
  for (std::ptrdiff_t begin = 0; begin < last; begin += 3 * S) {
    const std::ptrdiff_t end = last < begin + 3 * S ? last : begin + 3 * S;
    for (std::ptrdiff_t b = begin; b < end; b += S)
      weigh_packed<T, S>(packed + b * rows, w, rows, panel + (b - begin) * rows);
    for (std::ptrdiff_t a = begin < first ? first : begin; a < last; a += S) {
      const int height = last - a < S ? static_cast<int>(last - a) : S;
      for (std::ptrdiff_t b = begin; b < end && b < a; b += S)
        packed_tile<T, S, false>(packed + a * rows, panel + (b - begin) * rows, rows, c + b * ldc + a, ldc,
                                 height, S);
      if (a < end)
        packed_tile<T, S, true>(packed + a * rows, panel + (a - begin) * rows, rows, c + a * ldc + a, ldc,
                                height, height);
    }
  }
}

/// Products a row costs in tiles of S: those of d columns with themselves, and with the weight.
template <int S>
NATGRAD_SIMD_INLINE std::ptrdiff_t tile_products(std::ptrdiff_t d) {
  const std::ptrdiff_t tiles = (d + S - 1) / S;
  return tiles * (S * (S + 3) / 2) + tiles * (tiles - 1) / 2 * (S * S);
}

/// As gram, in tiles of S.
template <class T, int S>
NATGRAD_SIMD_ENTRY void gram_by(const T* x, std::ptrdiff_t ldx, const T* w, std::ptrdiff_t rows,
                                std::ptrdiff_t first, std::ptrdiff_t last, T* c, std::ptrdiff_t ldc, T* panel,
                                T* packed) {
  if (!packed) return gram_tiles<T, S>(x, ldx, w, rows, first, last, c, ldc, panel);
  for (std::ptrdiff_t done = 0; done < rows; done += packed_rows) {
    const std::ptrdiff_t some = rows - done < packed_rows ? rows - done : packed_rows;
    packed_gram_tiles<T, S>(x + done, ldx, w + done, some, first, last, c, ldc, packed, panel);
  }
}

/// c(a, b) += Σₖ xₖₐ wₖ xₖᵦ for first ≤ a < last, b ≤ a. X: rows×d, columns ldx apart; rows is a multiple of the lanes;
/// first is a multiple of 180, which three of every tile divide. panel: room for 5·rows and for 15·packed_rows; packed: for
/// packed_rows·(d + 5), or null where the columns are too few to be worth a copy.
template <class T>
NATGRAD_SIMD_ENTRY void gram(const T* x, std::ptrdiff_t ldx, const T* w, std::ptrdiff_t rows,
                             std::ptrdiff_t first, std::ptrdiff_t last, T* c, std::ptrdiff_t ldc, T* panel,
                             T* packed) {
  // The tile that multiplies least, counting the columns it completes; 32 registers hold 25 sums, 16 hold 9.
  if constexpr (NATGRAD_SIMD_BYTES == 64) {
    const std::ptrdiff_t fives = tile_products<5>(last), fours = tile_products<4>(last),
                         threes = tile_products<3>(last);
    if (fives <= fours && fives <= threes)
      return gram_by<T, 5>(x, ldx, w, rows, first, last, c, ldc, panel, packed);
    if (fours <= threes) return gram_by<T, 4>(x, ldx, w, rows, first, last, c, ldc, panel, packed);
  }
  gram_by<T, 3>(x, ldx, w, rows, first, last, c, ldc, panel, packed);
}
#endif
