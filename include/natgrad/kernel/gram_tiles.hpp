// SPDX-License-Identifier: MIT
#pragma once
/// The Gram matrix of many columns: threads share out its tiles, not the rows, so that no thread needs a copy of it.

#include "natgrad/kernel/dense.hpp"
#include "natgrad/kernel/parallel.hpp"

namespace natgrad::kernel {

/// Beyond this many columns a Hessian takes a second pass over X: the tiles then cost far more than reading it.
template <class Matrix>
bool gram_in_tiles(const Design<Matrix>& design) {
  return is_dense<Matrix> && design.features.cols() > 256;
}

/// Rows [first, first + rows) of X by columns; a copy unless X is stored so. Threads share the copying.
template <class T, bool ByRow>
Block<T, false> by_columns(const DenseRows<T, ByRow>& x, Index first, Index rows, T* copy, Index stride) {
  if constexpr (!ByRow)
    if (rows % row_multiple == 0) return x.block(first, rows);
  constexpr Index width = 64;
  for_each_part((x.d + width - 1) / width, [&](Index part) {
    Block<T, ByRow> block = x.block(first, rows);
    const Index j = part * width;
    block.x += j * (ByRow ? 1 : x.stride);
    block.columns = std::min(width, x.d - j);
    copy_by_columns(block, copy + j * stride, stride);
  });
  return {copy, stride, padded(rows), x.d};
}

/// See gram. weight may be null.
template <class T, bool ByRow, class Output>
void add_gram_in_tiles(const DenseRows<T, ByRow>& x, bool intercept, const T* weight, Output&& lower,
                       Scratch& scratch) {
  constexpr Index most_rows = strip_rows, width = strip_columns;
  const Index n = x.n, d = x.d, stride = most_rows + row_multiple, tiles = (d + width - 1) / width;
  T* c = scratch.take<T>(d * d);
  T* copy = scratch.take<T>(stride * d);
  T* w = scratch.take<T>(stride);
  T* cross = scratch.take<T>(d + 1);
  std::fill(c, c + d * d, T(0));
  std::fill(cross, cross + d + 1, T(0));
  for (Index first = 0; first < n; first += most_rows) {
    const Index rows = std::min(most_rows, n - first);
    if (weight)
      std::copy_n(weight + first, rows, w);
    else
      std::fill(w, w + rows, T(1));
    std::fill(w + rows, w + stride, T(0));
    const Block<T, false> block = by_columns(x, first, rows, copy, stride);
    // The longest rows of tiles first, so that no thread is left with one at the end.
    for_each_part(tiles, [&](Index part) {
      Scratch own;
      const Index begin = (tiles - 1 - part) * width;
      add_gram(block, w, begin, std::min(begin + width, d), c, d, own.take<T>(gram_room(most_rows, d)));
    });
    if (intercept) {
      add_products<1>(block, 1, w, stride, cross, d + 1);
      for (Index i = 0; i < rows; ++i) cross[d] += w[i];
    }
  }
  write_gram(c, d, intercept ? cross : nullptr, lower);
}

}  // namespace natgrad::kernel
