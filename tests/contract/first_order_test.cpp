// SPDX-License-Identifier: MIT
/// The promises of the loop for GradientDescent and LimitedMemoryBfgs with every step policy that fits them.
#include "contract/promises.hpp"
#include <natgrad/natgrad.hpp>

using namespace natgrad;
using namespace natgrad::test;

namespace {

template <class V>
const std::vector<AnyOptimizer<V>>& optimizers() {
  using Any = AnyOptimizer<V>;
  static const std::vector<Any> list{
      Any::of("GradientDescent{FixedStep}", false, GradientDescent{FixedStep{0.02}}),
      Any::of("GradientDescent{DecayingStep}", false, GradientDescent{DecayingStep{.step = 0.05}}),
      Any::of("GradientDescent{ExactStep}", true, GradientDescent{ExactStep{}}),
      Any::of("GradientDescent{Armijo}", true, GradientDescent{Armijo{}}),
      Any::of("GradientDescent{StrongWolfe}", true, GradientDescent{StrongWolfe{}}),
      Any::of("GradientDescent{HagerZhang}", true, GradientDescent{HagerZhang{}}),
      Any::of("GradientDescent{BarzilaiBorwein}", true, GradientDescent{}),
      Any::of("GradientDescent{KlRadius}", true, GradientDescent{KlRadius{.radius = 0.1}}),
      Any::of("GradientDescent{LevenbergMarquardt}", true, GradientDescent{LevenbergMarquardt{}}),
      Any::of("GradientDescent{TrustRegion}", true, GradientDescent{TrustRegion{}}),
      Any::of("LimitedMemoryBfgs{FixedStep}", false, LimitedMemoryBfgs{FixedStep{0.02}}),
      Any::of("LimitedMemoryBfgs{DecayingStep}", false, LimitedMemoryBfgs{DecayingStep{.step = 0.05}}),
      Any::of("LimitedMemoryBfgs{ExactStep}", true, LimitedMemoryBfgs{ExactStep{}}),
      Any::of("LimitedMemoryBfgs{Armijo}", true, LimitedMemoryBfgs{Armijo{}}),
      Any::of("LimitedMemoryBfgs{StrongWolfe}", true, LimitedMemoryBfgs{StrongWolfe{}}),
      Any::of("LimitedMemoryBfgs{HagerZhang}", true, LimitedMemoryBfgs{}),
      Any::of("LimitedMemoryBfgs{BarzilaiBorwein}", true, LimitedMemoryBfgs{BarzilaiBorwein{}}),
      Any::of("LimitedMemoryBfgs{KlRadius}", true, LimitedMemoryBfgs{KlRadius{.radius = 0.1}}),
  };
  return list;
}

}  // namespace

TEMPLATE_TEST_CASE("first order: x, f(x) and ∇f(x) belong together, and the counts are the calls", "",
                   Eigen::Vector2d, Eigen::VectorXd) {
  keeps_result_and_counts(optimizers<TestType>());
}

TEST_CASE("first order: a fault at any call of f or its gradient is survived") {
  survives_faults(optimizers<Eigen::Vector2d>(), true, false);
  survives_faults(optimizers<Eigen::VectorXd>(), false, false);
}

TEST_CASE("first order: limits hold to the evaluation") {
  keeps_limits(optimizers<Eigen::Vector2d>(), true);
  keeps_limits(optimizers<Eigen::VectorXd>(), false);
}

TEMPLATE_TEST_CASE("first order: nothing is allocated in the loop", "", Eigen::Vector2d, Eigen::VectorXd) {
  allocates_nothing(optimizers<TestType>());
}

TEST_CASE("first order: the same input gives the same bits, again and in several threads") {
  repeats_itself(optimizers<Eigen::VectorXd>());
}

TEST_CASE("first order: a run ends as its stop rule says") {
  obeys_stop_rules(optimizers<Eigen::Vector2d>());
}
