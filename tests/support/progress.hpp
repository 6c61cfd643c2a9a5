// SPDX-License-Identifier: MIT
/// A Progress made by hand, for rules and observers.
#pragma once

#include <natgrad/core/progress.hpp>

#include <Eigen/Core>

namespace natgrad::test {

struct Moment {
  using V = Eigen::Vector2d;

  Index iteration = 1;
  V x{1, 2}, gradient{3, -4}, previous{0, 0}, start{0, 0};
  double value = 5, gradient_norm = 4, step = 0.5, damping = 0, initial_value = 9, value_change = -1;
  Counts counts = {};
  double seconds = 0, decrement = 1;

  Progress<V> progress() const {
    auto* self = const_cast<Moment*>(this);
    return {iteration,
            x,
            value,
            gradient,
            gradient_norm,
            step,
            damping,
            initial_value,
            value_change,
            counts,
            &previous,
            &start,
            self,
            [](void* moment) { return static_cast<Moment*>(moment)->seconds; },
            [](void* moment) { return static_cast<Moment*>(moment)->decrement; }};
  }
};

}  // namespace natgrad::test
