// SPDX-License-Identifier: MIT
#pragma once
/// Weighted Gram matrix Dᵀ diag(w) D of a design D = X or [X 1]: Hessian and Fisher matrix of every linear model.

#include "natgrad/kernel/design.hpp"

#include <Eigen/Dense>

namespace natgrad::kernel {

/// lower ← Dᵀ diag(w) D, lower triangle; what lies above the diagonal is left alone.
/// weight: n weights of any sign, or null for w = 1. lower: p×p, p = design.parameters(); a Matrix, Map, Ref or Block.
template <class Matrix, class Output>
void gram(const Design<Matrix>& design, const typename Matrix::Scalar* weight, Output&& lower) {
  using T = typename Matrix::Scalar;
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
  const Index d = design.features.cols();
  const Vector w =
      weight ? Vector(Eigen::Map<const Vector>(weight, design.rows())) : Vector::Ones(design.rows());
  const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> weighted = w.asDiagonal() * design.features;
  const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> product = design.features.transpose() * weighted;
  lower.topLeftCorner(d, d).template triangularView<Eigen::Lower>() = product;
  if (design.intercept) {
    lower.row(d).head(d) = weighted.colwise().sum();
    lower(d, d) = w.sum();
  }
}

/// Copies the lower triangle of a square matrix into its upper one.
template <class Output>
void symmetrize(Output&& matrix) {
  matrix.template triangularView<Eigen::StrictlyUpper>() = matrix.transpose();
}

}  // namespace natgrad::kernel
