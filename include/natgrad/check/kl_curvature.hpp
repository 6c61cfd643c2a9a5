// SPDX-License-Identifier: MIT
#pragma once

/// F = ∇²KL(p(·; x) ‖ p(·; x + δ)) at δ = 0: the Fisher information by differences of the divergence.

#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"

#include <cmath>
#include <limits>
#include <type_traits>

namespace natgrad {

namespace detail {

/// δᵀFδ + O(δ⁴) = KL(x − δ/2 ‖ x + δ/2) + KL(x + δ/2 ‖ x − δ/2): symmetric and centred, so that the cubic term is gone.
template <class F, class V>
ScalarOf<V> squared_distance(const F& f, const V& x, const V& delta) {
  const V low = x - ScalarOf<V>(0.5) * delta, high = x + ScalarOf<V>(0.5) * delta;
  return ScalarOf<V>(f.kl(low, high)) + ScalarOf<V>(f.kl(high, low));
}

/// Entry (i, j) from the directions hᵢeᵢ ± hⱼeⱼ.
template <class F, class V>
SquareMatrix<V> kl_curvature_by(const F& f, const V& x, const V& h) {
  using Scalar = ScalarOf<V>;
  SquareMatrix<V> out(x.size(), x.size());
  V delta = V::Zero(x.size());
  for (Index j = 0; j < x.size(); ++j) {
    delta[j] = h[j];
    out(j, j) = squared_distance(f, x, delta) / (h[j] * h[j]);
    for (Index i = j + 1; i < x.size(); ++i) {
      delta[i] = h[i];
      const Scalar along = squared_distance(f, x, delta);
      delta[i] = -h[i];
      const Scalar across = squared_distance(f, x, delta);
      delta[i] = Scalar(0);
      out(i, j) = (along - across) / (Scalar(4) * h[i] * h[j]);
      out(j, i) = out(i, j);
    }
    delta[j] = Scalar(0);
  }
  return out;
}

}  // namespace detail

/// The d×d Fisher matrix at x (mean over samples, without a penalty) from 2d² calls of f.kl(x, x_new).
///
/// h > 0 is the step in every coordinate, in the units of x; the error is O(h²) by truncation and O(ε/h²) by rounding, equal
/// at the default h = ε^¼. (δᵀFδ itself is met to O(h⁴): halving h makes that error 16 times smaller, where the one-sided
/// KL(x ‖ x + δ) − ½δᵀFδ falls 8-fold.) Amari (2016), Information Geometry and Its Applications, 1.4.
template <class F, class X>
SquareMatrix<PlainVector<X>> kl_curvature(
    const F& f, const X& x,
    typename X::Scalar h = typename X::Scalar(
        std::pow(static_cast<double>(std::numeric_limits<typename X::Scalar>::epsilon()), 0.25))) {
  using V = PlainVector<X>;
  constexpr bool measurable = HasKl<std::remove_cvref_t<decltype(detail::unwrap(f))>, V>;
  static_assert(measurable,
                "natgrad: kl_curvature needs kl(x, x_new) of the objective: `Scalar kl(const V& x, const V& "
                "x_new) const`, the "
                "divergence KL(p(.; x) || p(.; x_new)) as a mean over samples.");
  if constexpr (measurable) {
    const V at = x;
    detail::require_finite("x", at);
    detail::require(h > 0 && is_finite(h), "kl_curvature: h", h, "a finite number > 0");
    return detail::kl_curvature_by(detail::unwrap(f), at, V(V::Constant(at.size(), h)));
  } else {
    return {};
  }
}

}  // namespace natgrad
