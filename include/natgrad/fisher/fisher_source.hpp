// SPDX-License-Identifier: MIT
#pragma once

/// F(x) as a matrix, from whichever form the objective has, plus the Hessian of the penalty.

#include "natgrad/core/evaluator.hpp"
#include "natgrad/fisher/score_blocks.hpp"

#include <string_view>

namespace natgrad {

/// M ← M + ∇²penalty(x), where the objective has a penalty.
template <class F, class V>
void add_penalty(const F& f, const V& x, SquareMatrix<V>& M, SquareMatrix<V>& scratch) {
  if constexpr (HasPenaltyHessian<F, V>) {
    scratch.resize(x.size(), x.size());
    f.penalty_hessian(x, scratch);
    M += scratch;
  }
}

/// The lower triangle of M ← Σ wᵢ sᵢsᵢᵀ/n over the rows that `fill(first, S)` writes.
template <class F, class V, class Fill>
void accumulate_rows(const F& f, ScoreBlocks<V>& blocks, const Fill& fill, bool weighted, SquareMatrix<V>& M) {
  using Scalar = ScalarOf<V>;
  M.setZero();
  const Scalar share = Scalar(1) / Scalar(static_cast<double>(f.sample_count()));
  blocks.each(fill, [&](Index first, Scores<V>& S) {
    if constexpr (HasSampleWeight<F, V>) {
      for (Index i = 0; weighted && i < S.rows(); ++i) S.row(i) *= Eigen::numext::sqrt(Scalar(f.sample_weight(first + i)));
    }
    M.template selfadjointView<Eigen::Lower>().rankUpdate(S.transpose(), share);
  });
}

template <class V>
void copy_lower_to_upper(SquareMatrix<V>& M) {
  M.template triangularView<Eigen::StrictlyUpper>() = M.transpose();
}

/// The expected Fisher information.
template <class F, class V>
class ExpectedSource {
 public:
  ExpectedSource(const F& f, const V& x0) {
    if constexpr (!HasFisher<F, V> && HasFisherRows<F, V>) blocks_ = ScoreBlocks<V>(f.sample_count(), x0.size());
  }

  template <class Evaluator>
  bool evaluate(Evaluator& f, const Iterate<V>& at, SquareMatrix<V>& M) {
    ++f.counts().fishers;
    matrix(f.objective(), at.x, M);
    add_penalty(f.objective(), at.x, M, scratch_);
    return true;
  }

  static constexpr std::string_view name() { return "metric: expected Fisher information, Cholesky"; }
  static constexpr std::string_view modified_name() {
    return "metric: expected Fisher information, Cholesky; minimum norm where it was singular";
  }

 private:
  void matrix(const F& f, const V& x, SquareMatrix<V>& M) {
    if constexpr (HasFisher<F, V>) {
      f.fisher(x, M);
    } else if constexpr (HasFisherRows<F, V>) {
      accumulate_rows(f, blocks_, [&](Index first, Scores<V>& S) { f.fisher_rows(x, first, S); }, false, M);
      copy_lower_to_upper<V>(M);
    } else {
      V unit = V::Zero(x.size()), column(x.size());
      for (Index j = 0; j < x.size(); ++j) {
        unit[j] = ScalarOf<V>(1);
        f.fisher_times(x, unit, column);
        M.col(j) = column;
        unit[j] = ScalarOf<V>(0);
      }
    }
  }

  ScoreBlocks<V> blocks_;
  SquareMatrix<V> scratch_;
};

/// The uncentred second moment of the scores at the labels observed.
template <class F, class V>
class EmpiricalSource {
 public:
  EmpiricalSource(const F& f, const V& x0) : blocks_(f.sample_count(), x0.size()), row_(x0.size()) {}

  template <class Evaluator>
  bool evaluate(Evaluator& f, const Iterate<V>& at, SquareMatrix<V>& M) {
    ++f.counts().fishers;
    const F& objective = f.objective();
    accumulate_rows(objective, blocks_, [&](Index i, Scores<V>& S) { fill_scores(objective, at.x, i, S, row_); }, true, M);
    copy_lower_to_upper<V>(M);
    add_penalty(objective, at.x, M, scratch_);
    return true;
  }

  static constexpr std::string_view name() { return "metric: empirical Fisher matrix, Cholesky"; }
  static constexpr std::string_view modified_name() {
    return "metric: empirical Fisher matrix, Cholesky; minimum norm where it was singular";
  }

 private:
  ScoreBlocks<V> blocks_;
  V row_;
  SquareMatrix<V> scratch_;
};

}  // namespace natgrad
