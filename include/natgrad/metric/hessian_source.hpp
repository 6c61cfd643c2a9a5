// SPDX-License-Identifier: MIT
#pragma once

/// M = ∇²f(x) at one point as each form wants it.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/evaluator.hpp"
#include "natgrad/fisher/affordable.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <string_view>
#include <vector>

namespace natgrad {

/// D ← diag ∇²f(x), without the matrix
template <class F, class V>
concept HasHessianDiagonal = requires(const F& f, const V& x, V& D) {
  f.hessian_diagonal(x, D);
};

template <class F, class V>
class HessianSource {
 public:
  using Matrix = SquareMatrix<V>;

  static constexpr std::string_view label = "Hessian";
  static constexpr bool uncentred = false;
  static constexpr bool semidefinite = false;
  static constexpr bool is_hessian = true;
  static constexpr bool has_rows = false;
  static constexpr bool has_matrix = HasHessian<F, V>;
  static constexpr bool has_times = true;
  static constexpr bool streams_products = HasHessianTimes<F, V>;  ///< without a matrix
  static constexpr bool has_diagonal = HasHessian<F, V> || HasHessianDiagonal<F, V>;
  static constexpr bool has_factors = false;
  static constexpr bool can_centre = true;

  // The kept matrix is made when it is asked for, so its size is zero where it is not fixed.
  explicit HessianSource(Index dimension)
      : x_(dimension), kept_(kFixed ? dimension : 0, kFixed ? dimension : 0) {
    detail::fill(x_, ScalarOf<V>(0));
    detail::fill(kept_, ScalarOf<V>(0));
  }

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    f_ = &f.objective();
    counts_ = &f.counts();
    x_ = at.x;
    matrix_known_ = false;
    return true;
  }

  void matrix(Matrix& H) {
    ++counts_->hessians;
    f_->hessian(x_, H);
  }

  /// in the coordinates of HasCentre
  void centred_matrix(Matrix& H) {
    ++counts_->hessians;
    f_->centred_hessian(x_, H);
  }

  /// False where the objective gives no way to it, or (unless at any cost) only through a large matrix.
  bool diagonal(V& D, bool at_any_cost = true) {
    if constexpr (HasHessianDiagonal<F, V>) {
      f_->hessian_diagonal(x_, D);
      return true;
    } else if constexpr (HasHessian<F, V>) {
      if (!at_any_cost && !affordable_for_diagonal<V>(x_.size())) return false;
      know_matrix();
      D = kept_.diagonal();
      return true;
    } else {
      return false;
    }
  }

  template <class Sizes, class Block>
  void diagonal_blocks(const Sizes& sizes, std::vector<Block>& blocks) {
    know_matrix();
    Index first = 0;
    for (std::size_t b = 0; b < sizes.size(); first += sizes[b], ++b) {
      blocks[b] = kept_.block(first, first, sizes[b], sizes[b]);
    }
  }

  void times(const V& v, V& Hv) {
    if constexpr (HasHessianTimes<F, V>) {
      ++counts_->products;
      f_->hessian_times(x_, v, Hv);
    } else {
      know_matrix();
      detail::set_zero(Hv, v.size());
      kernel::add_columns(kept_.data(), v.size(), v.size(), v.size(), v.data(), Hv.data());
    }
  }

 private:
  static constexpr bool kFixed = V::RowsAtCompileTime != Eigen::Dynamic;

  /// Once a point.
  void know_matrix() {
    if (matrix_known_) return;
    kept_.resize(x_.size(), x_.size());
    matrix(kept_);
    matrix_known_ = true;
  }

  const F* f_ = nullptr;
  Counts* counts_ = nullptr;
  V x_;
  Matrix kept_;
  bool matrix_known_ = false;
};

}  // namespace natgrad
