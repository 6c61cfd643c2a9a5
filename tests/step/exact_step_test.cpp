// SPDX-License-Identifier: MIT
#include "natgrad/step/exact_step.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"

#include <cmath>

using namespace natgrad;
using namespace natgrad::test;

TEST_CASE("ExactStep reaches the minimum of a parabola in one trial") {
  for (const double c : {1e-3, 1.0, 7.0, 1e4}) {
    Line line = parabola(c);
    CHECK(ExactStep{}(line.search).length == Approx(1 / c).epsilon(1e-6));
    CHECK(line.phi.tried.size() == 2);
  }
}

TEST_CASE("ExactStep halves a step whose model leads uphill") {
  // cosh is far steeper than its curvature at 0 says.
  Line line([](double a) { return 1e-4 * (std::cosh(30 * a) - 1) - a; },
            [](double a) { return 3e-3 * std::sinh(30 * a) - 1; });
  const double alpha = ExactStep{}(line.search).length;
  CHECK(line.value(alpha) <= -1e-4 * alpha);
  CHECK(line.value(2 * alpha) > -2e-4 * alpha);
  CHECK(alpha * std::exp2(std::round(std::log2(1 / 0.09 / alpha))) == Approx(1 / 0.09).epsilon(1e-5));
}

TEST_CASE("ExactStep falls back on the first length where the curvature is not positive") {
  Line line([](double a) { return -a - a * a + a * a * a; }, [](double a) { return -1 - 2 * a + 3 * a * a; });
  CHECK(ExactStep{}(line.search).length == 1);
}

TEST_CASE("ExactStep finds nothing where f rises along d") {
  Line line([](double a) { return a + a * a; }, [](double a) { return -1 + 2 * a; });
  CHECK(!ExactStep{}(line.search));
  CHECK(line.phi.tried.size() == 1 + 60);
}
