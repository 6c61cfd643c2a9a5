// SPDX-License-Identifier: MIT
// The derivatives of the test problems as a user would check them. (Their own test compares them with the published figures.)

// natgrad_test_problems compiles the problems.
#ifdef NATGRAD_TABLE_FOLDER

#include "natgrad/check/derivatives.hpp"
#include "support/catch.hpp"
#include "support/problems/problem.hpp"

#include <random>

using natgrad::test::more_garbow_hillstrom;
using natgrad::test::Problem;

TEST_CASE("check_derivatives finds nothing wrong with any of the problems of Moré, Garbow and Hillstrom") {
  for (const Problem& problem : more_garbow_hillstrom()) {
    INFO(problem.label());
    // A general point: each coordinate of x0 moved by up to 5 % of itself, or by 0.05 where it is zero.
    std::mt19937 engine(static_cast<unsigned>(1000 * problem.number + problem.size()));
    std::uniform_real_distribution<double> shift(-0.05, 0.05);
    Eigen::VectorXd x = problem.start;
    for (double& xi : x) xi += shift(engine) * (xi == 0 ? 1 : xi);
    const natgrad::CheckReport report = natgrad::check_derivatives(problem, x);
    INFO(report);
    CHECK(report.find("gradient"));
    CHECK(report.find("hessian"));
    CHECK(report.ok());
  }
}

#endif
