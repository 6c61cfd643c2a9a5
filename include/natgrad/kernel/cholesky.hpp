// SPDX-License-Identifier: MIT
#pragma once
/// A = LLᵀ in place, and Lx = b, Lᵀx = b (Golub & Van Loan 2013, alg. 4.2.1 and 4.2.4): on pointers, so that a program has
/// one copy a scalar type; what is left of A is updated by the tiles of the Gram matrix.

#include "natgrad/kernel/blocks.hpp"
#include "natgrad/kernel/scratch.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <algorithm>

namespace natgrad::kernel {

namespace detail {

/// Columns [first, first + width) of L from row first on; those before `first` were applied already. A pivot must exceed
/// `rounding` times its entry of the diagonal. row: `width` numbers.
template <class T>
bool factor_columns(T* a, Index ld, Index n, Index first, Index width, const T* diagonal, const T& rounding,
                    T* row) {
  for (Index j = first; j < first + width; ++j) {
    T* column = a + j * ld + j;
    for (Index k = first; k < j; ++k) row[k - first] = T(-a[k * ld + j]);
    add_columns(a + first * ld + j, ld, n - j, j - first, row, column);
    const T pivot = column[0];
    if (!(pivot > rounding * diagonal[j])) return false;
    const T root = Eigen::numext::sqrt(pivot), inverse = T(1) / root;
    column[0] = root;
    for (Index i = 1; i < n - j; ++i) column[i] *= inverse;
  }
  return true;
}

}  // namespace detail

/// The same as cholesky, column by column: for a matrix so small, or met so seldom, that the tiles are not worth compiling.
template <class T>
bool cholesky_by_columns(T* a, Index ld, Index n, const T* diagonal, const T& rounding) {
  constexpr Index width = 64;
  T row[width];
  for (Index first = 0; first < n; first += width) {
    const Index size = std::min(width, n - first);
    // Left-looking: all earlier columns at once.
    for (Index done = 0; done < first; done += width) {
      for (Index j = first; j < first + size; ++j) {
        for (Index k = 0; k < width; ++k) row[k] = T(-a[(done + k) * ld + j]);
        add_columns(a + done * ld + j, ld, n - j, width, row, a + j * ld + j);
      }
    }
    if (!detail::factor_columns(a, ld, n, first, size, diagonal, rounding, row)) return false;
  }
  return true;
}

/// L replaces the lower triangle of a: n×n by columns, ld apart. diagonal: n, what pivots are judged by (A's own). False, and
/// a is lost, where a pivot is not above rounding·diagonal.
template <class T>
bool cholesky(T* a, Index ld, Index n, const T* diagonal, const T& rounding) {
  if constexpr (Vectorizable<T>) {
    constexpr Index width = 64;
    if (n > 2 * width) {
      T row[width];
      Scratch scratch;
      T* turned = scratch.take<T>(width * n);
      T* room = scratch.take<T>(gram_room(width, n));
      T* minus = scratch.take<T>(width);
      std::fill(minus, minus + width, T(-1));
      for (Index first = 0; first < n; first += width) {
        const Index size = std::min(width, n - first), next = first + size, rest = n - next;
        if (!detail::factor_columns(a, ld, n, first, size, diagonal, rounding, row)) return false;
        if (rest == 0) break;
        // A ← A − L₂L₂ᵀ: the rows of L₂ are the columns that the tiles want.
        copy_by_columns(Block<T, true>{a + first * ld + next, ld, size, rest}, turned, width);
        add_gram(Block<T, false>{turned, width, size, rest}, minus, 0, rest, a + next * ld + next, ld, room);
      }
      return true;
    }
  }
  return cholesky_by_columns(a, ld, n, diagonal, rounding);
}

/// x ← L⁻¹x
template <class T>
void solve_lower(const T* l, Index ld, Index n, T* x) {
  for (Index j = 0; j < n; ++j) {
    const T* column = l + j * ld + j;
    x[j] /= column[0];
    add_scaled(T(-x[j]), column + 1, x + j + 1, n - j - 1);
  }
}

/// x ← L⁻ᵀx
template <class T>
void solve_lower_transposed(const T* l, Index ld, Index n, T* x) {
  for (Index j = n - 1; j >= 0; --j) {
    const T* column = l + j * ld + j;
    x[j] = (x[j] - dot(column + 1, x + j + 1, n - j - 1)) / column[0];
  }
}

}  // namespace natgrad::kernel
