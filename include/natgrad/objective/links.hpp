// SPDX-License-Identifier: MIT
#pragma once

/// Links g of a generalised linear model, g(μ) = η: the mean μ(η), log μ and log(1 − μ), each with two derivatives in η.

#include <cmath>
#include <limits>

namespace natgrad {

/// A function of η with its first two derivatives.
template <class T>
struct Derivatives {
  T value, first, second;
};

/// log μ and log(1 − μ) as functions of η
template <class T>
struct LogOfBoth {
  Derivatives<T> mean, complement;
};

namespace detail {

/// log u from u: (log u)′ = u′/u, (log u)″ = u″/u − (u′/u)²
template <class T>
Derivatives<T> log_of(const Derivatives<T>& u) {
  using std::log;
  const T slope = u.first / u.value;
  return {log(u.value), slope, u.second / u.value - slope * slope};
}

template <class T>
Derivatives<T> log_of_complement(const Derivatives<T>& u) {
  using std::log1p;
  const T rest = T(1) - u.value;
  const T slope = -u.first / rest;
  return {log1p(-u.value), slope, -u.second / rest - slope * slope};
}

/// The parts of a link that follow from its mean(η). A link with tails that round to 0 or 1 has its own.
template <class Link>
struct LinkBase {
  template <class T>
  Derivatives<T> log_mean(const T& eta) const {
    return log_of(static_cast<const Link&>(*this).mean(eta));
  }
  template <class T>
  Derivatives<T> log_complement(const T& eta) const {
    return log_of_complement(static_cast<const Link&>(*this).mean(eta));
  }
  template <class T>
  LogOfBoth<T> log_of_both(const T& eta) const {
    const Link& link = static_cast<const Link&>(*this);
    return {link.log_mean(eta), link.log_complement(eta)};
  }
  /// 1/μ
  template <class T>
  T inverse_mean(const T& eta) const {
    return T(1) / static_cast<const Link&>(*this).mean(eta).value;
  }
  /// Whether η is the link of some mean.
  template <class T>
  bool contains(const T& eta) const {
    return eta - eta == T(0);
  }
};

/// φ(z)/Φ(−z) − z for z ≥ 8, φ and Φ standard normal: Laplace's continued fraction 1/(z + 2/(z + 3/(z + …)))
template <class T>
T mills_excess(const T& z) {
  T tail = z;
  for (int k = 60; k >= 2; --k) tail = z + T(k) / tail;
  return T(1) / tail;
}

/// log Φ(−z) and log Φ(z), z ≥ 0, each with its derivatives in its own argument: one tail, ½ erfc(z/√2), serves both.
template <class T>
LogOfBoth<T> log_normal_tails(const T& z) {
  using std::erfc, std::exp, std::log, std::log1p;
  const T log_root_2pi = T(0.918938533204672741780329736405617640L);
  const T tail = T(0.5) * erfc(z * T(0.707106781186547524400844362104849039L));
  const T density = exp(-z * z / T(2) - log_root_2pi);
  const T slope = density / (T(1) - tail);
  const Derivatives<T> large{log1p(-tail), slope, -slope * (z + slope)};
  if (z > T(8)) {
    const T excess = mills_excess(z), steep = excess + z;  // φ/Φ
    return {{-z * z / T(2) - log_root_2pi - log(steep), steep, -steep * excess}, large};
  }
  const T steep = density / tail;
  return {{log(tail), steep, -steep * (steep - z)}, large};
}

}  // namespace detail

/// μ = η
struct IdentityLink : detail::LinkBase<IdentityLink> {
  template <class T>
  T link(const T& mu) const {
    return mu;
  }
  template <class T>
  Derivatives<T> mean(const T& eta) const {
    return {eta, T(1), T(0)};
  }
};

/// μ = e^η
struct Log : detail::LinkBase<Log> {
  template <class T>
  T link(const T& mu) const {
    using std::log;
    return log(mu);
  }
  template <class T>
  Derivatives<T> mean(const T& eta) const {
    using std::exp;
    const T mu = exp(eta);
    return {mu, mu, mu};
  }
  template <class T>
  Derivatives<T> log_mean(const T& eta) const {
    return {eta, T(1), T(0)};
  }
  template <class T>
  T inverse_mean(const T& eta) const {
    using std::exp;
    return exp(-eta);
  }
  template <class T>
  Derivatives<T> log_complement(const T& eta) const {
    using std::exp, std::expm1, std::log;
    const T rest = -expm1(eta);  // 1 − μ without cancellation
    const T slope = -exp(eta) / rest;
    return {log(rest), slope, slope - slope * slope};
  }
};

/// μ = 1/η, η > 0
struct Inverse : detail::LinkBase<Inverse> {
  template <class T>
  T link(const T& mu) const {
    return T(1) / mu;
  }
  template <class T>
  Derivatives<T> mean(const T& eta) const {
    const T mu = T(1) / eta;
    return {mu, -mu * mu, T(2) * mu * mu * mu};
  }
  template <class T>
  T inverse_mean(const T& eta) const {
    return eta;
  }
  template <class T>
  bool contains(const T& eta) const {
    return eta > T(0) && eta - eta == T(0);
  }
};

/// μ = η², η > 0
struct Sqrt : detail::LinkBase<Sqrt> {
  template <class T>
  T link(const T& mu) const {
    using std::sqrt;
    return sqrt(mu);
  }
  template <class T>
  Derivatives<T> mean(const T& eta) const {
    return {eta * eta, T(2) * eta, T(2)};
  }
  template <class T>
  bool contains(const T& eta) const {
    return eta > T(0) && eta - eta == T(0);
  }
};

/// μ = 1/(1 + e^{−η})
struct Logit : detail::LinkBase<Logit> {
  template <class T>
  T link(const T& mu) const {
    using std::log, std::log1p;
    return log(mu) - log1p(-mu);
  }
  template <class T>
  Derivatives<T> mean(const T& eta) const {
    const T mu = sigma(eta), rest = sigma(T(-eta));
    return {mu, mu * rest, mu * rest * (rest - mu)};
  }
  template <class T>
  Derivatives<T> log_mean(const T& eta) const {
    using std::abs, std::exp, std::log1p;
    const T mu = sigma(eta), rest = sigma(T(-eta));
    return {(eta < T(0) ? eta : T(0)) - log1p(exp(-abs(eta))), rest, -mu * rest};
  }
  template <class T>
  Derivatives<T> log_complement(const T& eta) const {
    const Derivatives<T> mirrored = log_mean(T(-eta));
    return {mirrored.value, -mirrored.first, mirrored.second};
  }

 private:
  template <class T>
  static T sigma(const T& eta) {
    using std::exp;
    return T(1) / (T(1) + exp(-eta));
  }
};

/// μ = Φ(η), the standard normal distribution function
struct Probit : detail::LinkBase<Probit> {
  template <class T>
  T link(const T& mu) const {
    using std::abs;
    T eta(
        0);  // Newton on log Φ(η) = log μ, concave: from the left of the root or after one step it never overshoots
    const T smaller = mu < T(0.5) ? mu : T(1) - mu;
    using std::log;
    const T target = log(smaller);
    for (int i = 0; i < 50; ++i) {
      const Derivatives<T> at = log_mean(eta);
      const T step = (target - at.value) / at.first;
      eta += step;
      if (!(abs(step) > T(1e-15) * abs(eta))) break;
    }
    return mu < T(0.5) ? eta : -eta;
  }
  template <class T>
  Derivatives<T> mean(const T& eta) const {
    using std::erfc, std::exp;
    const T density = T(0.398942280401432677939946059934381868L) * exp(-eta * eta / T(2));
    return {T(0.5) * erfc(-eta * T(0.707106781186547524400844362104849039L)), density, -eta * density};
  }
  template <class T>
  Derivatives<T> log_mean(const T& eta) const {
    return log_of_both(eta).mean;
  }
  template <class T>
  Derivatives<T> log_complement(const T& eta) const {
    return log_of_both(eta).complement;
  }
  template <class T>
  LogOfBoth<T> log_of_both(const T& eta) const {
    const bool negative = eta < T(0);
    auto [small, large] = detail::log_normal_tails(negative ? T(-eta) : eta);
    Derivatives<T>& complement = negative ? large : small;  // in −η
    complement.first = -complement.first;
    return negative ? LogOfBoth<T>{small, large} : LogOfBoth<T>{large, small};
  }
};

/// μ = 1 − exp(−e^η), the complementary log-log link
struct Cloglog : detail::LinkBase<Cloglog> {
  template <class T>
  T link(const T& mu) const {
    using std::log, std::log1p;
    return log(-log1p(-mu));
  }
  template <class T>
  Derivatives<T> mean(const T& eta) const {
    using std::exp, std::expm1;
    const T t = exp(eta);
    const T density = exp(eta - t);
    return {-expm1(-t), density, t < std::numeric_limits<T>::max() ? density * (T(1) - t) : T(0)};
  }
  /// log(1 − e^{−t}), t = e^η; its slope is t/(e^t − 1)
  template <class T>
  Derivatives<T> log_mean(const T& eta) const {
    using std::exp, std::expm1, std::log, std::log1p;
    const T t = exp(eta);
    if (t > T(700)) return {T(0), T(0), T(0)};
    const T slope = t > T(0) ? t / expm1(t) : T(1);
    // Near 0 by the series of x/(eˣ − 1), whose coefficients are Bernoulli's numbers.
    const bool small = t < T(0.05);
    const T u = t * t;
    const T bend =
        small ? -t / T(2)
                    - u
                          * (T(1) / T(12)
                             - u
                                   * (T(1) / T(720)
                                      - u * (T(1) / T(30240) - u * (T(1) / T(1209600) - u / T(47900160)))))
              : T(1) - t - slope;
    const T value =
        small ? eta - t / T(2)
                    + u * (T(1) / T(24) - u * (T(1) / T(2880) - u * (T(1) / T(181440) - u / T(9676800))))
        : t < T(1) ? log(-expm1(-t))
                   : log1p(-exp(-t));
    return {value, slope, slope * bend};
  }
  template <class T>
  Derivatives<T> log_complement(const T& eta) const {
    using std::exp;
    const T t = exp(eta);
    return {-t, -t, -t};
  }
};

}  // namespace natgrad
