// SPDX-License-Identifier: MIT
#include "natgrad/optimizer/newton.hpp"

#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <concepts>
#include <random>
#include <type_traits>
#include <vector>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

VectorXd random_vector(std::mt19937& random, Index d) {
  std::normal_distribution<double> normal;
  return VectorXd::NullaryExpr(d, [&](Index) { return normal(random); });
}

/// Symmetric with eigenvalues from 1 to `condition`.
MatrixXd with_condition(std::mt19937& random, Index d, double condition) {
  MatrixXd A = VectorXd::LinSpaced(d, 0, std::log(condition)).array().exp().matrix().asDiagonal();
  for (int k = 0; k < 3; ++k) {
    const VectorXd v = random_vector(random, d).normalized();
    const MatrixXd Q = MatrixXd::Identity(d, d) - 2 * v * v.transpose();
    A = (Q * A * Q).eval();
  }
  return 0.5 * (A + A.transpose());
}

}  // namespace

TEST_CASE("Newton's arguments are optional from the right") {
  CHECK(std::same_as<decltype(Newton{}), Newton<LevenbergMarquardt, Automatic>>);
  CHECK(std::same_as<decltype(Newton{FixedStep{1.0}}), Newton<FixedStep, Automatic>>);
  CHECK(std::same_as<decltype(Newton{TrustRegion{}, Dense{.damping = 1e-3}}), Newton<TrustRegion, Dense>>);
  const Newton newton{Armijo{.shrink = 0.3}, Dense{.damping = 2}};
  CHECK(newton.step().shrink == 0.3);
  CHECK(newton.metric().solve.damping == 2);
}

TEST_CASE("Newton solves a quadratic in one step at any condition number, from anywhere") {
  std::mt19937 random(1);
  for (const double condition : {1.0, 1e2, 1e4, 1e8}) {
    for (const Index d : {2, 30}) {
      const MatrixXd A = with_condition(random, d, condition);
      const VectorXd x = random_vector(random, d);
      const Quadratic f(A, VectorXd(A * x));
      const auto r = minimize(f, VectorXd(1e3 * random_vector(random, d)), Newton{FixedStep{1.0}, Dense{}},
                              StopWhen{.gradient_norm = 0, .max_iterations = 1});
      CHECK(r.iterations == 1);
      // The error of a backward stable solve: ε·κ of the step.
      CHECK((r.x - x).norm() <= 1e-15 * condition * 1e3 * 30);
    }
  }
}

TEST_CASE("every descent policy takes Newton's full step on a quadratic") {
  std::mt19937 random(2);
  const MatrixXd A = with_condition(random, 4, 1e3);
  const Quadratic f(A, random_vector(random, 4));
  const VectorXd x0 = random_vector(random, 4), best = f.minimizer();
  const auto check = [&](const auto& step) {
    const auto r = minimize(f, x0, Newton{step, Dense{}});
    INFO(r);
    CHECK(r.usable());
    CHECK(r.iterations <= 2);
    CHECK((r.x - best).norm() <= 1e-10);
  };
  check(Armijo{});
  check(StrongWolfe{});
  check(HagerZhang{});
  check(ExactStep{});
  check(LevenbergMarquardt{});
  check(BarzilaiBorwein{});
}

TEST_CASE(
    "Newton on an intercept-only logistic model is θ ← θ − sinh θ, which a fixed step beyond 2.1773 cannot "
    "survive") {
  // Labels 0 and 1: f(θ) = mean log-loss of the constant margin θ.
  const LogisticRegression f(MatrixXd(2, 0), VectorXd{{0, 1}}, {.intercept = true});
  const auto iterates = [&](double start, int most) {
    std::vector<double> all;
    minimize(f, VectorXd{{start}}, Newton{FixedStep{1.0}, Dense{}},
             StopWhen{.gradient_norm = 1e-14, .max_iterations = most},
             [&](const auto& now) { all.push_back(now.x[0]); });
    return all;
  };
  const std::vector<double> inside = iterates(2.0, 20), outside = iterates(2.2, 4);
  for (std::size_t k = 1; k < inside.size() && std::abs(inside[k - 1]) > 1e-3; ++k) {
    CHECK(inside[k] == Approx(inside[k - 1] - std::sinh(inside[k - 1])).margin(1e-12));
  }
  CHECK(std::abs(inside.back()) <= 1e-10);
  REQUIRE(outside.size() >= 3);
  CHECK(std::abs(outside[1]) > 2.2);
  CHECK(std::abs(outside[2]) > std::abs(outside[1]));
  const double edge = 2.177318984965307;
  CHECK(std::abs(iterates(edge - 1e-6, 1).back()) < edge - 1e-6);
  CHECK(std::abs(iterates(edge + 1e-6, 1).back()) > edge + 1e-6);
}

TEST_CASE("every descent policy converges on the intercept-only logistic model, from far away too") {
  const LogisticRegression f(MatrixXd(2, 0), VectorXd{{0, 1}}, {.intercept = true});
  for (const double start : {2.2, -5.0, 30.0}) {
    const auto check = [&](const auto& step) {
      const auto r = minimize(f, VectorXd{{start}}, Newton{step, Dense{}});
      INFO("start " << start << ": " << r);
      CHECK(r.usable());
      CHECK(std::abs(r.x[0]) <= 1e-6);
    };
    check(Armijo{});
    check(StrongWolfe{});
    check(HagerZhang{});
    check(LevenbergMarquardt{});
    check(TrustRegion{});
  }
}

TEST_CASE("Newton with a damping of its own still converges, if more slowly") {
  const Quadratic f(MatrixXd(VectorXd{{1, 100}}.asDiagonal()), VectorXd{{1, 1}});
  const auto plain = minimize(f, VectorXd::Zero(2).eval(), Newton{FixedStep{1.0}, Dense{}});
  const auto damped = minimize(f, VectorXd::Zero(2).eval(), Newton{FixedStep{1.0}, Dense{.damping = 0.5}});
  CHECK(plain.iterations == 1);
  CHECK(damped.converged());
  // D = diag A: the error falls by λ/(1 + λ) = ⅓ a step.
  CHECK(damped.iterations == static_cast<Index>(std::ceil(std::log(1e-8) / std::log(1.0 / 3))));
}
