// SPDX-License-Identifier: MIT
#include "natgrad/optimizer/natural_gradient.hpp"

#include "support/algebra.hpp"
#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <concepts>
#include <random>
#include <vector>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

const MatrixXd X = [] {
  std::mt19937 random(4);
  std::normal_distribution<double> normal;
  return MatrixXd(MatrixXd::NullaryExpr(60, 3, [&](Index, Index) { return normal(random); }));
}();
const VectorXd y = [] {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform;
  const VectorXd m = X * VectorXd{{1, -0.5, 0.3}};
  return VectorXd(VectorXd::NullaryExpr(
      60, [&](Index i) { return uniform(random) < 1 / (1 + std::exp(-m[i])) ? 1.0 : 0.0; }));
}();

std::vector<VectorXd> iterates(const auto& f, const auto& x0, const auto& optimizer, int most) {
  std::vector<VectorXd> all;
  minimize(f, x0, optimizer, StopWhen{.gradient_norm = 0, .max_iterations = most},
           [&](const auto& now) { all.push_back(now.x); });
  return all;
}

}  // namespace

TEST_CASE("NaturalGradient's arguments are optional from the right") {
  CHECK(std::same_as<decltype(NaturalGradient{ExpectedFisher{}}), NaturalGradient<ExpectedFisher>>);
  const NaturalGradient all{EmpiricalFisher{}, Armijo{.shrink = 0.25}, Dense{.damping = 1e-3}};
  CHECK(all.metric().solve.damping == 1e-3);
  CHECK(all.step().shrink == 0.25);
}

TEST_CASE("NaturalGradient takes a step policy without a kind, and then the best kind the objective has") {
  CHECK(std::same_as<decltype(NaturalGradient{TrustRegion{}}), NaturalGradient<BestFisher, TrustRegion>>);
  CHECK(std::same_as<decltype(NaturalGradient{Armijo{}, Qr{}}), NaturalGradient<BestFisher, Armijo, Qr>>);
  CHECK(std::same_as<decltype(NaturalGradient{MovingAverage<EmpiricalFisher>{}}),
                     NaturalGradient<MovingAverage<EmpiricalFisher>>>);
  CHECK(std::same_as<decltype(NaturalGradient{SampledFisher{}}), NaturalGradient<SampledFisher>>);
  CHECK(std::same_as<decltype(NaturalGradient{NaturalGradient{Armijo{}}}),
                     NaturalGradient<BestFisher, Armijo>>);
  const LogisticRegression f(X, y, {.ridge = 0.01});
  const KlRadius step{.radius = 0.05};
  CHECK(iterates(f, f.start(), NaturalGradient{step}, 5)
        == iterates(f, f.start(), NaturalGradient{ExpectedFisher{}, step}, 5));
}

TEST_CASE("for a canonical GLM F = H: the natural gradient with α = 1 is Newton, iterate by iterate") {
  const LogisticRegression f(X, y, {.intercept = true, .ridge = 0.01});
  const auto newton = iterates(f, f.start(), Newton{FixedStep{1.0}, Dense{}}, 6);
  const auto natural = iterates(f, f.start(), NaturalGradient{ExpectedFisher{}, FixedStep{1.0}, Dense{}}, 6);
  REQUIRE(newton.size() == 7);
  REQUIRE(natural.size() == 7);
  for (std::size_t k = 0; k < 7; ++k) CHECK((newton[k] - natural[k]).norm() <= 1e-12);
}

TEST_CASE("for a canonical GLM the natural gradient with α = 1 is iteratively reweighted least squares") {
  const LogisticRegression f(X, y);
  const auto natural = iterates(f, f.start(), NaturalGradient{ExpectedFisher{}, FixedStep{1.0}, Dense{}}, 5);
  VectorXd beta = VectorXd::Zero(3);
  for (const VectorXd& x : natural) {
    CHECK((x - beta).norm() <= 1e-12);
    const VectorXd m = X * beta;
    const VectorXd p = (1 + (-m.array()).exp()).inverse();
    const VectorXd w = p.array() * (1 - p.array());
    const VectorXd working = m.array() + (y - p).array() / w.array();
    const MatrixXd weighted = w.asDiagonal() * X;
    beta = natgrad::test::solve(weighted.transpose() * X, VectorXd(weighted.transpose() * working));
  }
}

TEST_CASE("on separable data ±1 the empirical Fisher runs away, the expected Fisher walks") {
  const LogisticRegression f(MatrixXd{{1}, {-1}}, VectorXd{{1, 0}});
  const auto empirical =
      iterates(f, f.start(), NaturalGradient{EmpiricalFisher{}, FixedStep{1.0}, Dense{}}, 3);
  const auto expected = iterates(f, f.start(), NaturalGradient{ExpectedFisher{}, FixedStep{1.0}, Dense{}}, 3);
  REQUIRE(empirical.size() == 4);
  REQUIRE(expected.size() == 4);
  CHECK(empirical[1][0] == Approx(2));
  CHECK(empirical[2][0] == Approx(10.389).margin(5e-4));
  CHECK(empirical[3][0] == Approx(32513).margin(1));
  CHECK(expected[1][0] == Approx(2));
  CHECK(expected[2][0] == Approx(3.1353).margin(5e-5));
  CHECK(expected[3][0] == Approx(4.1788).margin(5e-5));
}

TEST_CASE("gᵀF⁻¹g ≤ 1 for the uncentred empirical Fisher, at any point, 1 where the scores span little") {
  std::mt19937 random(6);
  std::normal_distribution<double> normal;
  for (const Index n : {3, 10, 60}) {
    const LogisticRegression f(MatrixXd(X.topRows(n)), VectorXd(y.head(n)));
    for (int repeat = 0; repeat < 10; ++repeat) {
      const VectorXd x0 = VectorXd::NullaryExpr(3, [&](Index) { return normal(random); });
      double decrement = 0;
      minimize(f, x0, NaturalGradient{EmpiricalFisher{}, FixedStep{1.0}, Dense{}},
               StopWhen{.max_iterations = 0}, [&](const auto& now) { decrement = now.decrement(); });
      CHECK(decrement > 0);
      CHECK(decrement <= 0.5 * (1 + 1e-12));
      if (n <= 3) CHECK(decrement == Approx(0.5).epsilon(1e-9));
    }
  }
}

TEST_CASE("a KL step attains its radius exactly: ½sᵀFs = δ") {
  const Quadratic f(MatrixXd(VectorXd{{1, 1e4}}.asDiagonal()), VectorXd{{0, 0}});
  const VectorXd x0{{30, -20}};
  for (const double radius : {1e-6, 0.01, 2.0}) {
    const auto two =
        iterates(f, x0, NaturalGradient{ExpectedFisher{}, KlRadius{.radius = radius}, Dense{}}, 1);
    REQUIRE(two.size() == 2);
    const VectorXd s = two[1] - two[0];
    CHECK(0.5 * (s[0] * s[0] + 1e4 * s[1] * s[1]) == Approx(radius).epsilon(1e-9));
  }
}
