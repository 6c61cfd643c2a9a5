// SPDX-License-Identifier: MIT
/// Newton and NaturalGradient with every step policy.
#pragma once

#include "contract/promises.hpp"
#include <natgrad/natgrad.hpp>

#include <string>
#include <vector>

namespace natgrad::test {

/// make(step) is the optimizer; the policies that never rise above f(x0) come with true.
template <class V, class Make>
void add_every_policy(std::vector<AnyOptimizer<V>>& list, const std::string& name, const Make& make) {
  using Any = AnyOptimizer<V>;
  list.push_back(Any::of(name + "{FixedStep}", false, make(FixedStep{0.5})));
  list.push_back(Any::of(name + "{DecayingStep}", false, make(DecayingStep{.step = 0.9})));
  list.push_back(Any::of(name + "{ExactStep}", true, make(ExactStep{})));
  list.push_back(Any::of(name + "{Armijo}", true, make(Armijo{})));
  list.push_back(Any::of(name + "{StrongWolfe}", true, make(StrongWolfe{})));
  list.push_back(Any::of(name + "{HagerZhang}", true, make(HagerZhang{})));
  list.push_back(Any::of(name + "{BarzilaiBorwein}", true, make(BarzilaiBorwein{})));
  list.push_back(Any::of(name + "{LevenbergMarquardt}", true, make(LevenbergMarquardt{})));
  list.push_back(Any::of(name + "{TrustRegion}", true, make(TrustRegion{})));
}

template <class V>
const std::vector<AnyOptimizer<V>>& newton() {
  static const std::vector<AnyOptimizer<V>> list = [] {
    std::vector<AnyOptimizer<V>> all;
    add_every_policy<V>(all, "Newton", [](const auto& step) { return Newton{step, Dense{}}; });
    all.push_back(AnyOptimizer<V>::of("Newton{KlRadius}", true, Newton{KlRadius{}, Dense{}}));
    return all;
  }();
  return list;
}

template <class V>
const std::vector<AnyOptimizer<V>>& natural_gradient() {
  static const std::vector<AnyOptimizer<V>> list = [] {
    std::vector<AnyOptimizer<V>> all;
    add_every_policy<V>(all, "NaturalGradient{ExpectedFisher}", [](const auto& step) {
      return NaturalGradient{ExpectedFisher{}, step, Dense{}};
    });
    all.push_back(AnyOptimizer<V>::of("NaturalGradient{ExpectedFisher, KlRadius}", true,
                                      NaturalGradient{ExpectedFisher{}, KlRadius{}, Dense{}}));
    all.push_back(AnyOptimizer<V>::of("NaturalGradient{EmpiricalFisher, LevenbergMarquardt}", true,
                                      NaturalGradient{EmpiricalFisher{}, LevenbergMarquardt{}, Dense{}}));
    all.push_back(AnyOptimizer<V>::of("NaturalGradient{EmpiricalFisher, HagerZhang}", true,
                                      NaturalGradient{EmpiricalFisher{}, HagerZhang{}, Dense{}}));
    return all;
  }();
  return list;
}

}  // namespace natgrad::test
