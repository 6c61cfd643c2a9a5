// SPDX-License-Identifier: MIT
#pragma once

/// An optimizer is a metric and a step policy, nothing else.

#include "natgrad/metric/identity.hpp"
#include "natgrad/step/barzilai_borwein.hpp"

#include <utility>

namespace natgrad {

/// Steepest descent in any metric: SteepestDescent{Lbfgs{.memory = 5}, StrongWolfe{}}, or a metric of your own.
template <class Metric = Identity, class StepPolicy = BarzilaiBorwein>
class SteepestDescent {
 public:
  explicit SteepestDescent(Metric metric = {}, StepPolicy step = {})
      : metric_(std::move(metric)), step_(std::move(step)) {}

  const Metric& metric() const { return metric_; }
  const StepPolicy& step() const { return step_; }

 private:
  Metric metric_;
  StepPolicy step_;
};

}  // namespace natgrad
