// SPDX-License-Identifier: MIT
#pragma once

/// The information about x in one sample, on average: expected E[s sᵀ], observed ∇²f, and the scores' own second moment.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/centred_coordinates.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/fisher/penalty.hpp"
#include "natgrad/fisher/row_gram.hpp"

#include <algorithm>
#include <cmath>

namespace natgrad {

/// The sum of all weights where it is not sample_count(): a row of weight 60 then stands for 60 observations.
template <class F>
concept HasTotalWeight = requires(const F& f) {
  { f.total_weight() } -> std::convertible_to<double>;
};

namespace detail {

/// M ← Σ sᵢsᵢᵀ/samples, d×d, of the rows that fill(first, S) writes block after block.
template <class V, class Fill>
void mean_of_squares(Index samples, const Fill& fill, SquareMatrix<V>& M) {
  const Index d = M.rows(), whole = std::clamp<Index>(16384 / d, 16, 1024);
  const ScalarOf<V> share = ScalarOf<V>(1) / ScalarOf<V>(static_cast<double>(samples));
  Scores<V> S;
  SquareMatrix<V> scratch;
  detail::fill(M, ScalarOf<V>(0));
  for (Index first = 0; first < samples; first += whole) {
    S.resize(std::min(whole, samples - first), d);
    fill(first, S);
    add_columns_gram<V>(S, share, M, scratch);
  }
  kernel::symmetrize(M);
}

/// M ← E[s sᵀ], mean over samples, plus the penalty's Hessian.
template <class V, class F>
  requires HasAnyFisher<F, V>
void expected_information(const F& f, const V& x, SquareMatrix<V>& M) {
  M.resize(x.size(), x.size());
  fill(M, ScalarOf<V>(0));
  if constexpr (HasFisher<F, V>) {
    f.fisher(x, M);
  } else if constexpr (HasFisherRows<F, V>) {
    mean_of_squares<V>(
        f.sample_count(), [&](Index first, Scores<V>& S) { f.fisher_rows(x, first, S); }, M);
  } else {
    V unit = zeros<V>(x.size()), column(x.size());
    for (Index j = 0; j < x.size(); ++j) {
      unit[j] = ScalarOf<V>(1);
      f.fisher_times(x, unit, column);
      unit[j] = ScalarOf<V>(0);
      M.col(j) = column;
    }
  }
  add_penalty(f, x, M);
}

template <class F, class V>
void gradient_of(const F& f, const V& x, V& g) {
  if constexpr (HasGradient<F, V>) {
    f.gradient(x, g);
  } else {
    f.value_and_gradient(x, g);
  }
}

/// column ← ∂∇f/∂xⱼ by a central difference over ±h
template <class F, class V>
void gradient_difference(const F& f, const V& x, Index j, ScalarOf<V> h, V& column) {
  V moved = x, below(x.size());
  moved[j] = x[j] + h;
  const ScalarOf<V> high = moved[j];
  gradient_of(f, moved, column);
  moved[j] = x[j] - h;
  gradient_of(f, moved, below);
  for (Index i = 0; i < x.size(); ++i) column[i] = (column[i] - below[i]) / (high - moved[j]);
}

/// Column j of ∇²f by a difference with steps ε^⅓·length, length that over which f bends by a nat. It is shortened where f is not
/// finite so far out; and, unless it is known, as long as the curvature that is found tells a shorter one.
template <class F, class V>
void hessian_column(const F& f, const V& x, Index j, ScalarOf<V> length, bool length_is_known, V& column) {
  using Scalar = ScalarOf<V>;
  using std::cbrt;
  for (int trial = 0; trial < 12; ++trial) {
    const Scalar least = Scalar(16) * epsilon<Scalar>() * Eigen::numext::abs(x[j]);
    gradient_difference(f, x, j, std::max(Scalar(cbrt(epsilon<Scalar>()) * length), least), column);
    if (!all_finite(column)) {
      length *= Scalar(0.01);
      continue;
    }
    const Scalar told = column[j] > Scalar(0) ? Scalar(1) / Eigen::numext::sqrt(column[j]) : length;
    if (length_is_known || !(told < Scalar(0.5) * length)) return;
    length = told;
  }
}

/// √(φ/Mᵢᵢ), over which the log-likelihood of a sample changes by about a nat; where M does not tell, the size of x.
template <class V>
V lengths_of_a_nat(const V& x, const SquareMatrix<V>& M, const ScalarOf<V>& phi) {
  using Scalar = ScalarOf<V>;
  V out(x.size());
  for (Index i = 0; i < out.size(); ++i) {
    out[i] = std::max(Scalar(Eigen::numext::abs(x[i])), Scalar(1));
    const Scalar length = Eigen::numext::sqrt(phi / M(i, i));
    // a fit without an error has no length of its own
    const Scalar least = Eigen::numext::sqrt(epsilon<Scalar>()) * Eigen::numext::abs(x[i]);
    if (length > Scalar(0) && is_finite(length)) out[i] = std::max(length, least);
  }
  return out;
}

/// M ← ∇²f(x): the objective's own, else by products, else by differences of ∇f. lengths: see hessian_column; NaN where they are not
/// known
template <class V, class F>
  requires(HasHessian<F, V> || HasHessianTimes<F, V> || HasGradient<F, V> || HasValueAndGradient<F, V>)
void observed_information(const F& f, const V& x, const V& lengths, SquareMatrix<V>& M) {
  using Scalar = ScalarOf<V>;
  M.resize(x.size(), x.size());
  fill(M, ScalarOf<V>(0));
  if constexpr (HasHessian<F, V>) {
    f.hessian(x, M);
  } else {
    V unit = zeros<V>(x.size()), column(x.size());
    const bool known = all_finite(lengths);
    for (Index j = 0; j < x.size(); ++j) {
      if constexpr (HasHessianTimes<F, V>) {
        unit[j] = Scalar(1);
        f.hessian_times(x, unit, column);
        unit[j] = Scalar(0);
      } else {
        const Scalar guess = std::max(Scalar(Eigen::numext::abs(x[j])), Scalar(1));
        hessian_column(f, x, j, known ? lengths[j] : guess, known, column);
      }
      M.col(j) = column;
    }
  }
  for (Index j = 0; j < M.cols(); ++j) {
    for (Index i = 0; i < j; ++i) M(i, j) = M(j, i) = Scalar(0.5) * (M(i, j) + M(j, i));
  }
}

/// M ← Σ wᵢᵏsᵢsᵢᵀ/n at the observed labels, in those coordinates; k = 1 estimates the information, k = 2 is the variance of the
/// weighted score.
template <class V, class F>
  requires HasAnyScores<F, V>
void score_moment(const F& f, const V& x, int weight_power, SquareMatrix<V>& M,
                  const CentredCoordinates<V>& coordinates = {}) {
  using Scalar = ScalarOf<V>;
  M.resize(x.size(), x.size());
  V row(x.size());
  const auto fill = [&](Index first, Scores<V>& S) {
    if constexpr (HasScores<F, V>) {
      f.scores(x, first, S);
    } else {
      for (Index i = 0; i < S.rows(); ++i) {
        f.score(x, first + i, row);
        for (Index j = 0; j < row.size(); ++j) S(i, j) = row[j];
      }
    }
    if constexpr (HasSampleWeight<F, V>) {
      for (Index i = 0; i < S.rows(); ++i) {
        const Scalar w = f.sample_weight(first + i);
        const Scalar factor = weight_power == 2 ? w : Scalar(Eigen::numext::sqrt(w));
        for (Index j = 0; j < S.cols(); ++j) S(i, j) *= factor;
      }
    }
    if (!coordinates.centred()) return;
    for (Index i = 0; i < S.rows(); ++i) {
      for (Index j = 0; j < row.size(); ++j) row[j] = S(i, j);
      const V& turned = coordinates.turned_gradient(row);
      for (Index j = 0; j < row.size(); ++j) S(i, j) = turned[j];
    }
  };
  mean_of_squares<V>(f.sample_count(), fill, M);
}

}  // namespace detail

}  // namespace natgrad
