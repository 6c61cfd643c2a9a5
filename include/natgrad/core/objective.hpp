// SPDX-License-Identifier: MIT
#pragma once

/// What an objective can give, one concept a capability. An objective has the members it can give and no base class;
/// every member is callable on a const object, and every output is written in place and already has the right size.

#include "natgrad/core/vector.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace natgrad {

namespace detail {

/// Result type is exactly a number of the vector's own precision: a float value in a double run loses digits unseen.
template <class T, class V>
concept ValueOf = std::same_as<std::remove_cvref_t<T>, ScalarOf<V>>;

}  // namespace detail

/// f(x)
template <class F, class V>
concept HasValue = requires(const F& f, const V& x) {
  { f.value(x) } -> detail::ValueOf<V>;
};

/// g ← ∇f(x)
template <class F, class V>
concept HasGradient = requires(const F& f, const V& x, V& g) {
  { f.gradient(x, g) } -> std::same_as<void>;
};

/// f(x) and g ← ∇f(x) in one pass over the data
template <class F, class V>
concept HasValueAndGradient = requires(const F& f, const V& x, V& g) {
  { f.value_and_gradient(x, g) } -> detail::ValueOf<V>;
};

/// Enough for a first-order step: the two calls, or the fused one from which both follow.
template <class F, class V>
concept Differentiable = HasValueAndGradient<F, V> ||(HasValue<F, V>&& HasGradient<F, V>);

/// H ← ∇²f(x), full and symmetric
template <class F, class V>
concept HasHessian = requires(const F& f, const V& x, SquareMatrix<V>& H) {
  f.hessian(x, H);
};

/// Hv ← ∇²f(x)·v, without the matrix
template <class F, class V>
concept HasHessianTimes = requires(const F& f, const V& x, const V& v, V& Hv) {
  f.hessian_times(x, v, Hv);
};

/// ∇f is made of differences of f, as by numeric_derivatives: it is off by more than what f may still fall by.
template <class F>
concept DifferencesGradient = requires {
  requires F::differences_gradient;
};

/// n, the number of samples behind a mean negative log-likelihood
template <class F>
concept HasSampleCount = requires(const F& f) {
  { f.sample_count() } -> std::convertible_to<Index>;
};

/// How many numbers of the data a product with M reads, where the data are sparse
template <class F>
concept CountsEntries = requires(const F& f) {
  { f.data_entries() } -> std::convertible_to<Index>;
};

/// s ← ∇ₓ log p(sample i; x): the simple way
template <class F, class V>
concept HasScore = HasSampleCount<F> && requires(const F& f, const V& x, Index i, V& s) {
  f.score(x, i, s);
};

/// rows first … first+S.rows()−1 of the n×d score matrix: the fast way
template <class F, class V>
concept HasScores = HasSampleCount<F> && requires(const F& f, const V& x, Index i, Scores<V>& S) {
  f.scores(x, i, S);
};

/// Per-sample scores in either form: a batch follows from single scores.
template <class F, class V>
concept HasAnyScores = HasScores<F, V> || HasScore<F, V>;

/// the same rows with labels drawn from the model; row i's draw depends on seed and i alone
template <class F, class V>
concept HasSampledScores = HasSampleCount<F> && requires(const F& f, const V& x, Index i, std::uint64_t seed,
                                                         Scores<V>& S) {
  f.sampled_scores(x, i, seed, S);
};

/// D, the n rows of a linear predictor, by the products that a Fisher matrix Dᵀdiag(w)D/n is made of. K: n×n, y: n numbers
template <class D, class V>
concept DesignRows = requires(const D& rows, const ScalarOf<V>* w, SquareMatrix<V>& M, const V& v, V& out,
                              Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, Eigen::Dynamic>& K,
                              Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, 1>& y) {
  rows.gram(w, M);
  rows.gram_times(w, v, out);
  rows.gram_diagonal(w, out);
  rows.rows_gram(w, K);
  rows.rows_times(v, y);
  rows.rows_transposed_times(y, out);
};

/// Scores that are diag(r)·D, D the same rows at every x: w with Σ wᵢsᵢsᵢᵀ = Dᵀdiag(w)D, sample weights included, of the labels
/// observed, added up over labels drawn from the model, and in expectation. No score is written down then.
template <class F, class V>
concept HasScoreWeights = HasSampleCount<F> && requires(const F& f, const V& x,
                                                        Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, 1>& w,
                                                        std::uint64_t seed) {
  f.score_weights(x, w);
  f.add_sampled_score_weights(x, seed, w);
  f.fisher_weights(x, w);
  { f.linear_predictor() } -> DesignRows<V>;
};

/// F ← the expected Fisher information, mean over samples
template <class F, class V>
concept HasFisher = requires(const F& f, const V& x, SquareMatrix<V>& M) {
  f.fisher(x, M);
};

/// Fv ← F(x)·v, without the matrix
template <class F, class V>
concept HasFisherTimes = requires(const F& f, const V& x, const V& v, V& Fv) {
  f.fisher_times(x, v, Fv);
};

/// rows with F = SᵀS/n for the expected Fisher (√w·x in a generalised linear model)
template <class F, class V>
concept HasFisherRows = HasSampleCount<F> && requires(const F& f, const V& x, Index i, Scores<V>& S) {
  f.fisher_rows(x, i, S);
};

/// The expected Fisher in any of its forms.
template <class F, class V>
concept HasAnyFisher = HasFisher<F, V> || HasFisherRows<F, V> || HasFisherTimes<F, V>;

/// P ← ∇² of the penalty alone, which the metric adds to F
template <class F, class V>
concept HasPenaltyHessian = requires(const F& f, const V& x, SquareMatrix<V>& P) {
  f.penalty_hessian(x, P);
};

/// the weight of sample i, scaled so that all weights sum to n; absent: 1
template <class F, class V>
concept HasSampleWeight = requires(const F& f, Index i) {
  { f.sample_weight(i) } -> std::convertible_to<ScalarOf<V>>;
};

/// the same objective on that many rows, drawn without replacement
template <class F>
concept HasSample = HasSampleCount<F> && requires(const F& f, Index rows, std::uint64_t seed) {
  f.sample(rows, seed);
};

/// KL(p(·; x) ‖ p(·; x_new)), mean over samples
template <class F, class V>
concept HasKl = requires(const F& f, const V& x, const V& x_new) {
  { f.kl(x, x_new) } -> std::convertible_to<ScalarOf<V>>;
};

/// d, the length of x: lets minimize() reject an x0 of the wrong length before anything is evaluated
template <class F>
concept HasDimension = requires(const F& f) {
  { f.dimension() } -> std::convertible_to<Index>;
};

/// The Hessian and the Fisher matrix in the coordinates x̃ = x but for the last, x̃_d = x_d + cᵀx, c_d = 0: those of a model
/// whose columns were centred at c beside an intercept. With several outputs, whose parameters follow one another, the same in
/// each. c: empty where that is not called for.
template <class F, class V>
concept HasCentre = requires(const F& f, const V& x, SquareMatrix<V>& M) {
  {&f.centre()};
  { f.centre().data() } -> std::same_as<const ScalarOf<V>*>;
  f.centred_hessian(x, M);
  f.centred_fisher(x, M);
};

/// A certificate that no maximum-likelihood estimate exists: the fit improves for ever along v.
template <class F, class V>
concept HasSeparation = requires(const F& f, const V& v) {
  { f.separated_along(v) } -> std::convertible_to<bool>;
};

/// v ← such a direction, from what is known near x, where the gradient is g; false where there is none
template <class F, class V>
concept FindsSeparation = HasSeparation<F, V> && requires(const F& f, const V& x, const V& g, V& v) {
  { f.find_separation(x, g, v) } -> std::convertible_to<bool>;
};

/// out ← Jᵀ·∂²r/∂v²/n, what geodesic acceleration asks of a sum of squared residuals r with Jacobian J
template <class F, class V>
concept HasGradientBend = requires(const F& f, const V& x, const V& v, V& out) {
  f.gradient_bend(x, v, out);
};

/// A remark for the result, such as "derivatives by central differences": copied, unless it is a std::string_view, which has to
/// be of static storage
template <class F>
concept HasNote = requires(const F& f) {
  { f.note() } -> std::convertible_to<std::string_view>;
};

namespace detail {

/// Objectives may come as std::ref: the loop reads the object itself.
template <class F>
const F& unwrap(const F& f) {
  return f;
}
template <class F>
const F& unwrap(const std::reference_wrapper<F>& f) {
  return f.get();
}

// What people write instead of the members above, so that the compiler can say it in a sentence.
template <class F, class V>
concept GradientByValue = requires(F& f, const V& x) {
  f.gradient(x);
};
template <class F, class V>
concept GradientNotConst = requires(F& f, const V& x, V& g) {
  f.gradient(x, g);
}
&&!requires(const F& f, const V& x, V& g) { f.gradient(x, g); };
template <class F, class V>
concept ValueNotConst = requires(F& f, const V& x) {
  f.value(x);
}
&&!requires(const F& f, const V& x) { f.value(x); };
template <class F, class V>
concept ValueOfOtherType = requires(const F& f, const V& x) {
  f.value(x);
}
&&!HasValue<F, V>;

}  // namespace detail

}  // namespace natgrad
