// SPDX-License-Identifier: MIT
/// The promises of the loop for Newton with every step policy that fits it.
#include "contract/second_order.hpp"

using namespace natgrad;
using namespace natgrad::test;

TEMPLATE_TEST_CASE("Newton: x, f(x) and ∇f(x) belong together, and the counts are the calls", "",
                   Eigen::Vector2d, Eigen::VectorXd) {
  keeps_result_and_counts(newton<TestType>());
}

TEST_CASE("Newton: a fault at any call of f, its gradient or the metric is survived") {
  survives_faults(newton<Eigen::Vector2d>(), true);
  survives_faults(newton<Eigen::VectorXd>(), false);
}

TEST_CASE("Newton: limits hold to the evaluation") {
  keeps_limits(newton<Eigen::Vector2d>(), true);
  keeps_limits(newton<Eigen::VectorXd>(), false);
}

TEMPLATE_TEST_CASE("Newton: nothing is allocated in the loop", "", Eigen::Vector2d, Eigen::VectorXd) {
  allocates_nothing(newton<TestType>());
}

TEST_CASE("Newton: the same input gives the same bits, again and in several threads") {
  repeats_itself(newton<Eigen::VectorXd>());
}

TEST_CASE("Newton: a run ends as its stop rule says") { obeys_stop_rules(newton<Eigen::Vector2d>()); }
