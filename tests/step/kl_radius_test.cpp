// SPDX-License-Identifier: MIT
#include "natgrad/step/kl_radius.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"
#include <natgrad/core/minimize.hpp>
#include <natgrad/objective/function.hpp>
#include <natgrad/optimizer/gradient_descent.hpp>

#include <cmath>

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// dᵀd = 1 on a Line: the KL of the model at α is ½α².
double length(const KlRadius& policy, double c) {
  Line line = parabola(c);
  return policy(line.search).length;
}

}  // namespace

TEST_CASE("KlRadius attains its radius: ½α²dᵀMd = δ") {
  for (const double radius : {1e-8, 0.01, 0.3}) {
    const double alpha = length({.radius = radius}, 1e-3);
    CHECK(0.5 * alpha * alpha == Approx(radius).epsilon(1e-14));
  }
}

TEST_CASE("KlRadius never steps further than α = 1") {
  CHECK(length({.radius = 0.5}, 0.1) == 1);
  CHECK(length({.radius = 1e6}, 0.1) == 1);
  CHECK(length({.radius = 0.499}, 0.1) < 1);
}

TEST_CASE("KlRadius shrinks a step that does not lower f") {
  const double alpha = length({.radius = 0.5, .shrink = 0.5}, 10);
  CHECK(alpha == 0.125);
}

TEST_CASE("KlRadius measures the divergence where the objective can, and allows half more than its radius") {
  struct Measured : Phi {
    double scale;
    double kl(const Vector1d& x, const Vector1d& y) const { return 0.5 * scale * (y - x).squaredNorm(); }
  };
  const auto step = [](double scale) {
    Measured f{{[](double a) { return -a; }, [](double) { return -1.0; }}, scale};
    Evaluator<Measured, Vector1d> evaluator(f, {});
    IdentityState<Vector1d> metric;
    detail::Descent<Evaluator<Measured, Vector1d>, IdentityState<Vector1d>> search(evaluator, metric,
                                                                                   Vector1d(0.0));
    search.evaluate_start();
    return KlRadius{.radius = 0.125}(search).length;
  };
  CHECK(step(1) == 0.5);
  CHECK(step(1.5) == 0.5);           // KL = 1.5δ: allowed
  CHECK(step(1.51) == Approx(0.4));  // one shrink by 0.8
  CHECK(step(1.51 / 0.64) == Approx(0.5 * 0.64));
  // far beyond it at once to where KL = 1.5δ, by at most a hundredth a trial
  CHECK(step(1.5e4) == Approx(0.5e-2));
  CHECK(step(1.5e30) == Approx(0.5e-15));
}

TEST_CASE("KlRadius takes a step of √(2·radius) in the metric, however long d is") {
  const auto f = function([](const Vector1d& x) { return 0.5 * x[0] * x[0]; },
                          [](const Vector1d& x, Vector1d& g) { g = x; });
  const auto r =
      minimize(f, Vector1d(5.0), GradientDescent{KlRadius{.radius = 0.02}}, StopWhen{.max_iterations = 1});
  CHECK(r.x[0] == Approx(5 - 0.2).epsilon(1e-14));
}

TEST_CASE("KlRadius finds nothing where f rises along d") {
  Line line([](double a) { return a; }, [](double) { return -1; });
  CHECK(!KlRadius{.max_trials = 7}(line.search));
  CHECK(line.phi.tried.size() == 1 + 7);
}

TEST_CASE("KlRadius names the option that is out of range") {
  CHECK(rejects([] { KlRadius{.radius = 0}.validate(); }, {"KlRadius.radius = 0"}));
  CHECK(rejects([] { KlRadius{.radius = NAN}.validate(); }, {"KlRadius.radius"}));
  CHECK(rejects([] { KlRadius{.radius = INFINITY}.validate(); }, {"KlRadius.radius"}));
  CHECK(rejects([] { KlRadius{.shrink = 1}.validate(); }, {"KlRadius.shrink = 1"}));
  CHECK(rejects([] { KlRadius{.max_trials = 0}.validate(); }, {"KlRadius.max_trials = 0"}));
  CHECK_NOTHROW(KlRadius{.max_trials = 1}.validate());
}
