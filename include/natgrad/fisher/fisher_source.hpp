// SPDX-License-Identifier: MIT
#pragma once

/// M = F(x) + P(x) at one point as each form wants it: the matrix, its diagonal, its diagonal blocks, rows, or a product.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/evaluator.hpp"
#include "natgrad/fisher/affordable.hpp"
#include "natgrad/fisher/all_rows.hpp"
#include "natgrad/fisher/factors.hpp"
#include "natgrad/fisher/penalty.hpp"
#include "natgrad/fisher/row_gram.hpp"
#include "natgrad/fisher/rows.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace natgrad {

/// D ← diag F, without the matrix
template <class F, class V>
concept HasFisherDiagonal = requires(const F& f, const V& x, V& D) {
  f.fisher_diagonal(x, D);
};

/// Rows is one of the classes of rows.hpp. prepare() fixes the point; the rest may be asked in any order until the next.
template <class F, class V, class Rows>
class FisherSource {
 public:
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;
  using Numbers = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  static constexpr std::string_view label = Rows::label;
  static constexpr bool uncentred = Rows::uncentred;
  static constexpr bool semidefinite = true;
  static constexpr bool keeps_scale = true;  ///< see metric/scale.hpp
  static constexpr bool has_rows = Rows::available;
  static constexpr bool has_matrix = has_rows || HasFisher<F, V> || HasFisherTimes<F, V>;
  static constexpr bool has_times = has_matrix;
  static constexpr bool streams_products = has_rows || HasFisherTimes<F, V>;  ///< without a matrix
  static constexpr bool has_diagonal =
      has_rows || HasFisher<F, V> || (Rows::closed_form && HasFisherDiagonal<F, V>);
  static constexpr bool can_centre = Rows::closed_form;
  static constexpr bool has_factors = Rows::closed_form && HasFisherFactors<F, V>;

  using AllRows = typename decltype(detail::all_rows_of<F, V, Rows::has_weights>())::type;

  FisherSource(Rows rows, const F& f, const V& x0) : rows_(std::move(rows)), x_(x0), product_(x0.size()) {
    if constexpr (has_rows) {
      samples_ = f.sample_count();
      blocks_ = ScoreBlocks<V>(samples_, x0.size());
    }
  }

  /// False where something is not finite already here.
  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    f_ = &f.objective();
    counts_ = &f.counts();
    x_ = at.x;
    matrix_known_ = weights_known_ = false;
    if (!penalty_.prepare(*f_, x_)) return false;
    if constexpr (has_rows) rows_.begin(*f_, x_, blocks_);
    return true;
  }

  // ---- rows --------------------------------------------------------------------------------------------------------

  Index samples() const { return samples_; }
  Index row_count() const { return samples_ * rows_.passes(); }

  /// Calls use(first, S) with rows first … first + S.rows() − 1 of R, F = RᵀR/samples(), block after block.
  template <class Use>
  void each_block(const Use& use) {
    ++counts_->fishers;
    stream(use);
  }

  /// R ← all rows, which are not written down where they are diag(r)·D.
  void all_rows(AllRows& R) {
    if constexpr (Rows::has_weights) {
      ++counts_->fishers;
      R.take(f_->linear_predictor(), weights());
    } else {
      Scores<V>& S = R.matrix();
      S.resize(row_count(), x_.size());
      if (rows_.passes() == 1) {
        ++counts_->fishers;
        rows_.fill(*f_, x_, 0, 0, S);
      } else {
        each_block([&](Index first, Scores<V>& block) { S.middleRows(first, block.rows()) = block; });
      }
    }
  }

  // ---- the matrix and its parts --------------------------------------------------------------------------------------

  void matrix(Matrix& M) {
    fisher_matrix(M);
    penalty_.add_to(M);
  }

  /// in the coordinates of HasCentre, in which the penalty, which leaves the intercept out, is the same
  void centred_matrix(Matrix& M) {
    ++counts_->fishers;
    f_->centred_fisher(x_, M);
    penalty_.add_to(M);
  }

  /// D ← diag M. False where the objective gives no way to it, or (unless at any cost) only through a large matrix.
  bool diagonal(V& D, bool at_any_cost = true) {
    if constexpr (closed && HasFisherDiagonal<F, V>) {
      ++counts_->fishers;
      f_->fisher_diagonal(x_, D);
    } else if constexpr (Rows::has_weights) {
      ++counts_->fishers;
      f_->linear_predictor().gram_diagonal(weights().data(), D);
    } else if constexpr (has_rows) {
      detail::set_zero(D, x_.size());
      each_block([&](Index, Scores<V>& S) { add_squares<V>(S, D); });
      detail::scale(D, share());
    } else if constexpr (HasFisher<F, V>) {
      if (!at_any_cost && !affordable_for_diagonal<V>(x_.size())) return false;
      know_matrix();
      D = kept_.diagonal();
    } else {
      return false;
    }
    detail::add_scaled(Scalar(1), penalty_.diagonal(), D);
    return true;
  }

  /// Block b of M starts at parameter Σ sizes before it; lower triangles at least.
  template <class Sizes, class Block>
  void diagonal_blocks(const Sizes& sizes, std::vector<Block>& blocks) {
    if constexpr (has_rows) {
      for (Block& block : blocks) block.setZero();
      each_block([&](Index, Scores<V>& S) {
        each_of(sizes, [&](std::size_t b, Index first, Index size) {
          blocks[b].template selfadjointView<Eigen::Lower>().rankUpdate(S.middleCols(first, size).transpose(),
                                                                        share());
        });
      });
    } else {
      know_matrix();
      each_of(sizes, [&](std::size_t b, Index first, Index size) {
        blocks[b] = kept_.block(first, first, size, size);
      });
    }
    each_of(sizes, [&](std::size_t b, Index first, Index size) {
      if (penalty_.is_diagonal()) {
        blocks[b].diagonal() += penalty_.diagonal().segment(first, size);
      } else {
        blocks[b] += penalty_.matrix().block(first, first, size, size);
      }
    });
  }

  /// The Kronecker factors of F, without the penalty.
  void factors(std::vector<LayerFactors<V>>& layers) {
    ++counts_->fishers;
    read_factors(*f_, x_, layers);
  }

  /// out ← Mv
  void times(const V& v, V& out) {
    ++counts_->products;
    if constexpr (closed && HasFisherTimes<F, V>) {
      f_->fisher_times(x_, v, out);
    } else if constexpr (Rows::has_weights) {
      f_->linear_predictor().gram_times(weights().data(), v, out);
    } else if constexpr (has_rows) {
      detail::set_zero(out, x_.size());
      stream([&](Index, Scores<V>& S) {
        detail::rows_times(S, v, along_);
        detail::add_rows_transposed(S, along_.data(), out);
      });
      detail::scale(out, share());
    } else {
      know_matrix();
      detail::set_zero(out, v.size());
      kernel::add_columns(kept_.data(), v.size(), v.size(), v.size(), v.data(), out.data());
    }
    penalty_.add_times(v, out);
  }

  const F& objective() const { return *f_; }
  const V& x() const { return x_; }
  Counts& counts() { return *counts_; }
  const Penalty<F, V>& penalty() const { return penalty_; }

 private:
  static constexpr bool closed = Rows::closed_form;

  template <class Use>
  void stream(const Use& use) {
    for (Index pass = 0; pass < rows_.passes(); ++pass) {
      blocks_.each([&](Index first, Scores<V>& S) { rows_.fill(*f_, x_, pass, first, S); },
                   [&](Index first, Scores<V>& S) { use(pass * samples_ + first, S); });
    }
  }

  Scalar share() const { return Scalar(1) / Scalar(static_cast<double>(samples_)); }

  template <class Sizes, class Visit>
  static void each_of(const Sizes& sizes, const Visit& visit) {
    Index first = 0;
    for (std::size_t b = 0; b < sizes.size(); first += sizes[b], ++b) visit(b, first, sizes[b]);
  }

  void fisher_matrix(Matrix& M) {
    if constexpr (closed && HasFisher<F, V>) {
      ++counts_->fishers;
      f_->fisher(x_, M);
    } else if constexpr (Rows::has_weights) {
      ++counts_->fishers;
      f_->linear_predictor().gram(weights().data(), M);
    } else if constexpr (has_rows) {
      detail::fill(M, Scalar(0));
      each_block([&](Index, Scores<V>& S) { detail::add_columns_gram<V>(S, share(), M, kept_); });
      kernel::symmetrize(M);
    } else {
      V unit = detail::zeros<V>(x_.size());
      for (Index j = 0; j < x_.size(); ++j) {
        unit[j] = Scalar(1);
        ++counts_->products;
        f_->fisher_times(x_, unit, product_);
        M.col(j) = product_;
        unit[j] = Scalar(0);
      }
    }
  }

  /// w with RᵀR = Dᵀdiag(w)D, once a point
  const Numbers& weights() {
    if (!weights_known_) {
      weights_.resize(samples_);
      rows_.weights(*f_, x_, weights_);
      weights_known_ = true;
    }
    return weights_;
  }

  /// For an objective that has the matrix alone: once a point.
  void know_matrix() {
    if (matrix_known_) return;
    kept_.resize(x_.size(), x_.size());
    fisher_matrix(kept_);
    matrix_known_ = true;
  }

  Rows rows_;
  V x_;
  V product_;
  Penalty<F, V> penalty_;
  ScoreBlocks<V> blocks_;
  Numbers along_;
  Numbers weights_;
  Matrix kept_;  // the matrix where the objective has no more than that, else scratch
  const F* f_ = nullptr;
  Counts* counts_ = nullptr;
  Index samples_ = 0;
  bool matrix_known_ = false;
  bool weights_known_ = false;
};

}  // namespace natgrad
