// SPDX-License-Identifier: MIT
#pragma once

/// F = ∇²KL(p(·; x) ‖ p(·; x + δ)) at δ = 0: the Fisher information by differences of the divergence.

#include "natgrad/check/arguments.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"

#include <cmath>
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
/// h > 0 is the step in every coordinate, in the units of x, or a vector of d of them; the error is O(h²) by truncation and
/// O(ε/h²) by rounding, about equal at the default h = ε^¼. (δᵀFδ itself is met to O(h⁴): halving h makes that error 16
/// times smaller, where the one-sided KL(x ‖ x + δ) − ½δᵀFδ falls 8-fold.) Throws std::invalid_argument for a step that is no
/// finite number > 0 and for NaN in x. Amari (2016), Information Geometry and Its Applications, 1.4.
template <class F, class X, class Step>
SquareMatrix<PlainVector<X>> kl_curvature(const F& f, const X& x, const Step& h) {
  using V = PlainVector<X>;
  constexpr bool measurable = HasKl<std::remove_cvref_t<decltype(detail::unwrap(f))>, V>;
  static_assert(measurable,
                "natgrad: kl_curvature needs kl(x, x_new) of the objective: `Scalar kl(const V& x, const V& "
                "x_new) const`, the "
                "divergence KL(p(.; x) || p(.; x_new)) as a mean over samples.");
  if constexpr (detail::point_is_vector<X>() && measurable) {
    const V at = x;
    V steps(at.size());
    if constexpr (VectorExpression<Step>) {
      detail::require(h.size() == at.size(), "kl_curvature: h.size()", h.size(),
                      "one step for each entry of x, or a number");
      steps = h;
    } else {
      steps.setConstant(ScalarOf<V>(h));
    }
    detail::check_point(detail::unwrap(f), at);
    for (Index i = 0; i < steps.size(); ++i) {
      detail::require(steps[i] > 0 && is_finite(steps[i]), "kl_curvature: h", steps[i], "finite numbers > 0");
    }
    return detail::kl_curvature_by(detail::unwrap(f), at, steps);
  } else {
    return {};
  }
}

template <class F, class X>
SquareMatrix<PlainVector<X>> kl_curvature(const F& f, const X& x) {
  using Scalar = ScalarOf<PlainVector<X>>;
  return kl_curvature(f, x, Scalar(std::pow(static_cast<double>(epsilon<Scalar>()), 0.25)));
}

}  // namespace natgrad
