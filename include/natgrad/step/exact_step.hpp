// SPDX-License-Identifier: MIT
#pragma once

/// α = −∇fᵀd / dᵀ∇²f d, the minimiser of the quadratic model along d; exact where f is quadratic (Nocedal & Wright 2006, 3.26).

#include "natgrad/core/objective.hpp"
#include "natgrad/core/policy.hpp"

namespace natgrad {

struct ExactStep {
  template <class Metric, class F, class V>
  static consteval bool requirements_hold() {
    constexpr bool curved = HasHessianTimes<F, V> || HasHessian<F, V>;
    static_assert(curved,
                  "natgrad: ExactStep needs hessian_times(x, v, Hv) or hessian(x, H) for the curvature along "
                  "the step; use "
                  "Armijo where the objective has neither.");
    return curved;
  }

  template <class Search>
  typename Search::Step operator()(Search& search) const {
    using Scalar = typename Search::Scalar;
    const Scalar curvature = search.curvature();
    const Scalar slope = search.slope();
    Scalar alpha = curvature > Scalar(0) ? Scalar(-slope / curvature) : search.initial_length();
    // On a quadratic the first α is the last; elsewhere the model may lead uphill, and half the way is tried.
    for (int halvings = 0; halvings < 60; ++halvings, alpha *= Scalar(0.5)) {
      if (search.sufficient(alpha, Scalar(1e-4))) return alpha;
    }
    return NoStep{"60 halvings of the exact step did not lower f"};
  }
};

}  // namespace natgrad
