// SPDX-License-Identifier: MIT
#pragma once

/// M⁻¹ = the identity with quasi-Newton memory: L-BFGS (Liu & Nocedal 1989)

#include "natgrad/metric/lbfgs.hpp"
#include "natgrad/optimizer/steepest_descent.hpp"
#include "natgrad/step/hager_zhang.hpp"

#include <concepts>
#include <utility>

namespace natgrad {

/// LimitedMemoryBfgs{}, LimitedMemoryBfgs{20}, LimitedMemoryBfgs{StrongWolfe{}}, LimitedMemoryBfgs{HagerZhang{}, 20} …
/// memory: the pairs (s, y) that are kept, ≥ 1; 2·memory·d numbers
template <class StepPolicy = HagerZhang>
class LimitedMemoryBfgs : public SteepestDescent<Lbfgs<Identity>, StepPolicy> {
 public:
  explicit LimitedMemoryBfgs(StepPolicy step = {}, Index memory = 10)
      : SteepestDescent<Lbfgs<Identity>, StepPolicy>(Lbfgs<Identity>{memory, {}}, std::move(step)) {}
  explicit LimitedMemoryBfgs(Index memory, StepPolicy step = {})
      : LimitedMemoryBfgs(std::move(step), memory) {}
};

template <std::integral Memory>
LimitedMemoryBfgs(Memory) -> LimitedMemoryBfgs<>;
template <std::integral Memory, class StepPolicy>
LimitedMemoryBfgs(Memory, StepPolicy) -> LimitedMemoryBfgs<StepPolicy>;

}  // namespace natgrad
