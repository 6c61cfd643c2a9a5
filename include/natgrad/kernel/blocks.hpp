// SPDX-License-Identifier: MIT
#pragma once
/// Products of one block of rows, on pointers: the vector code of the chosen instruction set, or plain Eigen.

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
/// Below this many columns a block by rows is turned into columns first: a row must fill a vector.
inline constexpr Index row_vector = 16;

/// A block of rows of X, `stride` apart from row to row or from column to column.
template <class T, bool ByRow>
struct Block {
  const T* x;
  Index stride, rows, columns;

  using Matrix = Eigen::Map<
      const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, ByRow ? Eigen::RowMajor : Eigen::ColMajor>, 0,
      Eigen::OuterStride<>>;
  Matrix matrix() const { return {x, rows, columns, Eigen::OuterStride<>(stride)}; }
};

inline namespace NATGRAD_ABI {

template <int K, class T, bool ByRow>
void add_margins_of(const Block<T, ByRow>& b, const T* v, Index ldv, T* m, Index ldm, Index ahead) {
  if constexpr (Vectorizable<T>) {
    if constexpr (ByRow) {
      NATGRAD_RETURN_VECTORIZED(row_margins<T, K>(b.x, b.stride, b.rows, b.columns, v, ldv, m, ldm, ahead))
    } else {
      NATGRAD_RETURN_VECTORIZED(column_margins<T, K>(b.x, b.stride, b.rows, b.columns, v, ldv, m, ldm, ahead))
    }
  }
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  for (int k = 0; k < K; ++k)
    Eigen::Map<Vector>(m + k * ldm, b.rows).noalias() +=
        b.matrix() * Eigen::Map<const Vector>(v + k * ldv, b.columns);
}

template <int K, class T, bool ByRow>
void add_products_of(const Block<T, ByRow>& b, const T* r, Index ldr, T* out, Index ldo, Index ahead) {
  if constexpr (Vectorizable<T>) {
    if constexpr (ByRow) {
      NATGRAD_RETURN_VECTORIZED(row_products<T, K>(b.x, b.stride, b.rows, b.columns, r, ldr, out, ldo, ahead))
    } else {
      NATGRAD_RETURN_VECTORIZED(
          column_products<T, K>(b.x, b.stride, b.rows, b.columns, r, ldr, out, ldo, ahead))
    }
  }
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  for (int k = 0; k < K; ++k)
    Eigen::Map<Vector>(out + k * ldo, b.columns).noalias() +=
        b.matrix().transpose() * Eigen::Map<const Vector>(r + k * ldr, b.rows);
}

/// m += X v for k right-hand sides; K is their number where it is known. v: columns×k, m: rows×k.
/// By columns the rows are a multiple of row_multiple, by rows the columns are at least row_vector.
/// ahead: the distance, in elements, to what is read next, to be fetched meanwhile; 0 for none.
template <int K, class T, bool ByRow>
void add_margins(const Block<T, ByRow>& block, Index k, const T* v, Index ldv, T* m, Index ldm, Index ahead) {
  if constexpr (K == 1) {
    add_margins_of<1>(block, v, ldv, m, ldm, ahead);
  } else {
    Index done = 0;
    for (; done + 4 <= k; done += 4)
      add_margins_of<4>(block, v + done * ldv, ldv, m + done * ldm, ldm, ahead);
    for (; done < k; ++done) add_margins_of<1>(block, v + done * ldv, ldv, m + done * ldm, ldm, ahead);
  }
}

/// out += Xᵀ r for k right-hand sides. r: rows×k, out: columns×k; otherwise as add_margins.
template <int K, class T, bool ByRow>
void add_products(const Block<T, ByRow>& block, Index k, const T* r, Index ldr, T* out, Index ldo,
                  Index ahead) {
  if constexpr (K == 1 || K == 2) {
    add_products_of<K>(block, r, ldr, out, ldo, ahead);
  } else {
    Index done = 0;
    for (; done + 4 <= k; done += 4)
      add_products_of<4>(block, r + done * ldr, ldr, out + done * ldo, ldo, ahead);
    for (; done < k; ++done) add_products_of<1>(block, r + done * ldr, ldr, out + done * ldo, ldo, ahead);
  }
}

/// Room that add_gram wants beside a block, in elements.
inline Index gram_panel(Index rows) { return 5 * rows; }

/// c(a, b) += Σᵢ xᵢₐ wᵢ xᵢᵦ for first ≤ a < last, b ≤ a; first is a multiple of 60. c by columns, ldc apart.
template <class T>
void add_gram(const Block<T, false>& b, const T* w, Index first, Index last, T* c, Index ldc, T* panel) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(gram<T>(b.x, b.stride, w, b.rows, first, last, c, ldc, panel))
  }
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  Eigen::Map<Vector> weighted(panel, b.rows);
  for (Index j = 0; j < last; ++j) {
    const Index top = j < first ? first : j;
    weighted = b.matrix().col(j).cwiseProduct(Eigen::Map<const Vector>(w, b.rows));
    Eigen::Map<Vector>(c + j * ldc + top, last - top).noalias() +=
        b.matrix().middleCols(top, last - top).transpose() * weighted;
  }
}

/// panel ← the block by columns, `stride` ≥ rows apart, with zeros below where the stride has room for row_multiple.
template <class T, bool ByRow>
void copy_by_columns(const Block<T, ByRow>& b, T* panel, Index stride) {
  const Index padded = (b.rows + row_multiple - 1) / row_multiple * row_multiple;
  for (Index j = 0; j < b.columns; ++j)
    std::fill(panel + j * stride + b.rows, panel + j * stride + padded, T(0));
  if constexpr (Vectorizable<T> && ByRow) {
    NATGRAD_RETURN_VECTORIZED(rows_to_columns<T>(b.x, b.stride, b.rows, b.columns, panel, stride))
  }
  Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>, 0, Eigen::OuterStride<>>(
      panel, b.rows, b.columns, Eigen::OuterStride<>(stride)) = b.matrix();
}

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
