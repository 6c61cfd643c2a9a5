// SPDX-License-Identifier: MIT
#pragma once
/// Products of one block of rows, on pointers: the vector code of the chosen instruction set, or plain loops.

#include "natgrad/kernel/design.hpp"
#include "natgrad/kernel/dispatch.hpp"
#include "natgrad/kernel/simd/columns.hpp"
#include "natgrad/kernel/simd/gram.hpp"
#include "natgrad/kernel/simd/rows.hpp"

#include <Eigen/Core>

#include <algorithm>

namespace natgrad::kernel {

/// Blocks by columns have a multiple of this many rows, the lanes of the widest vector.
inline constexpr Index row_multiple = 16;
inline constexpr Index padded(Index rows) { return (rows + row_multiple - 1) / row_multiple * row_multiple; }
/// Below this many columns a block by rows is turned into columns first: a row must fill a vector.
inline constexpr Index row_vector = 16;

/// A block of rows of X, `stride` apart from row to row or from column to column.
template <class T, bool ByRow>
struct Block {
  const T* x;
  Index stride, rows, columns;

  const T& at(Index i, Index j) const { return ByRow ? x[i * stride + j] : x[j * stride + i]; }
};

/// Calls use(i, j) for each entry of a block in the order of memory.
template <class T, bool ByRow, class Use>
void each_entry(const Block<T, ByRow>& b, const Use& use) {
  for (Index outer = 0; outer < (ByRow ? b.rows : b.columns); ++outer) {
    for (Index inner = 0; inner < (ByRow ? b.columns : b.rows); ++inner)
      use(ByRow ? outer : inner, ByRow ? inner : outer);
  }
}

inline namespace NATGRAD_ABI {

template <int K, class T, bool ByRow>
void add_margins_of(const Block<T, ByRow>& b, const T* v, Index ldv, T* m, Index ldm, Index ahead) {
  if constexpr (Vectorizable<T>) {
    if constexpr (ByRow) {
      NATGRAD_RETURN_VECTORIZED(row_margins<T, K>(b.x, b.stride, b.rows, b.columns, v, ldv, m, ldm))
    } else {
      NATGRAD_RETURN_VECTORIZED(column_margins<T, K>(b.x, b.stride, b.rows, b.columns, v, ldv, m, ldm, ahead))
    }
  }
  for (int k = 0; k < K; ++k)
    each_entry(b, [&](Index i, Index j) { m[k * ldm + i] += b.at(i, j) * v[k * ldv + j]; });
}

template <int K, class T, bool ByRow>
void add_products_of(const Block<T, ByRow>& b, const T* r, Index ldr, T* out, Index ldo) {
  if constexpr (Vectorizable<T>) {
    if constexpr (ByRow) {
      NATGRAD_RETURN_VECTORIZED(row_products<T, K>(b.x, b.stride, b.rows, b.columns, r, ldr, out, ldo))
    } else {
      NATGRAD_RETURN_VECTORIZED(column_products<T, K>(b.x, b.stride, b.rows, b.columns, r, ldr, out, ldo))
    }
  }
  for (int k = 0; k < K; ++k)
    each_entry(b, [&](Index i, Index j) { out[k * ldo + j] += b.at(i, j) * r[k * ldr + i]; });
}

/// m += X v for k right-hand sides; K is their number where it is known. v: columns×k, m: rows×k.
/// By columns the rows are a multiple of row_multiple, by rows the columns are at least row_vector.
/// ahead: by columns, how many rows after these the ones begin that are read next, which memory is asked for meanwhile; or 0.
template <int K, class T, bool ByRow>
void add_margins(const Block<T, ByRow>& block, Index k, const T* v, Index ldv, T* m, Index ldm,
                 Index ahead = 0) {
  if constexpr (K == 1) {
    add_margins_of<1>(block, v, ldv, m, ldm, ahead);
  } else {
    Index done = 0;
    for (; done + 4 <= k; done += 4, ahead = 0)
      add_margins_of<4>(block, v + done * ldv, ldv, m + done * ldm, ldm, ahead);
    for (; done < k; ++done, ahead = 0)
      add_margins_of<1>(block, v + done * ldv, ldv, m + done * ldm, ldm, ahead);
  }
}

/// out += Xᵀ r for k right-hand sides. r: rows×k, out: columns×k; otherwise as add_margins.
template <int K, class T, bool ByRow>
void add_products(const Block<T, ByRow>& block, Index k, const T* r, Index ldr, T* out, Index ldo) {
  if constexpr (K == 1 || K == 2) {
    add_products_of<K>(block, r, ldr, out, ldo);
  } else {
    Index done = 0;
    for (; done + 4 <= k; done += 4) add_products_of<4>(block, r + done * ldr, ldr, out + done * ldo, ldo);
    for (; done < k; ++done) add_products_of<1>(block, r + done * ldr, ldr, out + done * ldo, ldo);
  }
}

/// Σᵢ xᵢ of n contiguous values.
template <class T>
T total(const T* x, Index n) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(total<T>(x, n))
  }
  T sum(0);
  for (Index i = 0; i < n; ++i) sum += x[i];
  return sum;
}

/// Room that add_gram wants beside a block, in elements
inline Index gram_room(Index rows, Index columns) {
  const Index strips = std::min<Index>(strip_columns, columns + row_multiple);
  return std::max<Index>(5 * rows, columns < strips_from ? 0 : std::min<Index>(rows, strip_rows) * strips);
}

/// c(a, b) += Σᵢ xᵢₐ wᵢ xᵢᵦ for first ≤ a < last, b ≤ a; first is a multiple of
/// strip_columns. c by columns, ldc apart. room: gram_room. ahead: as in add_margins, of few columns.
template <class T>
void add_gram(const Block<T, false>& b, const T* w, Index first, Index last, T* c, Index ldc, T* room,
              Index ahead = 0) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(gram<T>(b.x, b.stride, w, b.rows, first, last, c, ldc, room, ahead))
  }
  T* panel = room;
  for (Index j = 0; j < last; ++j) {
    for (Index i = 0; i < b.rows; ++i) panel[i] = b.at(i, j) * w[i];
    for (Index k = j < first ? first : j; k < last; ++k) {
      T sum(0);
      for (Index i = 0; i < b.rows; ++i) sum += b.at(i, k) * panel[i];
      c[j * ldc + k] += sum;
    }
  }
}

/// panel ← the block by columns, `stride` ≥ rows apart, with zeros below where the stride has room for row_multiple.
/// ahead: as in add_margins.
template <class T, bool ByRow>
void copy_by_columns(const Block<T, ByRow>& b, T* panel, Index stride, Index ahead = 0) {
  const Index end = padded(b.rows);
  for (Index j = 0; j < b.columns; ++j)
    std::fill(panel + j * stride + b.rows, panel + j * stride + end, T(0));
  if constexpr (Vectorizable<T> && ByRow) {
    NATGRAD_RETURN_VECTORIZED(rows_to_columns<T>(b.x, b.stride, b.rows, b.columns, panel, stride, ahead))
  }
  each_entry(b, [&](Index i, Index j) { panel[j * stride + i] = b.at(i, j); });
}

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
