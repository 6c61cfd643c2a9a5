// SPDX-License-Identifier: MIT
#pragma once

/// A point with what is known of f there.

#include "natgrad/core/arithmetic.hpp"

#include <limits>
#include <utility>

namespace natgrad {

template <class V>
struct Iterate {
  using Scalar = ScalarOf<V>;

  V x;
  Scalar value = std::numeric_limits<Scalar>::quiet_NaN();
  V gradient;
  Scalar gradient_norm = std::numeric_limits<Scalar>::quiet_NaN();  ///< ‖∇f(x)‖∞
  bool has_gradient = false;

  // Zeros, so that no compiler sees a number that was never written copied on.
  explicit Iterate(Index dimension) : x(dimension), gradient(dimension) {
    detail::fill(x, Scalar(0));
    detail::fill(gradient, Scalar(0));
  }
  /// NaN, so that a gradient that is never written, as by a function that takes it by value, cannot pass for zero.
  explicit Iterate(const V& start) : x(start), gradient(start.size()) {
    detail::fill(gradient, std::numeric_limits<Scalar>::quiet_NaN());
  }

  /// The value is finite, and the gradient where it is known, and x: a loss may well be finite at infinity.
  EIGEN_ALWAYS_INLINE bool finite() const {
    return is_finite(value) && (!has_gradient || is_finite(gradient_norm)) && all_finite(x);
  }

  friend void swap(Iterate& a, Iterate& b) noexcept {
    a.x.swap(b.x);
    a.gradient.swap(b.gradient);
    std::swap(a.value, b.value);
    std::swap(a.gradient_norm, b.gradient_norm);
    std::swap(a.has_gradient, b.has_gradient);
  }
};

}  // namespace natgrad
