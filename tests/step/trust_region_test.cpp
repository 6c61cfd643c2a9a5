// SPDX-License-Identifier: MIT
#include "natgrad/step/trust_region.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"
#include <natgrad/core/minimize.hpp>
#include <natgrad/objective/function.hpp>
#include <natgrad/optimizer/gradient_descent.hpp>

#include <cmath>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// |d| of the steps accepted one after the other, each committed.
std::vector<double> lengths(Line& line, const TrustRegion& policy, int steps) {
  auto run = policy.start<double>();
  std::vector<double> all;
  for (int k = 0; k < steps; ++k) {
    const auto step = run(line.search);
    if (!step) break;
    CHECK(step.length == 1);
    all.push_back(line.search.scaled_norm());
    if (!line.search.accept(step)) break;
  }
  return all;
}

}  // namespace

TEST_CASE("TrustRegion starts at a tenth of the gradient's norm, and grows by its factor at the boundary") {
  Line line([](double a) { return -a; }, [](double) { return -1; });
  const std::vector<double> all = lengths(line, {}, 3);
  REQUIRE(all.size() == 3);
  CHECK(all[0] == Approx(0.1));
  CHECK(all[1] == Approx(0.4));
  CHECK(all[2] == Approx(1));  // the unconstrained step of M = I, inside the radius of 1.6
  Line other([](double a) { return -a; }, [](double) { return -1; });
  CHECK(lengths(other, {.growth = 3}, 2)[1] == Approx(0.3));
}

TEST_CASE("TrustRegion keeps a radius that was not reached") {
  Line line = parabola(1);
  const std::vector<double> all = lengths(line, {.initial_radius = 5}, 1);
  CHECK(all[0] == 1);
}

TEST_CASE(
    "TrustRegion shrinks to the minimum of the parabola through the trial, between a tenth and a half") {
  const auto second_trial = [](double c, double radius = 1, double offset = 0) {
    Line line = parabola(c, offset);
    lengths(line, {.initial_radius = radius}, 1);
    REQUIRE(line.phi.tried.size() >= 3);
    CHECK(line.phi.tried[1] == Approx(radius));
    return line.phi.tried[2];
  };
  CHECK(second_trial(4) == Approx(0.25));
  CHECK(second_trial(4, 1, 7) == Approx(0.25));
  CHECK(second_trial(8) == Approx(0.125));
  CHECK(second_trial(8, 0.5) == Approx(0.125));
  CHECK(second_trial(100) == Approx(0.1));
  CHECK(second_trial(2) == Approx(0.5));
}

TEST_CASE("TrustRegion halves the radius after a step that is accepted with ρ < ¼, and keeps it above") {
  // From 0 with r = ½ on the parabola c: ρ = (r − ½cr²)/(r − ½r²); |φ′| at the new point is large enough to reach r again.
  const auto second = [](double c) {
    Line line = parabola(c);
    const TrustRegion policy{.initial_radius = 0.5};
    auto run = policy.start<double>();
    const auto step = run(line.search);
    REQUIRE(step.found);
    REQUIRE(line.search.accept(step));
    CHECK(line.search.at().x[0] == Approx(0.5));
    run(line.search);
    return std::abs(line.phi.tried[2] - 0.5);
  };
  CHECK(second(3.5) == Approx(0.25));  // ρ = 1/6
  CHECK(second(3.2) == Approx(0.5));   // ρ = 4/15
}

TEST_CASE("TrustRegion finds nothing where f rises along d") {
  Line line([](double a) { return a; }, [](double) { return -1; });
  const auto policy = TrustRegion{.max_trials = 9};
  auto run = policy.start<double>();
  CHECK(!run(line.search));
  CHECK(line.phi.tried.size() == 10);
}

TEST_CASE("TrustRegion begins with a tenth of the gradient and grows at the boundary of a right model") {
  const auto f = function([](const Vector1d& x) { return 0.5 * x[0] * x[0]; },
                          [](const Vector1d& x, Vector1d& g) { g = x; });
  const auto after = [&](Index steps) {
    return minimize(f, Vector1d(8.0), GradientDescent{TrustRegion{}}, StopWhen{.max_iterations = steps}).x[0];
  };
  CHECK(after(1) == Approx(8 - 0.8).epsilon(1e-12));
  CHECK(after(2) == Approx(8 - 0.8 - 3.2).epsilon(1e-12));
}

TEST_CASE("TrustRegion lengthens the step where M is far too large, as far as the radius lets it") {
  const double c = 0.05;  // of M's 1
  Line wide = parabola(c);
  const TrustRegion free{.initial_radius = 100};
  auto run = free.start<double>();
  const auto first = run(wide.search);
  REQUIRE(wide.search.accept(first));
  CHECK(first.length == 1);
  CHECK(run(wide.search).length == Approx(10));  // 1/(2 − ρ), ten at most

  Line narrow = parabola(c);
  const TrustRegion held{.initial_radius = 2, .growth = 3};
  auto bound = held.start<double>();
  REQUIRE(narrow.search.accept(bound(narrow.search)));
  const auto second = bound(narrow.search);
  CHECK(second.length == Approx(2 / 0.95));  // the radius over ‖d‖ = 1 − c
  REQUIRE(narrow.search.accept(second));
  const double rest = 0.95 - 2 * 0.05;  // ‖d‖ after ‖αd‖ = 2
  CHECK(bound(narrow.search).length == Approx(3 * 2 / rest));
}

TEST_CASE("TrustRegion goes back to α = 1 where the longer step does not pay") {
  Line line([](double a) { return a < 2 ? -a : -2 + 50 * (a - 2); },
            [](double a) { return a < 2 ? -1.0 : 50.0; });
  const TrustRegion policy{.initial_radius = 100};
  auto run = policy.start<double>();
  REQUIRE(line.search.accept(run(line.search)));
  const auto second = run(line.search);
  CHECK(second.length == 1);
  CHECK(second.found);
}

TEST_CASE("TrustRegion works on slopes where f no longer resolves the decrease") {
  Line line = parabola(10, 1e12);
  const TrustRegion policy{.initial_radius = 1};
  auto run = policy.start<double>();
  const auto step = run(line.search);
  REQUIRE(step.found);
  REQUIRE(line.search.accept(step));
  CHECK(std::abs(10 * line.search.at().x[0] - 1) <= 1);
}

TEST_CASE("TrustRegion forgets its radius, and says whether it had one") {
  const TrustRegion policy;
  auto run = policy.start<double>();
  CHECK(!run.forget());
  Line line = parabola(1);
  CHECK(run(line.search).found);
  CHECK(run.forget());
  CHECK(!run.forget());
}

TEST_CASE("TrustRegion names the option that is out of range") {
  using T = TrustRegion;
  CHECK(rejects([] { T{.initial_radius = -1}.validate(); }, {"TrustRegion.initial_radius = -1"}));
  CHECK(rejects([] { T{.initial_radius = INFINITY}.validate(); }, {"TrustRegion.initial_radius"}));
  CHECK(rejects([] { T{.accept_ratio = 0.25}.validate(); }, {"TrustRegion.accept_ratio = 0.25"}));
  CHECK(rejects([] { T{.growth = 1}.validate(); }, {"TrustRegion.growth = 1"}));
  CHECK(rejects([] { T{.growth = NAN}.validate(); }, {"TrustRegion.growth"}));
  CHECK(rejects([] { T{.max_trials = 0}.validate(); }, {"TrustRegion.max_trials = 0"}));
  CHECK_NOTHROW(T{.initial_radius = 1, .growth = 1.5, .max_trials = 1}.validate());
}
