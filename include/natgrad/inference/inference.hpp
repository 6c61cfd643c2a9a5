// SPDX-License-Identifier: MIT
#pragma once

/// At the maximum-likelihood estimate x: covariance (n·F(x))⁻¹, standard errors, z, p, intervals.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/fisher/penalty.hpp"
#include "natgrad/inference/estimates.hpp"
#include "natgrad/inference/identified.hpp"
#include "natgrad/inference/information.hpp"
#include "natgrad/inference/names.hpp"
#include "natgrad/inference/tail.hpp"

#include <algorithm>
#include <concepts>
#include <limits>
#include <type_traits>

namespace natgrad {

/// The variance of the responses is φ times what f assumes, φ estimated from the residuals (Gaussian, Gamma).
template <class F, class V>
concept HasDispersion = requires(const F& f, const V& x) {
  { f.dispersion(x) } -> std::convertible_to<ScalarOf<V>>;
};

namespace detail {

/// Computes an Inference in the order its parts need each other.
template <class F, class V>
class InferenceAt {
 public:
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;
  using Dynamic = DynamicMatrix<Scalar>;
  static constexpr bool has_expected = HasAnyFisher<F, V>;
  static constexpr bool has_gradient = HasGradient<F, V> || HasValueAndGradient<F, V>;
  static constexpr bool has_observed = HasHessian<F, V> || HasHessianTimes<F, V> || has_gradient;
  static constexpr bool has_scores = HasAnyScores<F, V>;
  static constexpr bool by_differences = !HasHessian<F, V> && !HasHessianTimes<F, V>;  ///< of ∇f

  InferenceAt(const F& f, const V& x, const InferenceOptions& options) : f_(f), x_(x) {
    const Index d = x.size();
    out_.estimates = x;
    out_.level = options.level;
    out_.names = parameter_names(f, options, d);
    out_.standard_errors = out_.z = out_.p = zeros<V>(d);
    for (Matrix* m : {&out_.expected_covariance, &out_.observed_covariance, &out_.sandwich}) {
      m->resize(d, d);
      fill(*m, std::numeric_limits<Scalar>::quiet_NaN());
    }
    if constexpr (HasCentre<F, V>) {
      if (f.centre().size() > 0) coordinates_.set_centre(&f.centre());
    }
    count();
  }

  Inference<V> result() {
    informations();
    const Information from = has_expected ? Information::expected
                           : has_observed ? Information::observed
                                          : Information::empirical;
    const Matrix& main = has_expected ? expected_ : has_observed ? observed_ : moment_;
    const Identified<V> identified(main);
    describe(identified);
    const Matrix covariance = invert(identified);
    if constexpr (has_expected) out_.expected_covariance = covariance;
    if constexpr (has_observed) {
      out_.observed_covariance = has_expected ? invert(Identified<V>(observed_)) : covariance;
    }
    if constexpr (has_scores && (has_expected || has_observed)) add_sandwich();
    if constexpr (has_expected && has_observed) {
      const Dynamic W = identified.whitening();
      out_.information_gap =
          spectral_norm(transposed_product(W, product(difference(observed_, expected_), W)));
    }
    if constexpr (has_gradient) {
      V g(x_.size());
      gradient_of(f_, x_, g);
      const V turned = coordinates_.turned_gradient(g);
      const Dynamic W = identified.whitening();
      Scalar squares(0);
      for (Index k = 0; k < W.cols(); ++k) {
        const Scalar part = kernel::dot(W.data() + k * W.rows(), turned.data(), W.rows());
        squares += part * part;
      }
      out_.score_statistic = Scalar(out_.samples) * squares / out_.dispersion;
      if constexpr (FindsSeparation<F, V>) {
        V direction(x_.size());
        out_.exists = !f_.find_separation(x_, g, direction);
      }
    }
    return out_.with(covariance, from);
  }

 private:
  void count() {
    if constexpr (HasTotalWeight<F>) {
      out_.samples = static_cast<double>(f_.total_weight());
    } else {
      out_.samples = static_cast<double>(f_.sample_count());
    }
  }

  /// In the coordinates in which the model's far columns are centred, where it has such: the sums of their squares as they are
  /// would have lost what they tell.
  void informations() {
    if constexpr (HasCentre<F, V>) {
      if (f_.centre().size() > 0) {
        for (Matrix* m : {&expected_, &observed_}) {
          m->resize(x_.size(), x_.size());
          fill(*m, Scalar(0));
        }
        f_.centred_fisher(x_, expected_);
        add_penalty(f_, x_, expected_);
        f_.centred_hessian(x_, observed_);
        return;
      }
    }
    if constexpr (has_expected) {
      expected_information(f_, x_, expected_);
    } else if constexpr (has_scores && (by_differences || !has_observed)) {
      score_moment(f_, x_, 1, moment_, coordinates_);
    }
    if constexpr (has_observed) observed_information(f_, x_, lengths(), observed_);
  }

  /// For the differences of ∇f; NaN where M is not known, or where they are not asked for.
  V lengths() const {
    if constexpr (by_differences && (has_expected || has_scores)) {
      const Matrix& M = has_expected ? expected_ : moment_;
      Scalar phi(1);
      if constexpr (HasDispersion<F, V>)
        phi = dispersion(static_cast<double>(std::max<Index>(rows() - x_.size(), 1)));
      return lengths_of_a_nat(x_, M, phi);
    } else {
      V unknown(x_.size());
      fill(unknown, std::numeric_limits<Scalar>::quiet_NaN());
      return unknown;
    }
  }

  void describe(const Identified<V>& identified) {
    out_.effective_rank = identified.rank();
    out_.condition_number = identified.condition_number();
    out_.maximum = identified.finite() && !identified.indefinite();
    out_.unidentified = identified.null_directions();
    for (Index k = 0; k < out_.unidentified.cols(); ++k) {
      V v(x_.size());
      for (Index i = 0; i < v.size(); ++i) v[i] = out_.unidentified(i, k) / identified.root()[i];
      coordinates_.turn_back(v);
      const Scalar largest = max_norm(v);
      for (Index i = 0; i < v.size(); ++i) out_.unidentified(i, k) = v[i] /= largest;
      out_.unidentified_directions.push_back(name_direction<V>(v, identified.root(), out_.names));
    }
    if constexpr (HasDispersion<F, V>) {
      out_.degrees_of_freedom = static_cast<double>(rows() - out_.effective_rank);
      const bool known = out_.degrees_of_freedom > 0;  // with none left φ is 0/0
      out_.dispersion =
          known ? dispersion(out_.degrees_of_freedom) : std::numeric_limits<Scalar>::quiet_NaN();
    }
  }

  /// those of weight > 0
  Index rows() const {
    Index count = f_.sample_count();
    if constexpr (HasSampleWeight<F, V>) {
      for (Index i = 0, n = count; i < n; ++i) count -= f_.sample_weight(i) > Scalar(0) ? 0 : 1;
    }
    return count;
  }

  Scalar dispersion(double degrees) const {
    if constexpr (requires { f_.dispersion(x_, degrees); }) {
      return f_.dispersion(x_, degrees);
    } else {
      return f_.dispersion(x_);
    }
  }

  /// φ(nM)⁻¹; NaN where M is indefinite or not finite
  Matrix invert(const Identified<V>& identified) const {
    if (!identified.finite() || identified.indefinite()) {
      Matrix unknown(x_.size(), x_.size());
      fill(unknown, std::numeric_limits<Scalar>::quiet_NaN());
      return unknown;
    }
    Matrix covariance = outer_product(identified.whitening());
    scale(covariance, Scalar(out_.dispersion / Scalar(out_.samples)));
    turn_back(covariance);
    return covariance;
  }

  /// C ← T⁻¹CT⁻ᵀ: a covariance in the coordinates of x
  void turn_back(Matrix& C) const {
    V column(x_.size());
    for (int side = 0; side < 2; ++side) {
      for (Index j = 0; j < C.cols(); ++j) {
        for (Index i = 0; i < C.rows(); ++i) column[i] = C(i, j);
        coordinates_.turn_back(column);
        for (Index i = 0; i < C.rows(); ++i) C(i, j) = column[i];
      }
      transpose(C);
    }
  }

  void add_sandwich() {
    const Matrix& main = has_observed ? observed_ : expected_;
    const Identified<V> identified(main);
    if (!identified.finite() || identified.indefinite()) return;
    score_moment(f_, x_, 2, moment_, coordinates_);
    const Dynamic inverse = outer_product(identified.whitening());
    out_.sandwich = product(product(inverse, Dynamic(moment_)), inverse);
    scale(out_.sandwich, Scalar(Scalar(1) / Scalar(static_cast<double>(f_.sample_count()))));
    turn_back(out_.sandwich);
  }

  static Scalar spectral_norm(Dynamic M) {
    const Index size = M.rows();
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> eigenvalues(size), work(2 * size);
    Dynamic vectors(size, size);
    kernel::SymmetricEigen<Scalar> solver(M.data(), size, size, eigenvalues.data(), vectors.data(),
                                          work.data(), work.data() + size);
    return size > 0 && solver.compute() ? max_norm(eigenvalues) : std::numeric_limits<Scalar>::quiet_NaN();
  }

  const F& f_;
  const V& x_;
  Inference<V> out_;
  Matrix expected_, observed_, moment_;
  CentredCoordinates<V> coordinates_;
};

}  // namespace detail

/// What the data say about x, at an optimum of f.
///
/// f  a mean negative log-likelihood with sample_count() and any of fisher, fisher_rows, fisher_times; hessian,
///    hessian_times, gradient; scores, score. Its penalty counts as information: the covariance is a posterior's.
/// x  d estimates, any Eigen vector expression
///
/// Time d³, memory some d×d matrices. Throws std::invalid_argument where x is not finite or there are not d names.
/// Parameters that the data do not identify are no error: they are named in the result.
template <class F, class X>
Inference<PlainVector<X>> inference(const F& f, const X& x, const InferenceOptions& options = {}) {
  using V = PlainVector<X>;
  using Objective = std::remove_cvref_t<decltype(detail::unwrap(f))>;
  constexpr bool vector = VectorExpression<X>;
  static_assert(vector, "natgrad: inference needs x to be an Eigen column vector, such as result.x.");
  constexpr bool counted = HasSampleCount<Objective>;
  static_assert(counted,
                "natgrad: inference needs sample_count() of the objective: f must be the mean negative "
                "log-likelihood of that many samples; inference(with_samples(f, n), x) says how many.");
  using At = detail::InferenceAt<Objective, V>;
  if constexpr (vector && counted) {
    constexpr bool informed = At::has_expected || At::has_observed || At::has_scores;
    static_assert(informed,
                  "natgrad: inference needs fisher, hessian, gradient or score of the objective, to know the "
                  "information.");
    if constexpr (informed) {
      const auto& objective = detail::unwrap(f);
      const V at = x;
      detail::require(at.size() > 0, "inference: x.size()", at.size(), "at least one entry");
      if constexpr (HasDimension<Objective>)
        detail::require_dimension("inference: x.size()", at.size(), Index(objective.dimension()));
      detail::require_finite("inference: x", at);
      detail::require(objective.sample_count() > 0, "inference: sample_count()", objective.sample_count(),
                      "a count ≥ 1");
      detail::require(options.level > 0 && options.level < 1, "inference: level", options.level,
                      "a number in (0, 1)");
      return At(objective, at, options).result();
    }
  }
  return {};
}

}  // namespace natgrad
