// SPDX-License-Identifier: MIT
#pragma once

/// The default solve: chosen by cost from n, d and a memory budget.

#include "natgrad/core/require.hpp"

namespace natgrad {

struct Automatic {
  double damping = 0;      ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;  ///< D = diag(M); false: D = I

  void validate() const { detail::require(damping >= 0, "Automatic.damping", damping, "a number ≥ 0"); }
};

}  // namespace natgrad
