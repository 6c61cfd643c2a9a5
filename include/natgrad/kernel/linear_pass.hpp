// SPDX-License-Identifier: MIT
#pragma once
/// Value, gradient and Hessian of Σᵢ loss(mᵢ), m = D x + offset, each in ONE pass over the rows of the design D.

#include "natgrad/kernel/design.hpp"
#include "natgrad/kernel/gram.hpp"

namespace natgrad::kernel {

/// out ← the margins of rows [first, first + out.rows()): D x + offset.
/// x: p parameters (or p×K for K outputs); out: rows (×K).
template <class Matrix, class Parameters, class Output>
void margins(const Design<Matrix>& design, const Parameters& x, Index first, Output&& out) {
  using T = typename Matrix::Scalar;
  const Index d = design.features.cols();
  out = design.features.middleRows(first, out.rows()) * x.topRows(d);
  for (Index k = 0; k < out.cols(); ++k) {
    if (design.intercept) out.col(k).array() += x(d, k);
    if (design.offset) out.col(k).array() += ConstRowValues<T>(design.offset + first, out.rows());
  }
}

/// out ← Dᵀ r. r: n (or n×K) values, contiguous; out: p (or p×K).
template <class Matrix, class Residual, class Output>
void transpose_times(const Design<Matrix>& design, const Residual& r, Output&& out) {
  const Index d = design.features.cols();
  out.topRows(d) = design.features.transpose() * r.matrix();
  if (design.intercept) out.row(d) = r.matrix().colwise().sum();
}

/// Σ loss. x: p parameters, or p×K (K outputs, e.g. the classes of a softmax).
template <class Matrix, class RowLoss, class Parameters>
typename Matrix::Scalar value(const Design<Matrix>& design, const RowLoss& loss, const Parameters& x) {
  using T = typename Matrix::Scalar;
  constexpr int outputs = Parameters::ColsAtCompileTime;
  Eigen::Matrix<T, Eigen::Dynamic, outputs> m(design.rows(), x.cols());
  margins(design, x, 0, m);
  RowBlock<T, outputs> block{0, {m.data(), m.rows(), m.cols()}, {nullptr, 0, m.cols()}, {nullptr, 0}};
  return loss(block);
}

/// Σ loss; gradient ← Dᵀ r, the shape of x.
template <class Matrix, class RowLoss, class Parameters, class Gradient>
typename Matrix::Scalar value_and_gradient(const Design<Matrix>& design, const RowLoss& loss,
                                           const Parameters& x, Gradient&& gradient) {
  using T = typename Matrix::Scalar;
  constexpr int outputs = Parameters::ColsAtCompileTime;
  Eigen::Matrix<T, Eigen::Dynamic, outputs> m(design.rows(), x.cols()), r(design.rows(), x.cols());
  margins(design, x, 0, m);
  RowBlock<T, outputs> block{0, {m.data(), m.rows(), m.cols()}, {r.data(), r.rows(), r.cols()}, {nullptr, 0}};
  const T sum = loss(block);
  transpose_times(design, r, gradient);
  return sum;
}

/// Σ loss; gradient ← Dᵀ r; hessian ← Dᵀ diag(curvature) D, LOWER triangle (see symmetrize). One output.
template <class Matrix, class RowLoss, class Parameters, class Gradient, class Hessian>
typename Matrix::Scalar value_gradient_hessian(const Design<Matrix>& design, const RowLoss& loss,
                                               const Parameters& x, Gradient&& gradient, Hessian&& hessian) {
  using T = typename Matrix::Scalar;
  Eigen::Matrix<T, Eigen::Dynamic, 1> m(design.rows()), r(design.rows()), w(design.rows());
  margins(design, x, 0, m);
  RowBlock<T> block{0, {m.data(), m.rows()}, {r.data(), r.rows()}, {w.data(), w.rows()}};
  const T sum = loss(block);
  transpose_times(design, r, gradient);
  gram(design, w.data(), hessian);
  return sum;
}

}  // namespace natgrad::kernel
