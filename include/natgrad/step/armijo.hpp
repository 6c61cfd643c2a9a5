// SPDX-License-Identifier: MIT
#pragma once

/// The largest of α, α·shrink, α·shrink², … with f(x + αd) ≤ f(x) + c₁·α·∇fᵀd (Armijo 1966; Nocedal & Wright 2006, 3.4).

#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"

namespace natgrad {

struct Armijo {
  double sufficient_decrease = 1e-4;  ///< c₁ in (0, ½)
  double shrink = 0.5;                ///< in (0, 1)
  int max_trials = 60;

  template <class Search>
  typename Search::Step operator()(Search& search) const {
    using Scalar = typename Search::Scalar;
    Scalar alpha = search.initial_length();
    for (int trial = 0; trial < max_trials; ++trial) {
      if (search.sufficient(alpha, Scalar(sufficient_decrease))) return alpha;
      alpha *= Scalar(shrink);
    }
    return NoStep{"no α on the way back to 0 lowers f enough"};
  }

  void validate() const {
    using detail::require;
    require(sufficient_decrease > 0 && sufficient_decrease < 0.5, "Armijo.sufficient_decrease",
            sufficient_decrease, "a number in (0, 0.5)");
    require(shrink > 0 && shrink < 1, "Armijo.shrink", shrink, "a number in (0, 1)");
    require(max_trials >= 1, "Armijo.max_trials", max_trials, "a count ≥ 1");
  }
};

}  // namespace natgrad
