// SPDX-License-Identifier: MIT
#pragma once

/// The order of Jets is the order of their values: a < b means a.value < b.value; min, max and |a| take the branch of the value.

#include "natgrad/autodiff/jet.hpp"

#include <compare>

namespace natgrad::jets {

template <class T, int K>
constexpr bool operator==(const Jet<T, K>& a, const Jet<T, K>& b) {
  return a.value == b.value;
}

template <class T, int K, JetConstant<T> C>
constexpr bool operator==(const Jet<T, K>& a, C b) {
  return a.value == static_cast<JetBase<T>>(b);
}

template <class T, int K>
constexpr std::partial_ordering operator<=>(const Jet<T, K>& a, const Jet<T, K>& b) {
  if (a.value < b.value) return std::partial_ordering::less;
  if (a.value > b.value) return std::partial_ordering::greater;
  return a.value == b.value ? std::partial_ordering::equivalent : std::partial_ordering::unordered;
}

template <class T, int K, JetConstant<T> C>
constexpr std::partial_ordering operator<=>(const Jet<T, K>& a, C b) {
  return a <=> Jet<T, K>(b);
}

/// |a|′ = sign(v); +1 is taken at v = 0, where there is no derivative
template <class T, int K>
Jet<T, K> abs(const Jet<T, K>& a) {
  return a.value < 0 ? -a : a;
}

template <class T, int K>
Jet<T, K> fabs(const Jet<T, K>& a) {
  return abs(a);
}

template <class T, int K>
Jet<T, K> min(const Jet<T, K>& a, const Jet<T, K>& b) {
  return b < a ? b : a;
}

template <class T, int K, JetConstant<T> C>
Jet<T, K> min(const Jet<T, K>& a, C b) {
  return min(a, Jet<T, K>(b));
}

template <class T, int K, JetConstant<T> C>
Jet<T, K> min(C a, const Jet<T, K>& b) {
  return min(Jet<T, K>(a), b);
}

template <class T, int K>
Jet<T, K> max(const Jet<T, K>& a, const Jet<T, K>& b) {
  return a < b ? b : a;
}

template <class T, int K, JetConstant<T> C>
Jet<T, K> max(const Jet<T, K>& a, C b) {
  return max(a, Jet<T, K>(b));
}

template <class T, int K, JetConstant<T> C>
Jet<T, K> max(C a, const Jet<T, K>& b) {
  return max(Jet<T, K>(a), b);
}

}  // namespace natgrad::jets
