// SPDX-License-Identifier: MIT
#pragma once
/// Dᵀ(w ∘ (D V)) in one pass over the rows, several right-hand sides at once: H·v and F·v without the matrix.

#include "natgrad/kernel/linear_pass.hpp"

namespace natgrad::kernel {

/// out ← Dᵀ diag(w) D V (the offset takes no part). weight: n, or null for w = 1. v, out: p, or p×K; no overlap.
template <class Matrix, class Vectors, class Output>
void gram_times(const Design<Matrix>& design, const typename Matrix::Scalar* weight, const Vectors& v,
                Output&& out) {
  using T = typename Matrix::Scalar;
  constexpr int outputs = Vectors::ColsAtCompileTime;
  const auto scale = [weight](RowBlock<T, outputs>& block) {
    for (Index k = 0; k < block.margin.cols(); ++k)
      if (weight)
        block.residual.col(k) = block.margin.col(k) * ConstRowValues<T>(weight + block.first, block.rows());
      else
        block.residual.col(k) = block.margin.col(k);
    return T(0);
  };
  value_and_gradient(Design<Matrix>{design.features, design.intercept}, scale, v, out);
}

}  // namespace natgrad::kernel
