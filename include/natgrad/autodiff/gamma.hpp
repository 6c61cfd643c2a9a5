// SPDX-License-Identifier: MIT
#pragma once

/// The gamma function of a Jet, and the polygamma functions that are its derivatives.

#include "natgrad/autodiff/elementary.hpp"

#include <cmath>
#include <limits>

namespace natgrad::jets {

/// ψ⁽ᵐ⁾(x), the (m + 1)-th derivative of log |Γ|; NaN at the poles 0, −1, −2, …, and below −10⁵. Up to x ≥ 20 by ψ⁽ᵐ⁾(x) = ψ⁽ᵐ⁾(x + 1) − (−1)ᵐ m!/x^{m+1}, from
/// there by the asymptotic series (Abramowitz & Stegun 1964, 6.4.11): within some roundings, but near the zeros of ψ.
template <int M, class T>
T polygamma(T x) {
  using std::floor, std::log, std::pow;
  static constexpr long double bernoulli[] = {1.0L / 6,       -1.0L / 30,      1.0L / 42, -1.0L / 30,
                                              5.0L / 66,      -691.0L / 2730,  7.0L / 6,  -3617.0L / 510,
                                              43867.0L / 798, -174611.0L / 330};  // B₂, B₄, …
  if (!(x > T(-1e5)) || (x <= T(0) && x == floor(x))) return std::numeric_limits<T>::quiet_NaN();
  T factorial(1);  // m!
  for (int k = 2; k <= M; ++k) factorial *= static_cast<T>(k);
  T sum(0);
  for (; x < T(20); x += T(1)) sum += factorial / pow(x, static_cast<T>(M + 1));
  const T inverse = T(1) / x;
  T power = pow(inverse, static_cast<T>(M));
  if constexpr (M == 0)
    sum -= log(x);
  else
    sum += factorial / static_cast<T>(M) * power;
  sum += T(0.5) * factorial * power * inverse;
  T coefficient = T(0.5) * factorial * static_cast<T>(M + 1);  // (2k + m − 1)!/(2k)!
  for (int k = 1; k <= 10; ++k) {
    power *= inverse * inverse;
    sum += static_cast<T>(bernoulli[k - 1]) * coefficient * power;
    coefficient *= static_cast<T>((2 * k + M) * (2 * k + M + 1)) / static_cast<T>((2 * k + 1) * (2 * k + 2));
  }
  return M % 2 ? sum : -sum;
}

template <int M, class T, int K>
Jet<T, K> polygamma(const Jet<T, K>& a) {
  return chain<T, K>(polygamma<M>(a.value), polygamma<M + 1>(a.value), a);
}

/// log |Γ|: (log |Γ|)′ = ψ
template <class T, int K>
Jet<T, K> lgamma(const Jet<T, K>& a) {
  using std::lgamma;
  return chain<T, K>(lgamma(a.value), polygamma<0>(a.value), a);
}

/// Γ′ = Γψ
template <class T, int K>
Jet<T, K> tgamma(const Jet<T, K>& a) {
  using std::tgamma;
  const T value = tgamma(a.value);
  return chain<T, K>(value, value * polygamma<0>(a.value), a);
}

}  // namespace natgrad::jets
