// SPDX-License-Identifier: MIT
/// The promises of the loop for NaturalGradient with every step policy that fits it.
#include "contract/second_order.hpp"

using namespace natgrad;
using namespace natgrad::test;

TEMPLATE_TEST_CASE("natural gradient: x, f(x) and ∇f(x) belong together, and the counts are the calls", "",
                   Eigen::Vector2d, Eigen::VectorXd) {
  keeps_result_and_counts(natural_gradient<TestType>());
}

TEST_CASE("natural gradient: a fault at any call of f, its gradient or the metric is survived") {
  survives_faults(natural_gradient<Eigen::Vector2d>(), true);
  survives_faults(natural_gradient<Eigen::VectorXd>(), false);
}

TEST_CASE("natural gradient: limits hold to the evaluation") {
  keeps_limits(natural_gradient<Eigen::Vector2d>(), true);
  keeps_limits(natural_gradient<Eigen::VectorXd>(), false);
}

TEMPLATE_TEST_CASE("natural gradient: nothing is allocated in the loop", "", Eigen::Vector2d,
                   Eigen::VectorXd) {
  allocates_nothing(natural_gradient<TestType>());
}

TEST_CASE("natural gradient: the same input gives the same bits, again and in several threads") {
  repeats_itself(natural_gradient<Eigen::VectorXd>());
}

TEST_CASE("natural gradient: a run ends as its stop rule says") {
  obeys_stop_rules(natural_gradient<Eigen::Vector2d>());
}
