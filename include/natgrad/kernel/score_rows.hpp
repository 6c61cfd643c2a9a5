// SPDX-License-Identifier: MIT
#pragma once
/// Rows of D = X or [X 1], each times a number that depends on its margin: the scores of every linear model.

#include "natgrad/kernel/pass.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <Eigen/Core>

#include <algorithm>

namespace natgrad::kernel {

/// m ← X x for rows `first` to first + rows of X. Each row's terms are added one after the other, as for a row alone, so that
/// its score has the same bits in any block; `margins` is faster, and adds in another order.
template <class T, bool ByRow, class Parameters>
void margins_in_order(const DenseRows<T, ByRow>& x, const Parameters& v, Index first, Index rows, T* m) {
  const Block<T, ByRow> block = x.block(first, rows);
  if constexpr (ByRow) {
    for (Index i = 0; i < rows; ++i) m[i] = dot(block.x + i * block.stride, v.data(), x.d);
  } else {
    fill(m, rows, T(0));
    for (Index j = 0; j < x.d; ++j) {
      for (Index i = 0; i < rows; ++i) m[i] += block.at(i, j) * v[j];
    }
  }
}
template <class T, class Place, bool ByRow, class Parameters>
void margins_in_order(const SparseLines<T, Place, ByRow>& x, const Parameters& v, Index first, Index rows,
                      T* m) {
  fill(m, rows, T(0));
  for (Index line = 0; line < (ByRow ? rows : x.d); ++line) {
    const auto entries = ByRow ? x[first + line] : x[line].between(first, first + rows);
    if constexpr (ByRow) {
      for (Index k = 0; k < entries.size; ++k) m[line] += entries.value[k] * v[entries.place[k]];
    } else {
      entries.add(v[line], m, first);
    }
  }
}

/// S ← diag(scale)·(rows `first` to first + S.rows() of X). By columns in strips of 8, of which few rows stay in the nearest cache.
template <class T, bool ByRow, class Rows>
void scale_rows(const DenseRows<T, ByRow>& x, const T* scale, Index first, Rows& S) {
  const Block<T, ByRow> block = x.block(first, S.rows());
  const Index width = ByRow ? std::max<Index>(1, x.d) : 8;
  for (Index left = 0; left < x.d; left += width) {
    const Index right = std::min(x.d, left + width);
    for (Index i = 0; i < S.rows(); ++i) {
      const T factor = scale[i];  // S might hold it, as far as the compiler knows
      for (Index j = left; j < right; ++j) S.coeffRef(i, j) = factor * block.at(i, j);
    }
  }
}

/// The same of a sparse X, line by line: by columns a row alone would have to be looked for in each of them.
template <class T, class Place, bool ByRow, class Rows>
void scale_rows(const SparseLines<T, Place, ByRow>& x, const T* scale, Index first, Rows& S) {
  S.leftCols(x.d).setZero();
  for (Index line = 0; line < (ByRow ? S.rows() : x.d); ++line) {
    const auto entries = ByRow ? x[first + line] : x[line].between(first, first + S.rows());
    for (Index k = 0; k < entries.size; ++k) {
      const Index i = ByRow ? line : entries.place[k] - first, j = ByRow ? entries.place[k] : line;
      S.coeffRef(i, j) = scale[i] * entries.value[k];
    }
  }
}

/// S ← diag(scale)·(rows `first` to first + S.rows() of D). S: rows×p
template <class Matrix, class Rows>
void scaled_rows(const Design<Matrix>& design, const typename Matrix::Scalar* scale, Index first, Rows& S) {
  scale_rows(source_of(design.features), scale, first, S);
  for (Index i = 0; design.intercept && i < S.rows(); ++i) S.coeffRef(i, design.features.cols()) = scale[i];
}

/// Row i of S ← factor(first + i, m)·(row first + i of D), m the row's margin with x. S: rows×p. factor is called once a row.
template <class Matrix, class Parameters, class Rows, class Factor>
void score_rows(const Design<Matrix>& design, const Parameters& x, Index first, Rows& S,
                const Factor& factor) {
  using T = typename Matrix::Scalar;
  Scratch scratch;
  const auto source = source_of(design.features);
  // Few rows of a dense X at once, which the margins leave in cache (measured); all of a sparse one, to look up each line once.
  const Index together =
      std::min<Index>(S.rows(), is_dense<Matrix> ? (Matrix::IsRowMajor ? 1 : 32) : S.rows());
  T* scale = scratch.take<T>(together);
  const T constant = design.intercept ? x[source.d] : T(0);
  for (Index done = 0; done < S.rows(); done += together) {
    auto part = S.middleRows(done, std::min(together, S.rows() - done));
    const Index top = first + done;
    margins_in_order(source, x, top, part.rows(), scale);
    for (Index i = 0; i < part.rows(); ++i) scale[i] = factor(top + i, T(scale[i] + constant));
    scaled_rows(design, scale, top, part);
  }
}

}  // namespace natgrad::kernel
