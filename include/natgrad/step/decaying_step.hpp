// SPDX-License-Identifier: MIT
#pragma once

/// α_k = step / (1 + k/half_life)^power: the sum of α diverges, that of α² converges for ½ < power ≤ 1 (Robbins & Monro 1951).

#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"

#include <cmath>
#include <limits>

namespace natgrad {

struct DecayingStep {
  double step = 1.0;        ///< α₀ > 0
  double power = 1.0;       ///< how fast α decays; 0: never
  double half_life = 10.0;  ///< k at which α = step/2^power

  template <class Search>
  typename Search::Step operator()(Search& search) const {
    using Scalar = typename Search::Scalar;
    const double k = static_cast<double>(search.iteration());
    const Scalar alpha = search.contract(Scalar(step * std::pow(1.0 + k / half_life, -power)));
    if (!(alpha > Scalar(0))) return NoStep{"f is not finite along d, or α·d is below the rounding of x"};
    return alpha;
  }

  void validate() const {
    constexpr double most = std::numeric_limits<double>::max();
    detail::require(step > 0 && step <= most, "DecayingStep.step", step, "a finite number > 0");
    detail::require(power >= 0 && power <= most, "DecayingStep.power", power, "a finite number ≥ 0");
    detail::require(half_life > 0 && half_life <= most, "DecayingStep.half_life", half_life,
                    "a finite number > 0");
  }
};

}  // namespace natgrad
