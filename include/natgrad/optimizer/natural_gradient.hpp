// SPDX-License-Identifier: MIT
#pragma once

/// M = F, the Fisher information: x ← x − α(F(x) + λD)⁻¹∇f(x)

#include "natgrad/core/requirements.hpp"
#include "natgrad/fisher/sampled.hpp"
#include "natgrad/metric/fisher.hpp"
#include "natgrad/optimizer/steepest_descent.hpp"
#include "natgrad/step/hager_zhang.hpp"
#include "natgrad/step/levenberg_marquardt.hpp"

#include <concepts>
#include <utility>

namespace natgrad {

/// The metric of a kind of Fisher matrix, and the policy that suits it when none is named.
template <class Kind, class Solve>
struct NaturalMetric {
  using Metric = Fisher<Kind, Solve>;
  using StepPolicy = LevenbergMarquardt;
  static Metric make(Kind kind, Solve solve) { return {std::move(kind), std::move(solve)}; }
};

/// Quasi-Newton memory cannot be damped, so the step is a line search.
template <class Solve>
struct NaturalMetric<SampledFisher, Solve> {
  using Metric = Lbfgs<SampledFisherMetric>;
  using StepPolicy = HagerZhang;
  static Metric make(const SampledFisher& kind, const Solve&) { return {kind.memory, {kind}}; }
};

/// NaturalGradient{}, NaturalGradient{EmpiricalFisher{}, Armijo{}}, NaturalGradient{ExpectedFisher{}, FixedStep{1.0}},
/// NaturalGradient{SampledFisher{.rows_per_parameter = 50}}; or without a kind, NaturalGradient{TrustRegion{}} …
template <class Kind = BestFisher, class StepPolicy = typename NaturalMetric<Kind, Automatic>::StepPolicy,
          class Solve = Automatic>
class NaturalGradient : public SteepestDescent<typename NaturalMetric<Kind, Solve>::Metric, StepPolicy> {
 public:
  explicit NaturalGradient(Kind kind = {}, StepPolicy step = {}, Solve solve = {})
      : SteepestDescent<typename NaturalMetric<Kind, Solve>::Metric, StepPolicy>(
          NaturalMetric<Kind, Solve>::make(std::move(kind), std::move(solve)), std::move(step)) {}

  template <std::same_as<StepPolicy> Step>
  explicit NaturalGradient(Step step, Solve solve = {})
      : NaturalGradient(Kind{}, std::move(step), std::move(solve)) {}
};

/// Of a step policy alone: the best kind that the objective has.
template <class Step, class Solve = Automatic>
  requires(!FisherKind<Step> && !detail::Optimizer<Step>)
NaturalGradient(Step, Solve = {})
->NaturalGradient<BestFisher, Step, Solve>;

}  // namespace natgrad
