// SPDX-License-Identifier: MIT
#pragma once

/// M = I: x ← x − α∇f(x)

#include "natgrad/optimizer/steepest_descent.hpp"

namespace natgrad {

/// GradientDescent{}, GradientDescent{FixedStep{0.1}}, GradientDescent{Armijo{}} …
template <class StepPolicy = BarzilaiBorwein>
class GradientDescent : public SteepestDescent<Identity, StepPolicy> {
 public:
  explicit GradientDescent(StepPolicy step = {})
      : SteepestDescent<Identity, StepPolicy>({}, std::move(step)) {}
};

}  // namespace natgrad
