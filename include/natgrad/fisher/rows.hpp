// SPDX-License-Identifier: MIT
#pragma once

/// Each kind of Fisher matrix as rows R with F = RᵀR/n, which stream in blocks. One class a kind: fill(f, x, pass, first, S)
/// writes rows first … of one pass over the samples; a kind makes passes() of them. Where R is diag(r)·D and the objective knows D,
/// weights(f, x, w) gives w with RᵀR = Dᵀdiag(w)D, and no row is written.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/fisher/score_blocks.hpp"

#include <cstdint>
#include <string_view>

namespace natgrad {

/// Rows √w·x of a generalised linear model, or √(∂²loss/∂m²)·J of any loss∘model: the expected Fisher, Gauss–Newton.
template <class F, class V>
class ExpectedRows {
 public:
  static constexpr std::string_view label = "expected Fisher information";
  static constexpr bool available = HasFisherRows<F, V>;
  static constexpr bool closed_form = true;
  static constexpr bool uncentred = false;
  static constexpr bool has_weights = HasScoreWeights<F, V>;

  static Index passes() { return 1; }
  void begin(const F&, const V&, ScoreBlocks<V>&) {}
  void fill(const F& f, const V& x, Index, Index first, Scores<V>& S) { f.fisher_rows(x, first, S); }
  template <class Weights>
  void weights(const F& f, const V& x, Weights& w) const {
    f.fisher_weights(x, w);
  }
};

/// Rows √w·s, s the score at the label observed.
template <class F, class V>
class EmpiricalRows {
 public:
  static constexpr std::string_view label = "empirical Fisher matrix";
  static constexpr bool available = true;
  static constexpr bool closed_form = false;
  static constexpr bool uncentred = true;
  static constexpr bool has_weights = HasScoreWeights<F, V>;

  explicit EmpiricalRows(Index dimension) : row_(detail::zeros<V>(dimension)) {}

  static Index passes() { return 1; }
  void begin(const F&, const V&, ScoreBlocks<V>&) {}
  void fill(const F& f, const V& x, Index, Index first, Scores<V>& S) {
    fill_scores(f, x, first, S, row_);
    weigh_rows<F, V>(f, first, S);
  }
  template <class Weights>
  void weights(const F& f, const V& x, Weights& w) const {
    f.score_weights(x, w);
  }

 private:
  V row_;
};

/// Rows √w·(s − s̄), s̄ = Σwᵢsᵢ/n: the mean is subtracted before the squares are taken, so that no digits cancel.
template <class F, class V>
class CenteredRows {
 public:
  static constexpr std::string_view label = "centred empirical Fisher matrix";
  static constexpr bool available = true;
  static constexpr bool closed_form = false;
  static constexpr bool uncentred = false;
  static constexpr bool has_weights = false;

  explicit CenteredRows(Index dimension)
      : row_(detail::zeros<V>(dimension)), mean_(detail::zeros<V>(dimension)) {}

  static Index passes() { return 1; }

  /// One pass for the mean.
  void begin(const F& f, const V& x, ScoreBlocks<V>& blocks) {
    using Scalar = ScalarOf<V>;
    detail::fill(mean_, Scalar(0));
    blocks.each([&](Index first, Scores<V>& S) { fill_scores(f, x, first, S, row_); },
                [&](Index first, Scores<V>& S) {
                  if constexpr (HasSampleWeight<F, V>) {
                    for (Index i = 0; i < S.rows(); ++i) S.row(i) *= Scalar(f.sample_weight(first + i));
                  }
                  mean_ += S.colwise().sum().transpose();
                });
    mean_ /= Scalar(static_cast<double>(f.sample_count()));
  }

  void fill(const F& f, const V& x, Index, Index first, Scores<V>& S) {
    fill_scores(f, x, first, S, row_);
    S.rowwise() -= mean_.transpose();
    weigh_rows<F, V>(f, first, S);
  }

 private:
  V row_;
  V mean_;
};

/// Rows √(w/draws)·s, s the score at a label drawn from the model: E[RᵀR/n] is the Fisher information, with an error that
/// falls as (n·draws)^−½. Every x of a run sees the draws of the same seed.
template <class F, class V>
class MonteCarloRows {
 public:
  static constexpr std::string_view label = "Monte Carlo Fisher matrix";
  static constexpr bool available = true;
  static constexpr bool closed_form = false;
  static constexpr bool uncentred = false;
  static constexpr bool has_weights = HasScoreWeights<F, V>;

  MonteCarloRows(Index draws, std::uint64_t seed) : draws_(draws), seed_(seed) {}

  Index passes() const { return draws_; }
  void begin(const F&, const V&, ScoreBlocks<V>&) {}
  void fill(const F& f, const V& x, Index pass, Index first, Scores<V>& S) {
    using Scalar = ScalarOf<V>;
    f.sampled_scores(x, first, seed_of(pass), S);
    if (draws_ > 1) S *= Eigen::numext::sqrt(Scalar(1) / Scalar(static_cast<double>(draws_)));
    weigh_rows<F, V>(f, first, S);
  }
  template <class Weights>
  void weights(const F& f, const V& x, Weights& w) const {
    detail::fill(w, ScalarOf<V>(0));
    for (Index pass = 0; pass < draws_; ++pass) f.add_sampled_score_weights(x, seed_of(pass), w);
    w /= ScalarOf<V>(static_cast<double>(draws_));
  }

 private:
  std::uint64_t seed_of(Index pass) const {
    return seed_ + 0x9E3779B97F4A7C15u * static_cast<std::uint64_t>(pass);
  }

  Index draws_;
  std::uint64_t seed_;
};

}  // namespace natgrad
