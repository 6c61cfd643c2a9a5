// SPDX-License-Identifier: MIT
/// Several threads share one const optimizer and one const objective, and each gets what it would have got alone.
#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <thread>
#include <vector>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

template <class F, class Optimizer>
void share(const F& f, const VectorXd& x0, const Optimizer& optimizer) {
  const auto alone = minimize(f, x0, optimizer);
  std::vector<Result<VectorXd>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] {
      for (int repeat = 0; repeat < 3; ++repeat) result = minimize(f, x0, optimizer);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) {
    CHECK(result.x == alone.x);
    CHECK(result.value == alone.value);
    CHECK(result.status == alone.status);
    CHECK(result.counts == alone.counts);
  }
}

MatrixXd columns() {
  MatrixXd X(60, 3);
  for (Index i = 0; i < 60; ++i) X.row(i) << std::cos(double(i)), std::sin(double(2 * i)), double(i % 7) / 7;
  return X;
}

VectorXd labels() {
  VectorXd y(60);
  for (Index i = 0; i < 60; ++i) y[i] = double((i * i + i / 3) % 2);
  return y;
}

}  // namespace

TEST_CASE("threads share a const optimizer and a const logistic regression") {
  const MatrixXd X = columns();
  const LogisticRegression f{X, labels(), {.intercept = true}};
  share(f, f.start(), Newton{});
  share(f, f.start(), NaturalGradient{});
  share(f, f.start(), LimitedMemoryBfgs{});
  share(f, f.start(), NaturalGradient{MonteCarloFisher{}, LevenbergMarquardt{}, Dual{}});
}

TEST_CASE("threads share a const Poisson model") {
  const MatrixXd X = columns();
  const GeneralizedLinearModel<Poisson> f{X, VectorXd(labels() + labels()), {.intercept = true}};
  share(f, f.start(), NaturalGradient{});
}

TEST_CASE("threads share a const quadratic and a const least-squares fit") {
  const Quadratic f{MatrixXd{{4, 1}, {1, 3}}, VectorXd{{1, -2}}};
  share(f, VectorXd{{3, 4}}, NaturalGradient{EmpiricalFisher{}});
  const LeastSquares fit(
      3, [](const VectorXd& x, VectorXd& r) { r << x[0] - 1, 10 * (x[1] - x[0] * x[0]), 0.1 * x[1]; },
      [](const VectorXd& x, MatrixXd& J) { J << 1, 0, -20 * x[0], 10, 0, 0.1; });
  share(fit, VectorXd{{-1.2, 1}}, NaturalGradient{});
}
