// SPDX-License-Identifier: MIT
#pragma once

/// An objective from value(x) alone: ∇f and ∇²f by central differences, each step chosen for its own error.

#include "natgrad/core/objective.hpp"

#include <cmath>
#include <string_view>
#include <type_traits>
#include <utility>

namespace natgrad {

/// gᵢ = (f(x + hᵢeᵢ) − f(x − hᵢeᵢ)) / 2hᵢ with hᵢ = ε^⅓·max(|xᵢ|, 1), error ~ε^⅔; H from second differences with ε^¼, error
/// ~ε^½ (Nocedal & Wright 2006, 8.1). A gradient costs 2d calls of f, a Hessian 1 + 2d² of them; the counts of the result
/// count gradients and Hessians, not these calls.
template <class F>
class NumericDerivatives {
 public:
  explicit NumericDerivatives(F f) : f_(std::move(f)) {}

  template <class V>
    requires(HasValue<F, V> || std::is_invocable_r_v<ScalarOf<V>, const F&, const V&>)
  ScalarOf<V> value(const V& x)
  const { return evaluate(x); }

  template <class V>
  void gradient(const V& x, V& g) const {
    using Scalar = ScalarOf<V>;
    V moved = x;
    for (Index i = 0; i < x.size(); ++i) {
      const Scalar h = step(x[i], Scalar(1) / Scalar(3));
      moved[i] = x[i] + h;
      const Scalar above = moved[i], f_above = evaluate(moved);
      moved[i] = x[i] - h;
      const Scalar below = moved[i], f_below = evaluate(moved);
      g[i] = (f_above - f_below) / (above - below);  // the steps that were taken, after rounding
      moved[i] = x[i];
    }
  }

  template <class V>
  void hessian(const V& x, SquareMatrix<V>& H) const {
    using Scalar = ScalarOf<V>;
    V moved = x;
    const Scalar centre = evaluate(x);
    for (Index j = 0; j < x.size(); ++j) {
      const Scalar hj = step(x[j], Scalar(0.25));
      for (Index i = j; i < x.size(); ++i) {
        const Scalar hi = step(x[i], Scalar(0.25));
        H(i, j) = i == j ? second(moved, centre, i, hi) : mixed(moved, i, j, hi, hj);
        H(j, i) = H(i, j);
      }
    }
  }

  std::string_view note() const { return "derivatives by central differences"; }

 private:
  template <class V>
  ScalarOf<V> evaluate(const V& x) const {
    if constexpr (HasValue<F, V>) {
      return f_.value(x);
    } else {
      return f_(x);
    }
  }

  /// ε^power·max(|x|, 1)
  template <class Scalar>
  static Scalar step(const Scalar& x, const Scalar& power) {
    using std::pow;
    const Scalar size = Eigen::numext::abs(x);
    return pow(epsilon<Scalar>(), power) * (size > Scalar(1) ? size : Scalar(1));
  }

  /// (f(x + h) − 2f(x) + f(x − h)) / h²
  template <class V>
  ScalarOf<V> second(V& moved, ScalarOf<V> centre, Index i, ScalarOf<V> h) const {
    using Scalar = ScalarOf<V>;
    const Scalar at = moved[i];
    moved[i] = at + h;
    const Scalar above = evaluate(moved);
    moved[i] = at - h;
    const Scalar below = evaluate(moved);
    moved[i] = at;
    return ((above - centre) - (centre - below)) / (h * h);
  }

  /// (f(++) − f(+−) − f(−+) + f(−−)) / 4hᵢhⱼ
  template <class V>
  ScalarOf<V> mixed(V& moved, Index i, Index j, ScalarOf<V> hi, ScalarOf<V> hj) const {
    using Scalar = ScalarOf<V>;
    const Scalar xi = moved[i], xj = moved[j];
    const auto corner = [&](Scalar signed_hi, Scalar signed_hj) {
      moved[i] = xi + signed_hi;
      moved[j] = xj + signed_hj;
      return evaluate(moved);
    };
    const Scalar sum = (corner(hi, hj) - corner(hi, -hj)) - (corner(-hi, hj) - corner(-hi, -hj));
    moved[i] = xi;
    moved[j] = xj;
    return sum / (Scalar(4) * hi * hj);
  }

  F f_;
};

/// f is an objective with value(x), or any callable x → Scalar; kept by value.
template <class F>
auto numeric_derivatives(F&& f) {
  return NumericDerivatives<std::decay_t<F>>(std::forward<F>(f));
}

}  // namespace natgrad
