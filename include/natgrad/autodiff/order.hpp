// SPDX-License-Identifier: MIT
#pragma once

/// The order of Jets is the order of their values: a < b means a.value < b.value; min, max and |a| take the branch of the value.

#include "natgrad/autodiff/jet.hpp"

#include <cmath>
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

/// The larger of the two that are numbers, one of them a Jet, as of <cmath>
template <class A, class B>
  requires requires(const A& a, const B& b) { max(a, b).derivative; }
auto fmax(const A& a, const B& b) {
  using J = decltype(max(a, b));
  return !(a == a) ? J(b) : !(b == b) ? J(a) : max(a, b);
}

template <class A, class B>
  requires requires(const A& a, const B& b) { min(a, b).derivative; }
auto fmin(const A& a, const B& b) {
  using J = decltype(min(a, b));
  return !(a == a) ? J(b) : !(b == b) ? J(a) : min(a, b);
}

/// |a| with the sign of b, which has no derivative; −0 counts as 0
template <class T, int K, class B>
Jet<T, K> copysign(const Jet<T, K>& a, const B& b) {
  return (a < 0) == (b < 0) ? a : -a;
}

template <class T, int K>
Jet<T, K> flat(const T& value) {
  Jet<T, K> out(0);
  out.value = value;
  return out;
}

/// The steps of floor, ceil, trunc and round have no derivative but 0.
template <class T, int K>
Jet<T, K> floor(const Jet<T, K>& a) {
  using std::floor;
  return flat<T, K>(floor(a.value));
}

template <class T, int K>
Jet<T, K> ceil(const Jet<T, K>& a) {
  using std::ceil;
  return flat<T, K>(ceil(a.value));
}

template <class T, int K>
Jet<T, K> trunc(const Jet<T, K>& a) {
  using std::trunc;
  return flat<T, K>(trunc(a.value));
}

template <class T, int K>
Jet<T, K> round(const Jet<T, K>& a) {
  using std::round;
  return flat<T, K>(round(a.value));
}

/// a − b·trunc(a/b), of which the whole number has no derivative
template <class T, int K, JetConstant<T> C>
Jet<T, K> fmod(const Jet<T, K>& a, C b) {
  using std::fmod;
  Jet<T, K> out = a;
  out.value = fmod(a.value, static_cast<JetBase<T>>(b));
  return out;
}

template <class T, int K>
Jet<T, K> fmod(const Jet<T, K>& a, const Jet<T, K>& b) {
  using std::fmod, std::trunc;
  Jet<T, K> out = a - b * flat<T, K>(trunc(a.value / b.value));
  out.value = fmod(a.value, b.value);
  return out;
}

/// ab + c, one of them a Jet at least
template <class A, class B, class C>
  requires requires(const A& a, const B& b, const C& c) { (a * b + c).derivative; }
auto fma(const A& a, const B& b, const C& c) { return a * b + c; }

}  // namespace natgrad::jets
