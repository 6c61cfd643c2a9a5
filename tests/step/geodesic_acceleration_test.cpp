// SPDX-License-Identifier: MIT
#include "natgrad/step/geodesic_acceleration.hpp"

#include "natgrad/core/minimize.hpp"
#include "natgrad/objective/least_squares.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"
#include "support/rejects.hpp"

#include <cmath>
#include <cstddef>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using natgrad::test::decays;
using natgrad::test::rejects;

namespace {

/// r = (1 − x₀, c(x₁ − x₀²)): the residuals bend as a parabola does, so that v + ½a is exact.
auto valley(double c) {
  return LeastSquares{2, [=](const VectorXd& x, VectorXd& r) { r << 1 - x[0], c * (x[1] - x[0] * x[0]); },
                      [=](const VectorXd& x, MatrixXd& J) { J << -1, 0, -2 * c * x[0], c; }};
}

/// Damps a little, bends, and checks what it is told of that.
struct Watch {
  template <class Search>
  typename Search::Step operator()(Search& search) const {
    REQUIRE(search.damp(1e-8));
    const double promised = search.predicted_decrease(1);
    REQUIRE(search.bend(1e9));
    CHECK(search.predicted_decrease(1) == promised);
    CHECK(search.value() - search.value(1) == Approx(promised).epsilon(0.01));
    return {1.0, 1e-8};
  }
};

}  // namespace

TEST_CASE("where the residuals are quadratic along the step, acceleration arrives at once") {
  const NaturalGradient bent{ExpectedFisher{}, GeodesicAcceleration{.most = 1e9}, Dense{}};
  for (const double c : {1.0, 10.0, 100.0}) {
    const auto r =
        minimize(valley(c), VectorXd{{-1.2, 1}}, bent, StopWhen{.gradient_norm = 0, .max_iterations = 1});
    INFO(r);
    CHECK((r.x - VectorXd{{1, 1}}).norm() < 1e-9);
  }
}

TEST_CASE("ρ of a bent step is by the model of the step before it was bent") {
  const NaturalGradient watched{ExpectedFisher{}, Watch{}, Dense{}};
  const auto r =
      minimize(valley(10), VectorXd{{-1.2, 1}}, watched, StopWhen{.gradient_norm = 0, .max_iterations = 1});
  CHECK(r.iterations == 1);
}

TEST_CASE("the bend of the gradient is that of the residuals") {
  const auto f = valley(10);
  const VectorXd x{{-1.2, 1}}, v{{0.7, 0.2}};
  VectorXd out(2);
  f.gradient_bend(x, v, out);
  const double second = -20 * 0.7 * 0.7;  // ∂²r₁/∂v²
  CHECK(out[0] == Approx(24 * second / 2).epsilon(1e-10));
  CHECK(out[1] == Approx(10 * second / 2).epsilon(1e-10));
}

TEST_CASE("the bend and the divergence of residuals allocate nothing once they have been asked for") {
  const auto f = valley(10);
  const VectorXd x{{-1.2, 1}}, v{{0.7, 0.2}};
  VectorXd out(2);
  f.gradient_bend(x, v, out);
  const double kl = f.kl(x, v);
  const test::AllocationCount allocations;
  f.gradient_bend(x, v, out);
  const double again = f.kl(x, v);
  const std::size_t count = allocations.count();
  CHECK(count == 0);
  CHECK(again == kl);
}

TEST_CASE("along a valley that bends, acceleration takes fewer steps to the same fit") {
  const VectorXd x0{{0, 0, 1, 1}};
  const StopWhen stop{.gradient_norm = 1e-12};
  const auto straight =
      minimize(decays(), x0, NaturalGradient{ExpectedFisher{}, LevenbergMarquardt{}, Dense{}}, stop);
  const auto bent =
      minimize(decays(), x0, NaturalGradient{ExpectedFisher{}, GeodesicAcceleration{}, Dense{}}, stop);
  INFO(straight << bent);
  CHECK(straight.converged());
  CHECK(bent.converged());
  CHECK((straight.x - bent.x).norm() < 1e-5);
  CHECK(bent.iterations < straight.iterations);
}

TEST_CASE("an acceleration that is long beside the step is not followed") {
  const NaturalGradient bent{ExpectedFisher{}, GeodesicAcceleration{}, Dense{}};
  const auto r = minimize(valley(10), VectorXd{{-1.2, 1}}, bent);
  INFO(r);
  CHECK(r.usable());
  CHECK((r.x - VectorXd{{1, 1}}).norm() < 1e-6);
  CHECK(r.counts.products > r.iterations);  // some dampings were refused
  CHECK(r.counts.products >= r.counts.values - 1);
}

TEST_CASE("GeodesicAcceleration names the option that is out of range") {
  const auto run = [](GeodesicAcceleration policy) {
    minimize(valley(1), VectorXd{{0, 0}}, NaturalGradient{ExpectedFisher{}, policy, Dense{}});
  };
  CHECK(rejects([&] { run({.most = 0}); }, {"GeodesicAcceleration.most = 0"}));
  CHECK(rejects([&] { run({.damping = {.max_trials = 0}}); }, {"LevenbergMarquardt.max_trials = 0"}));
}
