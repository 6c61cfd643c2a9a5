// SPDX-License-Identifier: MIT
#pragma once

/// M = D^½UΛUᵀD^½ with D = diag M: which directions the data identify, in any units of x.

#include "natgrad/core/vector.hpp"

#include <Eigen/Eigenvalues>

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
  explicit Identified(const Matrix& M) : root_(M.rows()) {
    for (Index i = 0; i < M.rows(); ++i) {
      const Scalar size = Eigen::numext::abs(M(i, i));
      root_[i] = size > Scalar(0) ? Eigen::numext::sqrt(size) : Scalar(1);
    }
    finite_ = M.allFinite();
    if (!finite_) return;
    const Matrix scaled = root_.cwiseInverse().asDiagonal() * M * root_.cwiseInverse().asDiagonal();
    solver_.compute(scaled);
    finite_ = solver_.info() == Eigen::Success;
    if (!finite_) return;
    const Scalar rounding = Scalar(16) * Scalar(static_cast<double>(M.rows())) * epsilon<Scalar>();
    zero_ = rounding * max_norm(solver_.eigenvalues());
    while (null_ < M.rows() && solver_.eigenvalues()[null_] <= zero_) ++null_;
  }

  bool finite() const { return finite_; }

  /// how many directions the data identify
  Index rank() const { return finite_ ? root_.size() - null_ : 0; }

  /// M has a negative eigenvalue, by more than rounding: x is no minimum of f
  bool indefinite() const { return finite_ && solver_.eigenvalues()[0] < -zero_; }

  /// λmax/λmin of D^{-½}MD^{-½}; ∞ where M is singular
  Scalar condition_number() const {
    if (rank() < root_.size()) return std::numeric_limits<Scalar>::infinity();
    return solver_.eigenvalues()[root_.size() - 1] / solver_.eigenvalues()[0];
  }

  /// W = D^{-½}UΛ^{-½} over the identified directions: WᵀMW = I, and WWᵀ = M⁻¹, generalised where M is singular
  Basis whitening() const {
    const Index r = rank();
    Basis W = root_.cwiseInverse().asDiagonal() * solver_.eigenvectors().rightCols(r);
    return W * solver_.eigenvalues().tail(r).cwiseSqrt().cwiseInverse().asDiagonal();
  }

  /// Parameter i has no part in a null direction, so that its variance is finite.
  bool identifies(Index i) const {
    if (!finite_) return false;
    return solver_.eigenvectors().row(i).head(null_).squaredNorm() <= Eigen::numext::sqrt(epsilon<Scalar>());
  }

  /// A basis D^½v of the null space, d×(d − rank), reduced: each column has an entry of 1 where the others have 0.
  /// None where M is indefinite: there f is not flat.
  Basis null_directions() const {
    Basis N = solver_.eigenvectors().leftCols(finite_ && !indefinite() ? null_ : 0);
    for (Index k = 0; k < N.cols(); ++k) {
      Index pivot = 0;
      Index column = 0;
      N.rightCols(N.cols() - k).cwiseAbs().maxCoeff(&pivot, &column);
      N.col(k).swap(N.col(k + column));
      N.col(k) /= Scalar(N(pivot, k));
      for (Index j = 0; j < N.cols(); ++j) {
        if (j != k) N.col(j) -= Scalar(N(pivot, j)) * N.col(k);
      }
    }
    const Scalar negligible = Eigen::numext::sqrt(epsilon<Scalar>());
    return (N.array().abs() > negligible).select(N, Scalar(0));
  }

  /// √D, the scale of each parameter's information
  const V& root() const { return root_; }

 private:
  V root_;
  Eigen::SelfAdjointEigenSolver<Matrix> solver_;
  Scalar zero_ = Scalar(0);
  Index null_ = 0;
  bool finite_ = false;
};

}  // namespace natgrad
