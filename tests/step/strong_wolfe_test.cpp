// SPDX-License-Identifier: MIT
#include "natgrad/step/strong_wolfe.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"

#include <cmath>

using namespace natgrad;
using namespace natgrad::test;

namespace {

bool holds(const Line& line, double alpha, double c1, double c2) {
  return line.value(alpha) <= line.value(0) + c1 * alpha * line.slope(0)
      && std::abs(line.slope(alpha)) <= c2 * std::abs(line.slope(0));
}

}  // namespace

TEST_CASE("StrongWolfe takes a first trial that satisfies both conditions") {
  Line line = parabola(1.2);
  CHECK(StrongWolfe{}(line.search).length == 1);
  CHECK(line.phi.tried == std::vector<double>{0, 1});
}

TEST_CASE("StrongWolfe finds both conditions on parabolas of any width") {
  for (const double c : {1e-6, 1e-3, 0.1, 0.9, 3.0, 40.0, 1e3, 1e6}) {
    for (const double c2 : {0.9, 0.1, 0.01}) {
      Line line = parabola(c);
      const auto step = StrongWolfe{.curvature = c2}(line.search);
      INFO("curvature " << c << ", c2 " << c2 << ", alpha " << step.length);
      REQUIRE(step.found);
      CHECK(holds(line, step.length, 1e-4, c2));
      CHECK(line.phi.tried.size() <= 30);
    }
  }
}

TEST_CASE("StrongWolfe finds both conditions on the test functions of Moré and Thuente") {
  // φ of Moré & Thuente (1994), 5.1 and 5.2, scaled to φ′(0) = −1, at their μ and η.
  SECTION("−α/(α² + 2)") {
    Line line([](double a) { return -2 * a / (a * a + 2); },
              [](double a) { return 2 * (a * a - 2) / ((a * a + 2) * (a * a + 2)); });
    const auto step = StrongWolfe{.sufficient_decrease = 1e-3, .curvature = 0.1}(line.search);
    CHECK(holds(line, step.length, 1e-3, 0.1));
    CHECK(step.length == Approx(std::sqrt(2.0)).margin(0.3));
  }
  SECTION("(α + 0.004)⁵ − 2(α + 0.004)⁴") {
    const double slope = 5 * std::pow(0.004, 4) - 8 * std::pow(0.004, 3);
    Line line([=](double a) { return (std::pow(a + 0.004, 5) - 2 * std::pow(a + 0.004, 4)) / -slope; },
              [=](double a) { return (5 * std::pow(a + 0.004, 4) - 8 * std::pow(a + 0.004, 3)) / -slope; });
    const auto step = StrongWolfe{.sufficient_decrease = 0.1, .curvature = 0.11}(line.search);
    CHECK(holds(line, step.length, 0.1, 0.11));
    CHECK(step.length == Approx(1.596).margin(0.01));
  }
}

TEST_CASE("StrongWolfe's curvature condition holds with equality at its boundary") {
  // |cα − 1| ≤ c₂ at α = 1: with c = 1.75, the boundary is c₂ = 0.75.
  Line at = parabola(1.75);
  CHECK(StrongWolfe{.curvature = 0.75}(at.search).length == 1);
  Line beyond = parabola(1.75);
  const auto step = StrongWolfe{.curvature = std::nextafter(0.75, 0)}(beyond.search);
  CHECK(step.length != 1);
  CHECK(holds(beyond, step.length, 1e-4, 0.75));
}

TEST_CASE("StrongWolfe stays inside the domain of f") {
  Line line([](double a) { return a < 0.02 ? -std::log1p(-50 * a) - 51 * a : NAN; },
            [](double a) { return 50 / (1 - 50 * a) - 51; });
  const auto step = StrongWolfe{}(line.search);
  REQUIRE(step.found);
  CHECK(holds(line, step.length, 1e-4, 0.9));
}

TEST_CASE("StrongWolfe returns the longest step where f falls for ever") {
  Line line([](double a) { return -a; }, [](double) { return -1; });
  const auto step = StrongWolfe{.max_trials = 10}(line.search);
  CHECK(step.length == std::pow(4.0, 9));
}

TEST_CASE("StrongWolfe's zoom ends at the minimum of a parabola") {
  Line line = parabola(3);
  CHECK(StrongWolfe{.curvature = 0.01}(line.search).length == Approx(1.0 / 3).epsilon(1e-14));
  CHECK(line.phi.tried.size() == 3);
}

TEST_CASE("StrongWolfe's zoom goes on below a point where f rises") {
  // The cubic of [0, 1] gives ¼; there φ′ = ½ is not flat, and the minimum lies before it.
  Line line([](double a) { return 2 * a * a - a; },
            [](double a) { return std::abs(a - 0.25) < 1e-9 ? 0.5 : 4 * a - 1; });
  StrongWolfe{.curvature = 0.1}(line.search);
  REQUIRE(line.phi.tried.size() >= 4);
  CHECK(line.phi.tried[2] == Approx(0.25));
  CHECK(line.phi.tried[3] < 0.25);
}

TEST_CASE("StrongWolfe counts the trials of both its parts, and returns the lowest where none is flat") {
  for (const double wall : {3.0, 0.3}) {  // met by the second trial, and by the first
    Line line([=](double a) { return a <= wall ? -a : 1; }, [](double) { return -1; });
    const auto step = StrongWolfe{.max_trials = 10}(line.search);
    CHECK(line.phi.tried.size() == 1 + (wall > 1 ? 2 + 9 : 1 + 10));
    REQUIRE(step.found);
    CHECK(step.length <= wall);
    CHECK(step.length > 0.9 * wall);
  }
  Line rising([](double a) { return -a; }, [](double a) { return a < 4 ? -1 : 1; });
  CHECK(StrongWolfe{.max_trials = 10}(rising.search).length == 4);
  CHECK(rising.phi.tried.size() == 1 + 2 + 9);
}

TEST_CASE("StrongWolfe finds nothing where f rises along d") {
  Line line([](double a) { return a; }, [](double) { return -1; });
  CHECK(!StrongWolfe{}(line.search));
}

TEST_CASE("StrongWolfe names the option that is out of range") {
  CHECK(rejects([] { StrongWolfe{.sufficient_decrease = 0}.validate(); },
                {"StrongWolfe.sufficient_decrease = 0"}));
  CHECK(rejects([] { StrongWolfe{.sufficient_decrease = 0.5}.validate(); },
                {"StrongWolfe.sufficient_decrease"}));
  CHECK(rejects([] { StrongWolfe{.sufficient_decrease = 0.4, .curvature = 0.4}.validate(); },
                {"StrongWolfe.curvature = 0.4"}));
  CHECK(rejects([] { StrongWolfe{.curvature = 1}.validate(); }, {"StrongWolfe.curvature = 1"}));
  CHECK(rejects([] { StrongWolfe{.curvature = NAN}.validate(); }, {"StrongWolfe.curvature"}));
  CHECK(rejects([] { StrongWolfe{.max_trials = 0}.validate(); }, {"StrongWolfe.max_trials = 0"}));
  CHECK_NOTHROW(StrongWolfe{.max_trials = 1}.validate());
}
