// SPDX-License-Identifier: MIT
#pragma once

/// Tail probabilities P(Z > z) and P(T > t) of the normal and Student's distribution, and their quantiles.

#include <cmath>
#include <limits>
#include <numbers>

namespace natgrad {

/// P(Z > z) = ½·erfc(z/√2), accurate far into the tail
inline double normal_tail(double z) { return 0.5 * std::erfc(z / std::sqrt(2.0)); }

namespace detail {

/// Γ(a + ½)/Γ(a), a > 0: its asymptotic series from a ≥ 200 on (DLMF 5.11.13), reached by Γ(a + 1) = aΓ(a).
inline double half_step_of_gamma(double a) {
  double factor = 1;
  for (; a < 200; a += 1) factor *= a / (a + 0.5);
  const double u = 1 / a;
  const double series =
      1 + u * (-1.0 / 8 + u * (1.0 / 128 + u * (5.0 / 1024 + u * (-21.0 / 32768 + u * (-399.0 / 262144)))));
  return factor * std::sqrt(a) * series;
}

/// The continued fraction of the incomplete beta function (DLMF 8.17.22) by Lentz's method; quick for x < (a+1)/(a+b+2).
inline double beta_fraction(double x, double a, double b) {
  double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), h = d;
  for (int m = 1; m < 100'000; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    h *= d * c;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    h *= d * c;
    if (std::abs(d * c - 1) < 1e-16) break;
  }
  return h;
}

/// The t > 0 with tail(t) = q, 0 < q < ½, by bisection to the last bit.
template <class Tail>
double quantile(const Tail& tail, double q) {
  double low = 0, high = 1;
  while (tail(high) > q && high < 1e300) high *= 2;
  for (;;) {
    const double middle = 0.5 * (low + high);
    if (!(low < middle && middle < high)) return middle;
    (tail(middle) > q ? low : high) = middle;
  }
}

}  // namespace detail

/// P(T > t), T with `degrees` > 0 degrees of freedom: ½·I_{ν/(ν+t²)}(ν/2, ½) for t ≥ 0 (DLMF 8.17); degrees = ∞ is the normal
inline double student_tail(double t, double degrees) {
  if (degrees == std::numeric_limits<double>::infinity()) return normal_tail(t);
  if (t < 0) return 1 - student_tail(-t, degrees);
  if (!(t > 0)) return t == 0 ? 0.5 : t;
  if (t > std::numeric_limits<double>::max()) return 0;  // an estimate without an error
  const double a = 0.5 * degrees;
  const double ratio = t / degrees * t;
  const double x = 1 / (1 + ratio), rest = ratio / (1 + ratio);
  // x^a(1 − x)^½/B(a, ½)
  const double front = std::exp(-a * std::log1p(ratio)) * std::sqrt(rest) * detail::half_step_of_gamma(a)
                     / std::sqrt(std::numbers::pi);
  if (x < (a + 1) / (a + 2.5)) return 0.5 * front * detail::beta_fraction(x, a, 0.5) / a;
  return 0.5 - front * detail::beta_fraction(rest, 0.5, a);
}

/// 2·P(T > |t|), the p-value of a two-sided test; normal where degrees = ∞
inline double two_sided_p(double t, double degrees = std::numeric_limits<double>::infinity()) {
  return 2 * student_tail(std::abs(t), degrees);
}

/// t with P(|T| ≤ t) = level, 0 < level < 1: the half-width of an interval in standard errors; NaN where no degree is left
inline double two_sided_quantile(double level, double degrees = std::numeric_limits<double>::infinity()) {
  if (!(degrees > 0)) return std::numeric_limits<double>::quiet_NaN();
  return detail::quantile([degrees](double t) { return student_tail(t, degrees); }, 0.5 * (1 - level));
}

}  // namespace natgrad
