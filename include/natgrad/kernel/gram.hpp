// SPDX-License-Identifier: MIT
#pragma once
/// Weighted Gram matrix Dᵀ diag(w) D of a design D = X or [X 1]: Hessian and Fisher matrix of every linear model.

#include "natgrad/kernel/gram_tiles.hpp"
#include "natgrad/kernel/pass.hpp"

namespace natgrad::kernel {

/// lower ← Dᵀ diag(w) D, lower triangle; what lies above the diagonal is left alone.
/// weight: n weights of any sign, or null for w = 1. lower: p×p, p = design.parameters(); a Matrix, Map, Ref or Block.
template <class Matrix, class Output>
void gram(const Design<Matrix>& design, const typename Matrix::Scalar* weight, Output&& lower) {
  using T = typename Matrix::Scalar;
  Scratch scratch;
  if constexpr (is_dense<Matrix>)
    if (gram_in_tiles(design))
      return add_gram_in_tiles(dense_rows(design.features), design.intercept, weight, lower, scratch);
  const Pass<Want::gram, SourceOf<Matrix>, 1> pass(design, 0, 1, scratch);
  pass.run(GivenWeights<T>{weight}, 0, design.rows());
  pass.gram(lower);
}

/// Copies the lower triangle of a square matrix into its upper one, in squares that stay in cache.
template <class Output>
void symmetrize(Output&& matrix) {
  constexpr Index side = 32;
  const Index size = matrix.rows();
  for (Index j = 0; j < size; j += side) {
    const Index width = std::min(side, size - j);
    for (Index i = j; i < size; i += side) {
      const Index end = std::min(i + side, size);
      for (Index column = j; column < j + width; ++column) {
        for (Index row = std::max(i, column + 1); row < end; ++row)
          matrix.coeffRef(column, row) = matrix.coeff(row, column);
      }
    }
  }
}

}  // namespace natgrad::kernel
