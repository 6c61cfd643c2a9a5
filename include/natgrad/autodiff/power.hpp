// SPDX-License-Identifier: MIT
#pragma once

/// Powers of Jets: ∂(aᵇ)/∂a = b·aᵇ⁻¹ and ∂(aᵇ)/∂b = aᵇ·log a.

#include "natgrad/autodiff/elementary.hpp"

#include <cmath>

namespace natgrad::jets {

/// Is this number zero, with all its derivatives? (== compares the values alone.)
template <class T>
constexpr bool vanishes(const T& a) {
  return a == 0;
}

template <class T, int K>
constexpr bool vanishes(const Jet<T, K>& a) {
  bool all = vanishes(a.value);
  for (const T& d : a.derivative) all = all && vanishes(d);
  return all;
}

/// a^p with a constant p; right for a ≤ 0 where p is an integer
template <class T, int K, JetConstant<T> C>
Jet<T, K> pow(const Jet<T, K>& a, C p) {
  using std::pow;
  const auto exponent = static_cast<JetBase<T>>(p);
  if (exponent == 0) return Jet<T, K>(1);  // p·a^(p−1) is 0·∞ at a = 0
  return chain<T, K>(pow(a.value, exponent), exponent * pow(a.value, exponent - 1), a);
}

/// ∂(aᵇ)/∂b = aᵇ·log a, which tends to 0 with a where b > 0
template <class A, class B, class T>
T power_slope(const A& a, const B& b, const T& power) {
  using std::log;
  if (a == 0 && b > 0) return T(0);
  return power * log(a);
}

/// a constant a, to a power b
template <class T, int K, JetConstant<T> C>
Jet<T, K> pow(C a, const Jet<T, K>& b) {
  using std::pow;
  const auto base = static_cast<JetBase<T>>(a);
  const T power = pow(base, b.value);
  return chain<T, K>(power, power_slope(base, b.value, power), b);
}

template <class T, int K>
Jet<T, K> pow(const Jet<T, K>& a, const Jet<T, K>& b) {
  using std::pow;
  const T power = pow(a.value, b.value);
  const T slope = b.value * pow(a.value, b.value - 1);
  bool constant_exponent = true;
  for (const T& d : b.derivative) constant_exponent = constant_exponent && vanishes(d);
  if (constant_exponent) return chain<T, K>(power, slope, a);  // no log a: a may be negative
  return chain<T, K>(power, slope, a, power_slope(a.value, b.value, power), b);
}

}  // namespace natgrad::jets
