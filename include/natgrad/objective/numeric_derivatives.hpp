// SPDX-License-Identifier: MIT
#pragma once

/// An objective from value(x) alone: ∇f and ∇²f by central differences, each step chosen for its own error.

#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <type_traits>
#include <utility>

namespace natgrad {

/// gᵢ = (f(x + hᵢeᵢ) − f(x − hᵢeᵢ)) / 2hᵢ with hᵢ = ε^⅓·max(|xᵢ|, sᵢ), error ~ε^⅔; H from second differences with ε^¼, error
/// ~ε^½ (Nocedal & Wright 2006, 8.1). sᵢ is the size of xᵢ when it is small, 1 unless it is given: a parameter of 1e-6 needs
/// it. Where f is not finite so far out, hᵢ = ε^⅓·|xᵢ| is tried too. A gradient costs 2d calls of f, a Hessian 1 + 2d² of them; the
/// counts of the result count gradients and Hessians, not these calls.
template <class F>
class NumericDerivatives {
 public:
  using Sizes = Eigen::VectorXd;
  static constexpr bool differences_gradient = true;

  /// sizes: d numbers > 0, or none. Throws std::invalid_argument.
  explicit NumericDerivatives(F f, Sizes sizes = {}) : f_(std::move(f)), sizes_(std::move(sizes)) {
    for (Index i = 0; i < sizes_.size(); ++i)
      detail::require(sizes_[i] > 0, "numeric_derivatives: sizes(i)", sizes_[i], "a number > 0");
  }

  template <class V>
    requires(HasValue<F, V> || std::is_invocable_r_v<ScalarOf<V>, const F&, const V&>)
  ScalarOf<V> value(const V& x)
  const { return evaluate(x); }

  template <class V>
  void gradient(const V& x, V& g) const {
    using Scalar = ScalarOf<V>;
    V moved = x;
    require_sizes(x);
    for (Index i = 0; i < x.size(); ++i) {
      const Scalar power = Scalar(1) / Scalar(3);
      g[i] = first(moved, i, step(x[i], size(i), power));
      if (!is_finite(g[i]) && x[i] != Scalar(0)) g[i] = first(moved, i, step(x[i], Scalar(0), power));
    }
  }

  template <class V>
  void hessian(const V& x, SquareMatrix<V>& H) const {
    using Scalar = ScalarOf<V>;
    V moved = x, h = x;
    require_sizes(x);
    const Scalar centre = evaluate(x);
    for (Index i = 0; i < x.size(); ++i) {
      h[i] = step(x[i], size(i), Scalar(0.25));
      H(i, i) = second(moved, centre, i, h[i]);
      if (is_finite(H(i, i)) || x[i] == Scalar(0)) continue;
      h[i] = step(x[i], Scalar(0), Scalar(0.25));
      H(i, i) = second(moved, centre, i, h[i]);
    }
    for (Index j = 0; j < x.size(); ++j) {
      for (Index i = j + 1; i < x.size(); ++i) H(j, i) = H(i, j) = mixed(moved, i, j, h[i], h[j]);
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

  template <class V>
  void require_sizes(const V& x) const {
    if (sizes_.size() > 0)
      detail::require_dimension("numeric_derivatives: sizes.size()", sizes_.size(), x.size());
  }
  double size(Index i) const { return sizes_.size() > 0 ? sizes_[i] : 1.0; }

  /// ε^power·max(|x|, size)
  template <class Scalar, class Size>
  static Scalar step(const Scalar& x, const Size& size, const Scalar& power) {
    using std::pow;
    return pow(epsilon<Scalar>(), power) * std::max(Scalar(Eigen::numext::abs(x)), Scalar(size));
  }

  /// (f(x + h) − f(x − h)) / 2h
  template <class V>
  ScalarOf<V> first(V& moved, Index i, ScalarOf<V> h) const {
    using Scalar = ScalarOf<V>;
    const Scalar at = moved[i];
    moved[i] = at + h;
    const Scalar above = moved[i], f_above = evaluate(moved);
    moved[i] = at - h;
    const Scalar below = moved[i], f_below = evaluate(moved);
    moved[i] = at;
    return (f_above - f_below) / (above - below);  // the steps that were taken, after rounding
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
  Sizes sizes_;
};

/// f is an objective with value(x), or any callable x → Scalar; kept by value. sizes: of the entries of x when they are small, 1 each
/// unless given.
template <class F>
auto numeric_derivatives(F&& f, Eigen::VectorXd sizes = {}) {
  return NumericDerivatives<std::decay_t<F>>(std::forward<F>(f), std::move(sizes));
}

}  // namespace natgrad
