// SPDX-License-Identifier: MIT
#pragma once

/// An objective from lambdas: function(value, gradient) or function(value, gradient, hessian).

#include "natgrad/core/objective.hpp"

#include <concepts>
#include <utility>

namespace natgrad {

/// value(x) → Scalar, gradient(x, g) and, where given, hessian(x, H); the callables are kept by value.
template <class Value, class Gradient, class HessianFunction>
class Function {
 public:
  Function(Value f, Gradient g, HessianFunction h)
      : value_(std::move(f)), gradient_(std::move(g)), hessian_(std::move(h)) {}

  template <class V>
    requires std::invocable<const Value&, const V&>
  auto value(const V& x) const { return value_(x); }

  template <class V>
    requires std::invocable<const Gradient&, const V&, V&>
  void gradient(const V& x, V& g) const { gradient_(x, g); }

  template <class V, class Matrix>
    requires std::invocable<const HessianFunction&, const V&, Matrix&>
  void hessian(const V& x, Matrix& H) const { hessian_(x, H); }

 private:
  Value value_;
  Gradient gradient_;
  HessianFunction hessian_;
};

namespace detail {

/// Stands where no Hessian was given: callable with nothing.
struct NoHessian {};

}  // namespace detail

/// f alone is not enough.
template <class Value>
auto function(Value value) {
  constexpr bool enough = false && sizeof(Value) > 0;
  static_assert(enough,
                "natgrad: function(value, gradient) needs the gradient: function(value, gradient(x, g)); "
                "autodiff(value) or numeric_derivatives(value) finds it.");
  return value;
}

/// An objective without a Hessian, for first-order metrics.
template <class Value, class Gradient>
auto function(Value value, Gradient gradient) {
  return Function<Value, Gradient, detail::NoHessian>(std::move(value), std::move(gradient), {});
}

/// An objective with a Hessian, for Newton.
template <class Value, class Gradient, class HessianFunction>
auto function(Value value, Gradient gradient, HessianFunction hessian) {
  return Function<Value, Gradient, HessianFunction>(std::move(value), std::move(gradient),
                                                    std::move(hessian));
}

}  // namespace natgrad
