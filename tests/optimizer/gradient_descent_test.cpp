// SPDX-License-Identifier: MIT
#include "natgrad/optimizer/gradient_descent.hpp"

#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <concepts>
#include <vector>

using namespace natgrad;
using Eigen::Matrix2d;
using Eigen::Vector2d;

namespace {

Quadratic<Matrix2d, Vector2d> diagonal(double mu, double L) {
  return Quadratic(Matrix2d(Vector2d(mu, L).asDiagonal()), Vector2d(0, 0));
}

}  // namespace

TEST_CASE("GradientDescent's argument is optional") {
  CHECK(std::same_as<decltype(GradientDescent{}), GradientDescent<BarzilaiBorwein>>);
  CHECK(std::same_as<decltype(GradientDescent{Armijo{}}), GradientDescent<Armijo>>);
  CHECK(GradientDescent{FixedStep{0.25}}.step().step == 0.25);
}

TEST_CASE("gradient descent with α = 2/(μ + L) shrinks the error by (κ − 1)/(κ + 1) a step") {
  for (const double kappa : {2.0, 10.0, 1e3}) {
    const auto f = diagonal(1, kappa);
    std::vector<double> errors;
    minimize(f, Vector2d(3, 3), GradientDescent{FixedStep{2 / (1 + kappa)}},
             StopWhen{.gradient_norm = 0, .max_iterations = 30},
             [&](const auto& now) { errors.push_back(now.x.norm()); });
    REQUIRE(errors.size() == 31);
    for (std::size_t k = 1; k < errors.size(); ++k) {
      CHECK(errors[k] / errors[k - 1] == Approx((kappa - 1) / (kappa + 1)).epsilon(1e-12));
    }
  }
}

TEST_CASE("exact gradient descent from (κ, 1) shrinks f by ((κ − 1)/(κ + 1))² a step") {
  const double kappa = 25;
  const auto f = diagonal(1, kappa);
  std::vector<double> values;
  minimize(f, Vector2d(kappa, 1), GradientDescent{ExactStep{}},
           StopWhen{.gradient_norm = 0, .max_iterations = 20},
           [&](const auto& now) { values.push_back(now.value); });
  REQUIRE(values.size() == 21);
  const double rate = std::pow((kappa - 1) / (kappa + 1), 2);
  for (std::size_t k = 1; k < values.size(); ++k)
    CHECK(values[k] / values[k - 1] == Approx(rate).epsilon(1e-9));
}

TEST_CASE(
    "a Gaussian mean at κ = 10⁴ to 10⁻⁶ takes gradient descent 69 078 steps at the best α, the natural "
    "gradient one") {
  const double kappa = 1e4;
  const auto f = diagonal(1, kappa);
  // The error falls by 10⁻⁶: ‖∇f‖∞ = L·|x₁| for |x₀| = |x₁| as both shrink alike.
  const Vector2d x0(1, 1);
  const auto slow = minimize(f, x0, GradientDescent{FixedStep{2 / (1 + kappa)}},
                             StopWhen{.gradient_norm = kappa * 1e-6, .max_iterations = 100'000});
  CHECK(slow.converged());
  CHECK(slow.iterations == 69078);
  CHECK(slow.counts.values == 69079);
  const auto fast = minimize(f, x0, NaturalGradient{ExpectedFisher{}, FixedStep{1.0}, Dense{}});
  CHECK(fast.converged());
  CHECK(fast.iterations == 1);
}

TEST_CASE("every policy brings gradient descent to the minimum of a quadratic") {
  const Quadratic f(Matrix2d{{3, 1}, {1, 20}}, Vector2d(1, -2));
  const auto check = [&](const auto& step) {
    const auto r = minimize(f, Vector2d(10, -7), GradientDescent{step});
    INFO(r);
    CHECK(r.usable());
    CHECK((r.x - f.minimizer()).norm() <= 1e-6);
  };
  check(FixedStep{0.08});
  check(DecayingStep{.step = 0.09, .power = 0.5, .half_life = 1000});
  check(ExactStep{});
  check(Armijo{});
  check(StrongWolfe{});
  check(HagerZhang{});
  check(BarzilaiBorwein{});
  check(LevenbergMarquardt{});
  check(TrustRegion{});
}
