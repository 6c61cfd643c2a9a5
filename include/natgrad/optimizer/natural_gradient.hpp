// SPDX-License-Identifier: MIT
#pragma once

/// M = F, the Fisher information: x ← x − α(F(x) + λD)⁻¹∇f(x)

#include "natgrad/metric/fisher.hpp"
#include "natgrad/optimizer/steepest_descent.hpp"
#include "natgrad/step/levenberg_marquardt.hpp"

namespace natgrad {

/// NaturalGradient{}, NaturalGradient{EmpiricalFisher{}, Armijo{}}, NaturalGradient{ExpectedFisher{}, FixedStep{1.0}} …
template <class Kind = BestFisher, class StepPolicy = LevenbergMarquardt, class Solve = Automatic>
class NaturalGradient : public SteepestDescent<Fisher<Kind, Solve>, StepPolicy> {
 public:
  explicit NaturalGradient(Kind kind = {}, StepPolicy step = {}, Solve solve = {})
      : SteepestDescent<Fisher<Kind, Solve>, StepPolicy>(
          Fisher<Kind, Solve>{std::move(kind), std::move(solve)}, std::move(step)) {}
};

}  // namespace natgrad
