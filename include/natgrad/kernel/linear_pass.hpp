// SPDX-License-Identifier: MIT
#pragma once
/// Value, gradient and Hessian of Σᵢ loss(mᵢ), m = D x + offset, each in ONE pass over the rows of the design D.

#include "natgrad/kernel/gram.hpp"
#include "natgrad/kernel/pass.hpp"

namespace natgrad::kernel {

/// Σ loss. x: p parameters, or p×K (K outputs, e.g. the classes of a softmax).
template <class Matrix, class RowLoss, class Parameters>
typename Matrix::Scalar value(const Design<Matrix>& design, const RowLoss& loss, const Parameters& x) {
  Scratch scratch;
  const Pass<Want::value, SourceOf<Matrix>, Parameters::ColsAtCompileTime> pass(design, x, x.cols(), scratch);
  pass.run(loss, 0, design.rows());
  return pass.value();
}

/// Σ loss; gradient ← Dᵀ r, the shape of x, which it may be.
template <class Matrix, class RowLoss, class Parameters, class Gradient>
typename Matrix::Scalar value_and_gradient(const Design<Matrix>& design, const RowLoss& loss,
                                           const Parameters& x, Gradient&& gradient) {
  Scratch scratch;
  const Pass<Want::gradient, SourceOf<Matrix>, Parameters::ColsAtCompileTime> pass(design, x, x.cols(),
                                                                                   scratch);
  pass.run(loss, 0, design.rows());
  pass.gradient(gradient);
  return pass.value();
}

/// Σ loss; gradient ← Dᵀ r; curvature ← n numbers, for a Gram matrix at the same point. One output.
template <class Matrix, class RowLoss, class Parameters, class Gradient>
typename Matrix::Scalar value_gradient_curvature(const Design<Matrix>& design, const RowLoss& loss,
                                                 const Parameters& x, Gradient&& gradient,
                                                 typename Matrix::Scalar* curvature) {
  Scratch scratch;
  const Pass<Want::curvature, SourceOf<Matrix>, 1> pass(design, x, 1, scratch);
  pass.run(loss, 0, design.rows(), curvature);
  pass.gradient(gradient);
  return pass.value();
}

/// Σ loss; curvature ← n numbers. One output.
template <class Matrix, class RowLoss, class Parameters>
typename Matrix::Scalar value_curvature(const Design<Matrix>& design, const RowLoss& loss,
                                        const Parameters& x, typename Matrix::Scalar* curvature) {
  Scratch scratch;
  const Pass<Want::value, SourceOf<Matrix>, 1> pass(design, x, 1, scratch);
  pass.run(loss, 0, design.rows(), curvature);
  return pass.value();
}

/// Σ loss; gradient ← Dᵀ r; hessian ← Dᵀ diag(curvature) D, LOWER triangle (see symmetrize). One output.
/// Beyond 256 columns it is two passes, which is faster there.
template <class Matrix, class RowLoss, class Parameters, class Gradient, class Hessian>
typename Matrix::Scalar value_gradient_hessian(const Design<Matrix>& design, const RowLoss& loss,
                                               const Parameters& x, Gradient&& gradient, Hessian&& hessian) {
  using T = typename Matrix::Scalar;
  Scratch scratch;
  if constexpr (is_dense<Matrix>)
    if (gram_in_tiles(design)) {
      T* curvature = scratch.take<T>(design.rows());
      const Pass<Want::curvature, SourceOf<Matrix>, 1> pass(design, x, 1, scratch);
      pass.run(loss, 0, design.rows(), curvature);
      pass.gradient(gradient);
      add_gram_in_tiles(dense_rows(design.features), design.intercept, curvature, hessian, scratch);
      return pass.value();
    }
  const Pass<Want::hessian, SourceOf<Matrix>, 1> pass(design, x, 1, scratch);
  pass.run(loss, 0, design.rows());
  pass.gradient(gradient);
  pass.gram(hessian);
  return pass.value();
}

/// out ← the margins of rows [first, first + out.rows()): D x + offset.
/// x: p parameters, or p×K for K outputs; out: rows, or rows×K.
template <class Matrix, class Parameters, class Output>
void margins(const Design<Matrix>& design, const Parameters& x, Index first, Output&& out) {
  using T = typename Matrix::Scalar;
  constexpr int outputs = Parameters::ColsAtCompileTime;
  Scratch scratch;
  const Pass<Want::value, SourceOf<Matrix>, outputs> pass(design, x, x.cols(), scratch);
  pass.run(
      [&](RowBlock<T, outputs>& block) {
        for (Index k = 0; k < x.cols(); ++k) {
          for (Index i = 0; i < block.rows(); ++i)
            out.coeffRef(block.first - first + i, k) = block.margin.coeff(i, k);
        }
        return T(0);
      },
      first, first + out.rows());
}

/// out ← Dᵀ r. r: n, or n×K; out: p, or p×K.
template <class Matrix, class Residual, class Output>
void transpose_times(const Design<Matrix>& design, const Residual& r, Output&& out) {
  using T = typename Matrix::Scalar;
  constexpr int outputs = Residual::ColsAtCompileTime;
  Scratch scratch;
  const Pass<Want::products, SourceOf<Matrix>, outputs> pass(design, 0, r.cols(), scratch);
  pass.run(
      [&](RowBlock<T, outputs>& block) {
        for (Index k = 0; k < r.cols(); ++k) {
          for (Index i = 0; i < block.residual.rows(); ++i)
            block.residual.coeffRef(i, k) = r.coeff(block.first + i, k);
        }
        return T(0);
      },
      0, design.rows());
  pass.gradient(out);
}

}  // namespace natgrad::kernel
