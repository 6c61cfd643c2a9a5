// SPDX-License-Identifier: MIT
#pragma once

/// Jet: a value and its derivatives along K directions, v + Σₖ dₖεₖ with εᵢεⱼ = 0; a Jet of Jets carries the second derivatives.

#include <array>
#include <cstddef>
#include <type_traits>

namespace natgrad {

/// Operators and elementary functions are found here by argument-dependent lookup, and stay out of `natgrad` itself.
namespace jets {

template <class T, int K>
struct Jet;

template <class T>
struct JetTraits {
  using Base = T;
};

template <class T, int K>
struct JetTraits<Jet<T, K>> {
  using Base = typename JetTraits<T>::Base;
};

/// The real scalar under any number of nested Jets: `JetBase<Jet<Jet<double, 4>, 4>>` is double.
template <class T>
using JetBase = typename JetTraits<T>::Base;

/// A number that is constant in x: 2, 0.5f or a value of the Jet's own base scalar.
template <class C, class T>
concept JetConstant = std::is_arithmetic_v<C> || std::is_same_v<C, JetBase<T>>;

/// f(x + Σₖ dₖεₖ) = f(x) + Σₖ (∇f(x)ᵀdₖ)εₖ exactly, so running f on Jets gives K directional derivatives (no truncation).
///
/// `Jet<Jet<T, K>, L>` with x = (x + Σ pₖεₖ) + Σ qₗηₗ gives f, pₖᵀ∇f, qₗᵀ∇f and the block qₗᵀ∇²f pₖ. Its order
/// is in natgrad/autodiff/order.hpp, its functions in elementary.hpp and power.hpp, its Eigen traits in eigen_scalar.hpp.
///
/// The loops say that they are to be unrolled, as g++ -O2 would not and takes eight times as long for a Hessian; and + and += are
/// loops each, as either through the other costs a third more.
template <class T, int K>
struct Jet {
  static_assert(K > 0, "natgrad::Jet<T, K> needs K > 0 directions");
  using Base = JetBase<T>;

  T value{};
  std::array<T, static_cast<std::size_t>(K)> derivative{};

  constexpr Jet() = default;

  template <JetConstant<T> C>
  constexpr Jet(C constant)  // implicit, as from a real number: T sum = 0
      : value(static_cast<Base>(constant)) {}

  constexpr Jet& operator+=(const Jet& b) {
    value += b.value;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < derivative.size(); ++k) derivative[k] += b.derivative[k];
    return *this;
  }

  constexpr Jet& operator-=(const Jet& b) {
    value -= b.value;
#pragma GCC unroll 8
    for (std::size_t k = 0; k < derivative.size(); ++k) derivative[k] -= b.derivative[k];
    return *this;
  }

  /// (ab)′ = a′b + ab′
  constexpr Jet& operator*=(const Jet& b) {
#pragma GCC unroll 8
    for (std::size_t k = 0; k < derivative.size(); ++k) {
      derivative[k] = derivative[k] * b.value + value * b.derivative[k];
    }
    value *= b.value;  // last: a *= a has to read the old value
    return *this;
  }

  /// (a/b)′ = (a′ − (a/b)b′)/b
  constexpr Jet& operator/=(const Jet& b) {
    const T quotient = value / b.value;
    const T divisor = b.value;  // a /= a overwrites b
#pragma GCC unroll 8
    for (std::size_t k = 0; k < derivative.size(); ++k) {
      derivative[k] = (derivative[k] - quotient * b.derivative[k]) / divisor;
    }
    value = quotient;
    return *this;
  }

  template <JetConstant<T> C>
  constexpr Jet& operator+=(C b) {
    value += static_cast<Base>(b);
    return *this;
  }

  template <JetConstant<T> C>
  constexpr Jet& operator-=(C b) {
    value -= static_cast<Base>(b);
    return *this;
  }

  template <JetConstant<T> C>
  constexpr Jet& operator*=(C b) {
    value *= static_cast<Base>(b);
#pragma GCC unroll 8
    for (T& d : derivative) d *= static_cast<Base>(b);
    return *this;
  }

  template <JetConstant<T> C>
  constexpr Jet& operator/=(C b) {
    value /= static_cast<Base>(b);
#pragma GCC unroll 8
    for (T& d : derivative) d /= static_cast<Base>(b);
    return *this;
  }
};

template <class T, int K>
constexpr Jet<T, K> operator+(const Jet<T, K>& a) {
  return a;
}

template <class T, int K>
constexpr Jet<T, K> operator-(const Jet<T, K>& a) {
  Jet<T, K> result;
  result.value = -a.value;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < a.derivative.size(); ++k) result.derivative[k] = -a.derivative[k];
  return result;
}

template <class T, int K>
constexpr Jet<T, K> operator+(const Jet<T, K>& a, const Jet<T, K>& b) {
  Jet<T, K> result;
  result.value = a.value + b.value;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < a.derivative.size(); ++k)
    result.derivative[k] = a.derivative[k] + b.derivative[k];
  return result;
}

template <class T, int K>
constexpr Jet<T, K> operator-(const Jet<T, K>& a, const Jet<T, K>& b) {
  Jet<T, K> result;
  result.value = a.value - b.value;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < a.derivative.size(); ++k)
    result.derivative[k] = a.derivative[k] - b.derivative[k];
  return result;
}

template <class T, int K>
constexpr Jet<T, K> operator*(const Jet<T, K>& a, const Jet<T, K>& b) {
  Jet<T, K> result;
  result.value = a.value * b.value;
#pragma GCC unroll 8
  for (std::size_t k = 0; k < a.derivative.size(); ++k)
    result.derivative[k] = a.derivative[k] * b.value + a.value * b.derivative[k];
  return result;
}

template <class T, int K>
constexpr Jet<T, K> operator/(Jet<T, K> a, const Jet<T, K>& b) {
  return a /= b;
}

template <class T, int K, JetConstant<T> C>
constexpr Jet<T, K> operator+(Jet<T, K> a, C b) {
  return a += b;
}

template <class T, int K, JetConstant<T> C>
constexpr Jet<T, K> operator+(C a, Jet<T, K> b) {
  return b += a;
}

template <class T, int K, JetConstant<T> C>
constexpr Jet<T, K> operator-(Jet<T, K> a, C b) {
  return a -= b;
}

template <class T, int K, JetConstant<T> C>
constexpr Jet<T, K> operator-(C a, const Jet<T, K>& b) {
  return -b + a;
}

template <class T, int K, JetConstant<T> C>
constexpr Jet<T, K> operator*(Jet<T, K> a, C b) {
  return a *= b;
}

template <class T, int K, JetConstant<T> C>
constexpr Jet<T, K> operator*(C a, Jet<T, K> b) {
  return b *= a;
}

template <class T, int K, JetConstant<T> C>
constexpr Jet<T, K> operator/(Jet<T, K> a, C b) {
  return a /= b;
}

template <class T, int K, JetConstant<T> C>
constexpr Jet<T, K> operator/(C a, const Jet<T, K>& b) {
  return Jet<T, K>(a) /= b;
}

}  // namespace jets

using jets::Jet;
using jets::JetBase;

}  // namespace natgrad
