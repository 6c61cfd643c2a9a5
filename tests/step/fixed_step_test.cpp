// SPDX-License-Identifier: MIT
#include "natgrad/step/fixed_step.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"

#include <cmath>

using namespace natgrad;
using namespace natgrad::test;

TEST_CASE("FixedStep takes its step, downhill or not") {
  Line line = parabola(10);
  const auto step = FixedStep{.step = 0.75}(line.search);
  CHECK(step.found);
  CHECK(step.length == 0.75);
  CHECK(line.value(0.75) > line.value(0));
  CHECK(line.phi.tried.size() == 2);
}

TEST_CASE("FixedStep halves its step away from a point where f is not finite") {
  Line line([](double a) { return -std::log1p(-a) - 2 * a; }, [](double a) { return 1 / (1 - a) - 2; });
  CHECK(FixedStep{.step = 3.5}(line.search).length == 0.875);
}

TEST_CASE("FixedStep gives up where f is finite at x0 alone") {
  Line line([](double a) { return a == 0 ? 0 : NAN; }, [](double) { return -1; });
  const auto step = FixedStep{}(line.search);
  CHECK(!step);
  CHECK(std::string(step.reason).find("not finite") != std::string::npos);
  CHECK(line.phi.tried.size() <= 61);
}

TEST_CASE("FixedStep rejects a step that is no finite number > 0") {
  for (const double bad : {0.0, -1.0, double(NAN), double(INFINITY)}) {
    CHECK(rejects([&] { FixedStep{.step = bad}.validate(); }, {"FixedStep.step"}));
  }
  CHECK_NOTHROW(FixedStep{.step = 1e300}.validate());
  CHECK_NOTHROW(FixedStep{.step = 1e-300}.validate());
}
