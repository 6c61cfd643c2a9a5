// SPDX-License-Identifier: MIT
#pragma once

/// The elementary functions of a Jet, each by the chain rule g(v + Σₖ dₖεₖ) = g(v) + g′(v)·Σₖ dₖεₖ.
///
/// A user's function calls them as it calls those of a real number: `using std::exp; ... exp(x[0])`.

#include "natgrad/autodiff/jet.hpp"
#include "natgrad/autodiff/order.hpp"

#include <cmath>
#include <cstddef>
#include <type_traits>

namespace natgrad::jets {

/// g(a) from g(v) and g′(v) at v = a.value
template <class T, int K>
constexpr Jet<T, K> chain(const T& value, const T& slope, const Jet<T, K>& a) {
  Jet<T, K> result;
  result.value = value;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < a.derivative.size(); ++k) result.derivative[k] = slope * a.derivative[k];
  return result;
}

/// g(a, b) from its value and its two partial derivatives
template <class T, int K>
constexpr Jet<T, K> chain(const T& value, const T& slope_a, const Jet<T, K>& a, const T& slope_b,
                          const Jet<T, K>& b) {
  Jet<T, K> result;
  result.value = value;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < a.derivative.size(); ++k) {
    result.derivative[k] = slope_a * a.derivative[k] + slope_b * b.derivative[k];
  }
  return result;
}

/// exp′ = exp
template <class T, int K>
Jet<T, K> exp(const Jet<T, K>& a) {
  using std::exp;
  const T value = exp(a.value);
  return chain(value, value, a);
}

/// expm1′ = exp
template <class T, int K>
Jet<T, K> expm1(const Jet<T, K>& a) {
  using std::exp, std::expm1;
  return chain<T, K>(expm1(a.value), exp(a.value), a);
}

template <class T, int K>
Jet<T, K> exp2(const Jet<T, K>& a) {
  using std::exp2;
  constexpr auto ln_2 = static_cast<JetBase<T>>(0.693147180559945309417232121458176568L);
  const T value = exp2(a.value);
  return chain<T, K>(value, ln_2 * value, a);
}

/// log′ v = 1/v
template <class T, int K>
Jet<T, K> log(const Jet<T, K>& a) {
  using std::log;
  return chain<T, K>(log(a.value), 1 / a.value, a);
}

template <class T, int K>
Jet<T, K> log2(const Jet<T, K>& a) {
  using std::log2;
  constexpr auto one_over_ln_2 = static_cast<JetBase<T>>(1.442695040888963407359924681001892137L);
  return chain<T, K>(log2(a.value), one_over_ln_2 / a.value, a);
}

template <class T, int K>
Jet<T, K> log10(const Jet<T, K>& a) {
  using std::log10;
  constexpr auto one_over_ln_10 = static_cast<JetBase<T>>(0.434294481903251827651128918916605082L);
  return chain<T, K>(log10(a.value), one_over_ln_10 / a.value, a);
}

/// log1p′ v = 1/(1 + v)
template <class T, int K>
Jet<T, K> log1p(const Jet<T, K>& a) {
  using std::log1p;
  return chain<T, K>(log1p(a.value), 1 / (1 + a.value), a);
}

/// √′v = ½/√v
template <class T, int K>
Jet<T, K> sqrt(const Jet<T, K>& a) {
  using std::sqrt;
  const T value = sqrt(a.value);
  return chain<T, K>(value, 1 / (2 * value), a);
}

/// ∛′v = ⅓/∛v²
template <class T, int K>
Jet<T, K> cbrt(const Jet<T, K>& a) {
  using std::cbrt;
  const T value = cbrt(a.value);
  return chain<T, K>(value, 1 / (3 * value * value), a);
}

/// ∇hypot(a, b) = (a, b)/hypot(a, b), without overflow
template <class T, int K>
Jet<T, K> hypot(const Jet<T, K>& a, const Jet<T, K>& b) {
  using std::hypot;
  const T value = hypot(a.value, b.value);
  return chain<T, K>(value, a.value / value, a, b.value / value, b);
}

template <class T, int K, JetConstant<T> C>
Jet<T, K> hypot(const Jet<T, K>& a, C b) {
  return hypot(a, Jet<T, K>(b));
}

template <class T, int K, JetConstant<T> C>
Jet<T, K> hypot(C a, const Jet<T, K>& b) {
  return hypot(Jet<T, K>(a), b);
}

template <class T, int K>
Jet<T, K> sin(const Jet<T, K>& a) {
  using std::cos, std::sin;
  return chain<T, K>(sin(a.value), cos(a.value), a);
}

template <class T, int K>
Jet<T, K> cos(const Jet<T, K>& a) {
  using std::cos, std::sin;
  return chain<T, K>(cos(a.value), -sin(a.value), a);
}

/// tan′ = 1 + tan²
template <class T, int K>
Jet<T, K> tan(const Jet<T, K>& a) {
  using std::tan;
  const T value = tan(a.value);
  return chain<T, K>(value, 1 + value * value, a);
}

/// 1 − v²: as a product it keeps its digits at |v| → 1, as a difference its derivative keeps them at v → 0
template <class T>
T one_minus_square(const T& v) {
  using std::abs;
  if (abs(v) < 0.5) return 1 - v * v;
  return (1 - v) * (1 + v);
}

/// asin′ v = 1/√(1 − v²)
template <class T, int K>
Jet<T, K> asin(const Jet<T, K>& a) {
  using std::asin, std::sqrt;
  return chain<T, K>(asin(a.value), 1 / sqrt(one_minus_square(a.value)), a);
}

template <class T, int K>
Jet<T, K> acos(const Jet<T, K>& a) {
  using std::acos, std::sqrt;
  return chain<T, K>(acos(a.value), -1 / sqrt(one_minus_square(a.value)), a);
}

/// atan′ v = 1/(1 + v²)
template <class T, int K>
Jet<T, K> atan(const Jet<T, K>& a) {
  using std::atan;
  return chain<T, K>(atan(a.value), 1 / (1 + a.value * a.value), a);
}

/// ∇atan2(y, x) = (x, −y)/(x² + y²), by the smaller of y/x and x/y so that x² + y² neither overflows nor underflows
template <class T, int K>
Jet<T, K> atan2(const Jet<T, K>& y, const Jet<T, K>& x) {
  using std::atan2, std::abs;
  const T value = atan2(y.value, x.value);
  if (abs(y.value) <= abs(x.value)) {
    const T ratio = y.value / x.value;
    const T slope = 1 / (x.value * (1 + ratio * ratio));
    return chain<T, K>(value, slope, y, -ratio * slope, x);
  }
  const T ratio = x.value / y.value;
  const T slope = 1 / (y.value * (1 + ratio * ratio));
  return chain<T, K>(value, ratio * slope, y, -slope, x);
}

template <class T, int K, JetConstant<T> C>
Jet<T, K> atan2(const Jet<T, K>& y, C x) {
  return atan2(y, Jet<T, K>(x));
}

template <class T, int K, JetConstant<T> C>
Jet<T, K> atan2(C y, const Jet<T, K>& x) {
  return atan2(Jet<T, K>(y), x);
}

template <class T, int K>
Jet<T, K> sinh(const Jet<T, K>& a) {
  using std::cosh, std::sinh;
  return chain<T, K>(sinh(a.value), cosh(a.value), a);
}

template <class T, int K>
Jet<T, K> cosh(const Jet<T, K>& a) {
  using std::cosh, std::sinh;
  return chain<T, K>(cosh(a.value), sinh(a.value), a);
}

/// tanh′ = 1 − tanh², as 4e/(1 + e)² with e = exp(−2|v|) where the difference would lose digits and cosh⁻² overflow
template <class T, int K>
Jet<T, K> tanh(const Jet<T, K>& a) {
  using std::abs, std::exp, std::tanh;
  const T value = tanh(a.value);
  if (abs(a.value) < 1) return chain<T, K>(value, 1 - value * value, a);
  const T e = exp(-2 * abs(a.value));
  return chain<T, K>(value, 4 * e / ((1 + e) * (1 + e)), a);
}

/// asinh′ v = 1/√(1 + v²)
template <class T, int K>
Jet<T, K> asinh(const Jet<T, K>& a) {
  using std::asinh, std::hypot;
  return chain<T, K>(asinh(a.value), 1 / hypot(a.value, JetBase<T>(1)), a);
}

/// acosh′ v = 1/√(v² − 1)
template <class T, int K>
Jet<T, K> acosh(const Jet<T, K>& a) {
  using std::acosh, std::sqrt;
  return chain<T, K>(acosh(a.value), 1 / (sqrt(a.value - 1) * sqrt(a.value + 1)), a);
}

/// atanh′ v = 1/(1 − v²)
template <class T, int K>
Jet<T, K> atanh(const Jet<T, K>& a) {
  using std::atanh;
  return chain<T, K>(atanh(a.value), 1 / one_minus_square(a.value), a);
}

/// erf′ v = 2/√π · exp(−v²)
template <class T, int K>
Jet<T, K> erf(const Jet<T, K>& a) {
  using std::erf, std::exp;
  constexpr auto two_over_sqrt_pi = static_cast<JetBase<T>>(1.128379167095512573896158903121545172L);
  return chain<T, K>(erf(a.value), two_over_sqrt_pi * exp(-(a.value * a.value)), a);
}

/// erfc′ v = −2/√π · exp(−v²): keeps the digits of a tail that 1 − erf loses
template <class T, int K>
Jet<T, K> erfc(const Jet<T, K>& a) {
  using std::erfc, std::exp;
  constexpr auto two_over_sqrt_pi = static_cast<JetBase<T>>(1.128379167095512573896158903121545172L);
  return chain<T, K>(erfc(a.value), -two_over_sqrt_pi * exp(-(a.value * a.value)), a);
}

}  // namespace natgrad::jets
