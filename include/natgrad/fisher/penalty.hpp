// SPDX-License-Identifier: MIT
#pragma once

/// P = ∇²penalty(x), which every form adds to F: M = F + P.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/kernel/vectors.hpp"

namespace natgrad {

/// p ← the diagonal of ∇²penalty, where the rest of it is zero (a ridge): d numbers in place of the matrix
template <class F, class V>
concept HasPenaltyDiagonal = requires(const F& f, const V& x, V& p) {
  f.penalty_diagonal(x, p);
};

template <class F, class V>
class Penalty {
 public:
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;

  static constexpr bool present = HasPenaltyDiagonal<F, V> || HasPenaltyHessian<F, V>;
  static constexpr bool may_be_full = !HasPenaltyDiagonal<F, V> && HasPenaltyHessian<F, V>;

  /// Reads P at x. False where it is not finite.
  bool prepare(const F& f, const V& x) {
    detail::set_zero(diagonal_, x.size());
    is_diagonal_ = true;
    if constexpr (HasPenaltyDiagonal<F, V>) {
      f.penalty_diagonal(x, diagonal_);
    } else if constexpr (HasPenaltyHessian<F, V>) {
      matrix_.resize(x.size(), x.size());
      f.penalty_hessian(x, matrix_);
      diagonal_ = matrix_.diagonal();
      is_diagonal_ = off_diagonal_is_zero();
    }
    is_zero_ = is_diagonal_ && max_norm(diagonal_) == Scalar(0);
    return all_finite(diagonal_);
  }

  bool is_zero() const { return is_zero_; }
  bool is_diagonal() const { return is_diagonal_; }
  const V& diagonal() const { return diagonal_; }
  const Matrix& matrix() const { return matrix_; }

  /// M ← M + P
  void add_to(Matrix& M) const {
    if (is_zero_) return;
    if (is_diagonal_) {
      for (Index i = 0; i < diagonal_.size(); ++i) M(i, i) += diagonal_[i];
    } else {
      M += matrix_;
    }
  }

  /// out ← out + Pv
  void add_times(const V& v, V& out) const {
    if (is_zero_) return;
    if (is_diagonal_) {
      for (Index i = 0; i < v.size(); ++i) out[i] += diagonal_[i] * v[i];
    } else {
      kernel::add_columns(matrix_.data(), v.size(), v.size(), v.size(), v.data(), out.data());
    }
  }

 private:
  bool off_diagonal_is_zero() const {
    for (Index j = 0; j < matrix_.cols(); ++j) {
      for (Index i = 0; i < matrix_.rows(); ++i) {
        if (i != j && !(matrix_(i, j) == Scalar(0))) return false;
      }
    }
    return true;
  }

  V diagonal_;
  Matrix matrix_;  // only where the objective gives the matrix alone
  bool is_diagonal_ = true;
  bool is_zero_ = true;
};

/// M ← M + ∇²penalty(x), d×d, however f gives it
template <class V, class F>
void add_penalty(const F& f, const V& x, SquareMatrix<V>& M) {
  Penalty<F, V> penalty;
  penalty.prepare(f, x);
  penalty.add_to(M);
}

}  // namespace natgrad
