// SPDX-License-Identifier: MIT
#pragma once

/// α = step at every iteration; halved only away from a point where f is not finite.

#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"

#include <limits>

namespace natgrad {

struct FixedStep {
  double step = 1.0;  ///< α > 0

  template <class Search>
  typename Search::Step operator()(Search& search) const {
    const auto alpha = search.contract(typename Search::Scalar(step));
    if (!(alpha > 0)) return NoStep{"f is not finite along d, or α·d is below the rounding of x"};
    return alpha;
  }

  void validate() const {
    detail::require(step > 0 && step <= std::numeric_limits<double>::max(), "FixedStep.step", step,
                    "a finite number > 0");
  }
};

}  // namespace natgrad
