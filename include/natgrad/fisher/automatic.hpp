// SPDX-License-Identifier: MIT
#pragma once

/// The default solve: chosen by cost from n, d and a memory budget. Exact forms first; see planner.hpp.

#include "natgrad/core/require.hpp"

namespace natgrad {

struct Automatic {
  double damping = 0;          ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;      ///< D from diag(M); false: D = I
  double memory_budget = 4e9;  ///< bytes that a form may keep, > 0

  void validate() const {
    detail::require_non_negative("Automatic.damping", damping);
    detail::require(memory_budget > 0, "Automatic.memory_budget", memory_budget, "a number > 0");
  }

  template <class Source>
  static consteval bool requirements_hold() {
    constexpr bool served = Source::has_matrix || Source::streams_products;
    static_assert(served,
                  "natgrad: NaturalGradient has Kronecker factors of the objective and no fisher(x, F) or "
                  "fisher_times(x, v, out): use NaturalGradient{LevenbergMarquardt{}, Kronecker{}}.");
    return served;
  }
};

}  // namespace natgrad
