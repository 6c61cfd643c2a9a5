// SPDX-License-Identifier: MIT
#pragma once

/// M⁻¹ = the identity with quasi-Newton memory: L-BFGS (Liu & Nocedal 1989)

#include "natgrad/metric/lbfgs.hpp"
#include "natgrad/optimizer/steepest_descent.hpp"
#include "natgrad/step/hager_zhang.hpp"

namespace natgrad {

/// LimitedMemoryBfgs{}, LimitedMemoryBfgs{StrongWolfe{}}, LimitedMemoryBfgs{HagerZhang{}, 20} …
template <class StepPolicy = HagerZhang>
class LimitedMemoryBfgs : public SteepestDescent<Lbfgs<Identity>, StepPolicy> {
 public:
  explicit LimitedMemoryBfgs(StepPolicy step = {}, Index memory = 10)
      : SteepestDescent<Lbfgs<Identity>, StepPolicy>(Lbfgs<Identity>{memory, {}}, std::move(step)) {}
};

}  // namespace natgrad
