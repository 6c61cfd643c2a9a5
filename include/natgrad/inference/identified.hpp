// SPDX-License-Identifier: MIT
#pragma once

/// M = D^½UΛUᵀD^½ with D = diag M: which directions the data identify, in any units of x.

#include "natgrad/core/vector.hpp"
#include "natgrad/inference/products.hpp"
#include "natgrad/kernel/symmetric_eigen.hpp"

#include <algorithm>
#include <limits>

namespace natgrad {

template <class V>
class Identified {
 public:
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;
  using Basis = Eigen::Matrix<Scalar, V::RowsAtCompileTime, Eigen::Dynamic>;

  /// M: d×d, symmetric. An eigenvalue of D^{-½}MD^{-½} counts as 0 up to 16dε times the largest.
  explicit Identified(const Matrix& M)
      : root_(M.rows()), eigenvalues_(M.rows()), eigenvectors_(M.rows(), M.rows()) {
    for (Index i = 0; i < M.rows(); ++i) {
      const Scalar size = Eigen::numext::abs(M(i, i));
      root_[i] = size > Scalar(0) ? Eigen::numext::sqrt(size) : Scalar(1);
    }
    finite_ = all_finite(M);
    if (!finite_) return;
    Matrix scaled = M;
    for (Index j = 0; j < M.cols(); ++j) {
      for (Index i = 0; i < M.rows(); ++i) scaled(i, j) = M(i, j) / (root_[i] * root_[j]);
    }
    Eigen::Matrix<Scalar, Eigen::Dynamic, 2> work(M.rows(), 2);
    finite_ = kernel::SymmetricEigen<Scalar>(scaled.data(), M.rows(), M.rows(), eigenvalues_.data(),
                                             eigenvectors_.data(), work.data(), work.data() + M.rows())
                  .compute();
    if (!finite_) return;
    const Scalar rounding = Scalar(16) * Scalar(static_cast<double>(M.rows())) * epsilon<Scalar>();
    zero_ = rounding * max_norm(eigenvalues_);
    while (null_ < M.rows() && eigenvalues_[null_] <= zero_) ++null_;
  }

  bool finite() const { return finite_; }

  /// how many directions the data identify
  Index rank() const { return finite_ ? root_.size() - null_ : 0; }

  /// M has a negative eigenvalue, by more than rounding: x is no minimum of f
  bool indefinite() const { return finite_ && eigenvalues_[0] < -zero_; }

  /// λmax/λmin of D^{-½}MD^{-½}; ∞ where M is singular
  Scalar condition_number() const {
    if (rank() < root_.size()) return std::numeric_limits<Scalar>::infinity();
    return eigenvalues_[root_.size() - 1] / eigenvalues_[0];
  }

  /// W = D^{-½}UΛ^{-½} over the identified directions: WᵀMW = I, and WWᵀ = M⁻¹, generalised where M is singular
  detail::DynamicMatrix<Scalar> whitening() const {
    const Index d = root_.size(), r = rank();
    detail::DynamicMatrix<Scalar> W(d, r);
    for (Index k = 0; k < r; ++k) {
      const Scalar length = Eigen::numext::sqrt(eigenvalues_[d - r + k]);
      for (Index i = 0; i < d; ++i) W(i, k) = eigenvectors_(i, d - r + k) / (root_[i] * length);
    }
    return W;
  }

  /// A basis D^½v of the null space, d×(d − rank), reduced: each column has an entry of 1 where the others have 0.
  /// None where M is indefinite: there f is not flat.
  Basis null_directions() const {
    const Index d = root_.size(), columns = finite_ && !indefinite() ? null_ : 0;
    Basis N(d, columns);
    for (Index k = 0; k < columns; ++k) {
      for (Index i = 0; i < d; ++i) N(i, k) = eigenvectors_(i, k);
    }
    for (Index k = 0; k < columns; ++k) {
      Index pivot = 0, column = k;
      for (Index j = k; j < columns; ++j) {
        for (Index i = 0; i < d; ++i) {
          if (Eigen::numext::abs(N(i, j)) > Eigen::numext::abs(N(pivot, column))) pivot = i, column = j;
        }
      }
      const Scalar largest = N(pivot, column);
      for (Index i = 0; i < d; ++i) {
        const Scalar entry = N(i, column) / largest;
        N(i, column) = N(i, k);
        N(i, k) = entry;
      }
      for (Index j = 0; j < columns; ++j) {
        if (j == k) continue;
        const Scalar share = N(pivot, j);
        for (Index i = 0; i < d; ++i) N(i, j) -= share * N(i, k);
      }
    }
    const Scalar negligible = Eigen::numext::sqrt(epsilon<Scalar>());
    for (Index k = 0; k < columns; ++k) {
      for (Index i = 0; i < d; ++i) {
        if (!(Eigen::numext::abs(N(i, k)) > negligible)) N(i, k) = Scalar(0);
      }
    }
    return N;
  }

  /// √D, the scale of each parameter's information
  const V& root() const { return root_; }

 private:
  V root_;
  V eigenvalues_;        // of D^{-½}MD^{-½}, ascending
  Matrix eigenvectors_;  // U
  Scalar zero_ = Scalar(0);
  Index null_ = 0;
  bool finite_ = false;
};

}  // namespace natgrad
