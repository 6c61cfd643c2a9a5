// SPDX-License-Identifier: MIT
#pragma once

/// All rows R at one point, F = RᵀR/n, by what the dual form asks of them.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/fisher/row_gram.hpp"

#include <type_traits>
#include <utility>

namespace natgrad {

/// D ← D + Σ of the squares in each column, row by row as they lie in memory.
template <class V>
void add_squares(const Scores<V>& S, V& D) {
  for (Index i = 0; i < S.rows(); ++i) {
    for (Index j = 0; j < S.cols(); ++j) D[j] += S(i, j) * S(i, j);
  }
}

/// R, written down.
template <class V>
class WrittenRows {
 public:
  static constexpr bool written = true;

  using Scalar = ScalarOf<V>;
  using Numbers = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  Scores<V>& matrix() { return R_; }

  Index count() const { return R_.rows(); }

  /// out ← diag RᵀR
  void squares(V& out) const {
    out.setZero();
    add_squares<V>(R_, out);
  }

  /// K ← R·diag(w)·Rᵀ, lower triangle, w > 0
  template <class Gram>
  void gram(const V& w, Gram& K) {
    detail::rows_gram<V>(R_, w.data(), K, weighted_);
  }

  /// out ← Rv
  void times(const V& v, Numbers& out) const { detail::rows_times(R_, v, out); }

  /// out ← Rᵀy
  void transposed_times(const Numbers& y, V& out) {
    out.setZero();
    detail::add_rows_transposed(R_, y.data(), out);
  }

 private:
  Scores<V> R_;
  Scores<V> weighted_;  // only where the kernels do not serve
};

/// R = diag(r)·D, D the rows of a linear predictor where they lie: nothing is copied.
template <class V, class Predictor>
class ScaledRows {
 public:
  static constexpr bool written = false;

  using Scalar = ScalarOf<V>;
  using Numbers = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  /// weights: r², n numbers
  void take(const Predictor& predictor, const Numbers& weights) {
    predictor_ = &predictor;
    weights_ = weights;
    root_.resize(weights.size());
    for (Index i = 0; i < count(); ++i) root_[i] = Eigen::numext::sqrt(weights[i]);
    scaled_.resize(weights.size());
  }

  Index count() const { return root_.size(); }

  void squares(V& out) const {
    predictor_->gram_diagonal(weights_.data(), out);
    detail::scale(out, Scalar(static_cast<double>(count())));
  }

  template <class Gram>
  void gram(const V& w, Gram& K) const {
    K.resize(count(), count());
    predictor_->rows_gram(w.data(), K);
    for (Index j = 0; j < count(); ++j) {
      for (Index i = j; i < count(); ++i) K(i, j) *= root_[i] * root_[j];
    }
  }

  void times(const V& v, Numbers& out) const {
    out.resize(count());
    predictor_->rows_times(v, out);
    for (Index i = 0; i < count(); ++i) out[i] *= root_[i];
  }

  void transposed_times(const Numbers& y, V& out) {
    for (Index i = 0; i < count(); ++i) scaled_[i] = root_[i] * y[i];
    predictor_->rows_transposed_times(scaled_, out);
  }

 private:
  const Predictor* predictor_ = nullptr;
  Numbers weights_;
  Numbers root_;  // r
  Numbers scaled_;
};

namespace detail {

/// WrittenRows, or ScaledRows of f's linear predictor where its scores are diag(r)·D
template <class F, class V, bool Scaled>
auto all_rows_of() {
  if constexpr (Scaled) {
    using Predictor = std::remove_cvref_t<decltype(std::declval<const F&>().linear_predictor())>;
    return std::type_identity<ScaledRows<V, Predictor>>{};
  } else {
    return std::type_identity<WrittenRows<V>>{};
  }
}

}  // namespace detail

}  // namespace natgrad
