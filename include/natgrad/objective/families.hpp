// SPDX-License-Identifier: MIT
#pragma once

/// Exponential families of a generalised linear model: −log p(y; μ) at dispersion 1, less what does not depend on μ.

#include "natgrad/core/require.hpp"
#include "natgrad/objective/links.hpp"
#include "natgrad/objective/random.hpp"

#include <algorithm>
#include <cmath>

namespace natgrad {

/// One row's loss with ∂loss/∂η and both curvatures: `observed` = ∂²loss/∂η², `expected` its mean over y from the model.
template <class T>
struct RowTerms {
  T loss, residual, observed, expected;
};

/// The same of many rows
template <class Rows>
struct TermArrays {
  Rows loss, residual, observed, expected;
};

namespace detail {

/// 0·log 0 = 0: a response of 0 takes its term out, whatever the term is.
template <class T>
T times(const T& y, const T& term) {
  return y * (y == T(0) ? T(0) : term);  // a selection, as a branch on the data would be guessed wrong
}

/// log(y/μ): where they are close, from their difference, as a logarithm of each would lose it
template <class T>
T log_ratio(const T& y, const T& mu, const T& log_mu) {
  using std::abs, std::log, std::log1p;
  return abs(y - mu) < T(0.5) * mu ? T(log1p((y - mu) / mu)) : T(log(y) - log_mu);
}

/// Poisson(mean) by counting the arrivals: time in proportion to the mean.
inline double draw_poisson_by_arrivals(double mean, IndexedRandom& random) {
  const double bound = std::exp(-mean);
  double count = 0;
  for (double product = 1 - random.uniform(); product > bound; product *= 1 - random.uniform()) ++count;
  return count;
}

/// log k! by Stirling's series, k ≥ 0, to 1e-10; std::lgamma writes to a global
inline double log_factorial(double k) {
  double below = 0;
  for (; k < 10; ++k) below += std::log(k + 1);
  const double inverse = 1 / (k + 1), square = inverse * inverse;
  return (k + 0.5) * std::log(k + 1) - (k + 1) + 0.91893853320467274  // ½log 2π
       + inverse * (1.0 / 12 - square * (1.0 / 360 - square / 1260)) - below;
}

/// Poisson(mean), mean ≥ 10, by transformed rejection (Hörmann 1993, Insurance: Mathematics and Economics 12, 39, algorithm PTRS)
inline double draw_poisson_by_rejection(double mean, IndexedRandom& random) {
  const double log_mean = std::log(mean);
  const double b = 0.931 + 2.53 * std::sqrt(mean), a = -0.059 + 0.02483 * b;
  const double inverse_alpha = 1.1239 + 1.1328 / (b - 3.4), surely = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const double u = random.uniform() - 0.5, v = 1 - random.uniform();
    const double edge = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / edge + b) * u + mean + 0.43);
    if (edge >= 0.07 && v <= surely) return k;
    if (!(k >= 0) || (edge < 0.013 && v > edge)) continue;
    const double log_accept = std::log(v * inverse_alpha / (a / (edge * edge) + b));
    if (log_accept <= k * log_mean - mean - log_factorial(k)) return k;
  }
}

/// Poisson(mean). From 1e8 on a normal, which is skewed by 2e-5 of its spread less.
inline double draw_poisson(double mean, IndexedRandom& random) {
  if (!(mean > 0)) return 0;
  if (mean < 10) return draw_poisson_by_arrivals(mean, random);
  if (mean < 1e8) return draw_poisson_by_rejection(mean, random);
  return std::floor(mean + std::sqrt(mean) * random.normal() + 0.5);
}

/// Gamma(shape), mean = shape (Marsaglia & Tsang 2000)
inline double draw_gamma(double shape, IndexedRandom& random) {
  if (shape < 1) return draw_gamma(shape + 1, random) * std::pow(1 - random.uniform(), 1 / shape);
  const double d = shape - 1.0 / 3, c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double z = random.normal(), v = std::pow(1 + c * z, 3);
    if (v > 0 && std::log(1 - random.uniform()) < 0.5 * z * z + d - d * v + d * std::log(v)) return d * v;
  }
}

}  // namespace detail

/// y ~ N(μ, φ): loss ½(y − μ)²
struct Gaussian {
  using Canonical = IdentityLink;
  static constexpr bool dispersion_is_free = true;
  static constexpr const char* support = "a finite number";

  template <class T>
  static bool supports(const T&) {
    return true;
  }
  template <class Link, class T>
  RowTerms<T> terms(const Link& link, const T& y, const T& eta) const {
    const Derivatives<T> mu = link.mean(eta);
    const T miss = mu.value - y, square = mu.first * mu.first;
    return {T(0.5) * miss * miss, miss * mu.first, square + miss * mu.second, square};
  }
  template <class T>
  static T variance(const T&) {
    return T(1);
  }
  template <class Link, class T>
  T deviance(const Link& link, const T& y, const T& eta) const {
    return T(2) * terms(link, y, eta).loss;
  }
  template <class T>
  static T start_mean(const T& mean, const T&) {
    return mean;
  }
  double draw(double mean, IndexedRandom& random) const { return mean + random.normal(); }
};

/// y ~ successes among trials, as a proportion in [0, 1]; the trials are the weight: loss −y·log μ − (1 − y)·log(1 − μ)
struct Binomial {
  using Canonical = Logit;
  static constexpr bool dispersion_is_free = false;
  static constexpr const char* support = "a proportion in [0, 1]";

  template <class T>
  static bool supports(const T& y) {
    return y >= T(0) && y <= T(1);
  }
  template <class Link, class T>
  RowTerms<T> terms(const Link& link, const T& y, const T& eta) const {
    const auto [yes, no] = link.log_of_both(eta);
    // μ < 0 or μ > 1, as the identity or the logarithm allow it
    if (yes.value > T(0) || no.value > T(0)) return {std::numeric_limits<T>::infinity(), T(0), T(0), T(0)};
    const T rest = T(1) - y;
    return {-detail::times(y, yes.value) - detail::times(rest, no.value),
            -detail::times(y, yes.first) - detail::times(rest, no.first),
            -detail::times(y, yes.second) - detail::times(rest, no.second),
            -detail::times(yes.first, no.first)};
  }
  template <class T>
  static T variance(const T& mu) {
    return mu * (T(1) - mu);
  }
  template <class Link, class T>
  T deviance(const Link& link, const T& y, const T& eta) const {
    using std::log;
    const T rest = T(1) - y;
    return T(2)
         * (detail::times(y, T(log(y) - link.log_mean(eta).value))
            + detail::times(rest, T(log(rest) - link.log_complement(eta).value)));
  }
  template <class T>
  static T start_mean(const T& mean, const T& n) {
    return (n * mean + T(0.5)) / (n + T(1));
  }
  double draw(double mean, IndexedRandom& random) const { return random.uniform() < mean ? 1 : 0; }
};

/// y ~ Poisson(μ): loss μ − y·log μ
struct Poisson {
  using Canonical = Log;
  static constexpr bool dispersion_is_free = false;
  static constexpr const char* support = "a count ≥ 0";

  template <class T>
  static bool supports(const T& y) {
    return y >= T(0);
  }
  template <class Link, class T>
  RowTerms<T> terms(const Link& link, const T& y, const T& eta) const {
    const Derivatives<T> mu = link.mean(eta), log_mu = link.log_mean(eta);
    if (mu.value < T(0)) return {std::numeric_limits<T>::infinity(), T(0), T(0), T(0)};
    return {mu.value - detail::times(y, log_mu.value), mu.first - detail::times(y, log_mu.first),
            mu.second - detail::times(y, log_mu.second), mu.first * log_mu.first};
  }
  template <class T>
  static T variance(const T& mu) {
    return mu;
  }
  template <class Link, class T>
  T deviance(const Link& link, const T& y, const T& eta) const {
    using std::log;
    const T mu = link.mean(eta).value;
    return T(2) * (detail::times(y, detail::log_ratio(y, mu, link.log_mean(eta).value)) - (y - mu));
  }
  template <class T>
  static T start_mean(const T& mean, const T& n) {
    return mean > T(0) ? mean : T(0.5) / std::max(n, T(1));
  }
  double draw(double mean, IndexedRandom& random) const { return detail::draw_poisson(mean, random); }
};

/// y ~ Gamma with mean μ and variance φμ²: loss y/μ + log μ
struct Gamma {
  using Canonical = Inverse;
  static constexpr bool dispersion_is_free = true;
  static constexpr const char* support = "a number > 0";

  template <class T>
  static bool supports(const T& y) {
    return y > T(0);
  }
  template <class Link, class T>
  RowTerms<T> terms(const Link& link, const T& y, const T& eta) const {
    const Derivatives<T> log_mu = link.log_mean(eta);
    const T ratio = y * link.inverse_mean(eta), square = log_mu.first * log_mu.first;
    return {ratio + log_mu.value, log_mu.first * (T(1) - ratio),
            log_mu.second * (T(1) - ratio) + square * ratio, square};
  }
  /// Many rows under the logarithm
  template <class Array, class Rows>
  static void terms_under_log(const Array& y, const Array& eta, const Rows& mu, TermArrays<Rows>& rows) {
    using T = typename Rows::Scalar;
    rows.observed = y / mu;
    rows.loss = rows.observed + eta;
    rows.residual = T(1) - rows.observed;
    rows.expected.setOnes(y.size());
  }
  template <class T>
  static T variance(const T& mu) {
    return mu * mu;
  }
  template <class Link, class T>
  T deviance(const Link& link, const T& y, const T& eta) const {
    using std::expm1;
    const T log_ratio = detail::log_ratio(y, link.mean(eta).value, link.log_mean(eta).value);
    return T(2) * (expm1(log_ratio) - log_ratio);
  }
  template <class T>
  static T start_mean(const T& mean, const T&) {
    return mean;
  }
  double draw(double mean, IndexedRandom& random) const { return mean * detail::draw_gamma(1, random); }
};

/// y ~ negative binomial with mean μ and variance μ + μ²/shape: loss (y + shape)·log(1 + μ/shape) − y·log μ. The usual link is
/// the logarithm, which is not canonical.
struct NegativeBinomial {
  double shape = 1;  ///< > 0; ∞ would be the Poisson family

  using Canonical = Log;
  static constexpr bool dispersion_is_free = false;
  static constexpr const char* support = "a count ≥ 0";

  template <class T>
  static bool supports(const T& y) {
    return y >= T(0);
  }
  template <class Link, class T>
  RowTerms<T> terms(const Link& link, const T& y, const T& eta) const {
    using std::log1p;
    const Derivatives<T> mu = link.mean(eta), log_mu = link.log_mean(eta);
    if (mu.value < T(0)) return {std::numeric_limits<T>::infinity(), T(0), T(0), T(0)};
    const T theta = T(shape), total = mu.value + theta;
    const T slope = mu.first / total, bend = mu.second / total - slope * slope;  // of log(1 + μ/shape)
    return {(y + theta) * log1p(mu.value / theta) - detail::times(y, log_mu.value),
            (y + theta) * slope - detail::times(y, log_mu.first),
            (y + theta) * bend - detail::times(y, log_mu.second), mu.first * log_mu.first * (theta / total)};
  }
  /// Many rows under the logarithm
  template <class Array, class Rows>
  void terms_under_log(const Array& y, const Array& eta, const Rows& mu, TermArrays<Rows>& rows) const {
    using T = typename Rows::Scalar;
    const T theta = T(shape);
    rows.expected = mu / (T(1) + mu / theta);
    rows.loss = (y + theta) * (mu / theta).log1p() - y * eta;
    rows.residual = (y + theta) * (rows.expected / theta) - y;
    rows.observed = (y + theta) * rows.expected / (mu + theta);
  }
  template <class T>
  T variance(const T& mu) const {
    return mu + mu * mu / T(shape);
  }
  template <class Link, class T>
  T deviance(const Link& link, const T& y, const T& eta) const {
    using std::log1p;
    const T theta = T(shape), mu = link.mean(eta).value;
    return T(2)
         * (detail::times(y, detail::log_ratio(y, mu, link.log_mean(eta).value))
            - (y + theta) * log1p((y - mu) / (mu + theta)));
  }
  template <class T>
  static T start_mean(const T& mean, const T& n) {
    return mean > T(0) ? mean : T(0.5) / std::max(n, T(1));
  }
  double draw(double mean, IndexedRandom& random) const {
    return detail::draw_poisson(mean / shape * detail::draw_gamma(shape, random), random);
  }
  void validate() const {
    detail::require(shape > 0 && shape < 1e300, "NegativeBinomial.shape", shape, "a number > 0");
  }
};

}  // namespace natgrad
