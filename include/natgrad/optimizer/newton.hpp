// SPDX-License-Identifier: MIT
#pragma once

/// M = ∇²f: x ← x − α(∇²f(x) + λD)⁻¹∇f(x)

#include "natgrad/metric/hessian.hpp"
#include "natgrad/optimizer/steepest_descent.hpp"
#include "natgrad/step/levenberg_marquardt.hpp"

namespace natgrad {

/// Newton{}, Newton{FixedStep{1.0}}, Newton{TrustRegion{}}, Newton{Armijo{}, Dense{.damping = 1e-3}} …
template <class StepPolicy = LevenbergMarquardt, class Solve = Automatic>
class Newton : public SteepestDescent<Hessian<Solve>, StepPolicy> {
 public:
  explicit Newton(StepPolicy step = {}, Solve solve = {})
      : SteepestDescent<Hessian<Solve>, StepPolicy>(Hessian<Solve>{std::move(solve)}, std::move(step)) {}
};

}  // namespace natgrad
