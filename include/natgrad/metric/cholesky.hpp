// SPDX-License-Identifier: MIT
#pragma once

/// LLᵀ = M + λD in storage of its own, so that another λ does not touch M; loops unrolled by the compiler at d ≤ 6.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/kernel/cholesky.hpp"

#include <limits>

namespace natgrad {

template <class V>
class Cholesky {
 public:
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;

  /// Takes its memory before the loop, which must not allocate.
  void reserve(Index size) {
    L_.resize(size, size);
    if constexpr (!kSmall) diagonal_.resize(size);
  }

  /// Factors M + λD from the lower triangle of M. False unless it is positive definite by more than rounding: each pivot
  /// must exceed d·ε times its diagonal entry, or the solution would be noise.
  bool factor(const Matrix& M, const V& D, const Scalar& lambda) {
    if constexpr (kSize == 2) return factor_pair(M(0, 0) + lambda * D[0], M(1, 0), M(1, 1) + lambda * D[1]);
    L_ = M;
    if (lambda != Scalar(0)) {
      for (Index i = 0; i < L_.rows(); ++i) L_(i, i) += lambda * D[i];
    }
    if constexpr (kSmall) {
      return factor_small();
    } else {
      const Index size = L_.rows();
      diagonal_.resize(size);
      for (Index i = 0; i < size; ++i) diagonal_[i] = L_(i, i);
      const Scalar rounding = Scalar(static_cast<double>(size)) * epsilon<Scalar>();
      return kernel::cholesky(L_.data(), size, size, diagonal_.data(), rounding);
    }
  }

  /// x ← −(LLᵀ)⁻¹b
  void solve_negative(const V& b, V& x) const {
    if constexpr (kSize == 2) {
      const Scalar second = (L_(1, 0) * b[0] - b[1]) * inverse_pivots_[1];
      x[0] = -b[0] * inverse_pivots_[0] - L_(1, 0) * second;
      x[1] = second;
    } else if constexpr (kSmall) {
      solve_small(b, x);
    } else {
      x = b;
      detail::scale(x, Scalar(-1));
      kernel::solve_lower(L_.data(), L_.rows(), L_.rows(), x.data());
      kernel::solve_lower_transposed(L_.data(), L_.rows(), L_.rows(), x.data());
    }
  }

 private:
  static constexpr int kSize = V::RowsAtCompileTime;
  static constexpr bool kSmall = kSize != Eigen::Dynamic && kSize <= 6;

  /// LΔLᵀ of [a b; b c], L with ones on its diagonal: what the loops below come to at d = 2. The second pivot is (ac − b²)/a: both
  /// divisions at once, which is what a small run waits for, unless ac leaves the range of numbers.
  bool factor_pair(const Scalar& a, const Scalar& b, const Scalar& c) {
    const Scalar rounding = Scalar(2) * epsilon<Scalar>();
    inverse_pivots_[0] = Scalar(1) / a;
    L_(1, 0) = b * inverse_pivots_[0];
    const Scalar product = a * c, determinant = product - b * b;
    if (product > smallest() && is_finite(product)) {
      inverse_pivots_[1] = a / determinant;
      return a > Scalar(0) && determinant > rounding * product;
    }
    const Scalar pivot = c - b * L_(1, 0);
    inverse_pivots_[1] = Scalar(1) / pivot;
    return a > rounding * a && pivot > rounding * c;
  }
  /// A product above this has all its digits.
  static Scalar smallest() { return std::numeric_limits<Scalar>::min() / epsilon<Scalar>(); }

  /// LΔLᵀ with C = LΔ below the diagonal: no square root, one division a pivot.
  bool factor_small() {
    const Scalar rounding = Scalar(kSize) * epsilon<Scalar>();
    for (int j = 0; j < kSize; ++j) {
      Scalar pivot = L_(j, j);
      for (int k = 0; k < j; ++k) pivot -= L_(j, k) * L_(j, k) * inverse_pivots_[k];
      if (!(pivot > rounding * L_(j, j))) return false;
      inverse_pivots_[j] = Scalar(1) / pivot;
      for (int i = j + 1; i < kSize; ++i) {
        for (int k = 0; k < j; ++k) L_(i, j) -= L_(i, k) * L_(j, k) * inverse_pivots_[k];
      }
    }
    return true;
  }

  void solve_small(const V& b, V& x) const {
    for (int i = 0; i < kSize; ++i) {
      Scalar sum = -b[i];
      for (int k = 0; k < i; ++k) sum -= L_(i, k) * x[k];
      x[i] = sum * inverse_pivots_[i];
    }
    for (int i = kSize - 1; i >= 0; --i) {
      Scalar sum(0);
      for (int k = i + 1; k < kSize; ++k) sum += L_(k, i) * x[k];
      x[i] -= sum * inverse_pivots_[i];
    }
  }

  Matrix L_;
  V diagonal_;        // of M + λD, to judge the pivots by
  V inverse_pivots_;  // only at small sizes
};

}  // namespace natgrad
