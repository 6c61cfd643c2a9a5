// SPDX-License-Identifier: MIT
#include "natgrad/optimizer/limited_memory_bfgs.hpp"

#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <concepts>
#include <random>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

TEST_CASE("LimitedMemoryBfgs takes a step policy and a memory") {
  CHECK(std::same_as<decltype(LimitedMemoryBfgs{}), LimitedMemoryBfgs<HagerZhang>>);
  CHECK(LimitedMemoryBfgs{}.metric().memory == 10);
  const LimitedMemoryBfgs narrow{StrongWolfe{}, 3};
  CHECK(narrow.metric().memory == 3);
  const LimitedMemoryBfgs wide{20};
  const LimitedMemoryBfgs both{std::size_t(5), StrongWolfe{}};
  CHECK(wide.metric().memory == 20);
  CHECK(both.metric().memory == 5);
  CHECK(std::same_as<decltype(wide), const LimitedMemoryBfgs<HagerZhang>>);
  CHECK(std::same_as<decltype(both), const LimitedMemoryBfgs<StrongWolfe>>);
}

TEST_CASE("L-BFGS with exact steps ends on a quadratic in d iterations, as conjugate gradients do") {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  for (const Index d : {2, 5, 8}) {
    const MatrixXd B = MatrixXd::NullaryExpr(d, d, [&](Index, Index) { return normal(random); });
    const MatrixXd A = B * B.transpose() + MatrixXd::Identity(d, d);
    const VectorXd x = VectorXd::NullaryExpr(d, [&](Index) { return normal(random); });
    const Quadratic f(A, VectorXd(A * x));
    const auto r = minimize(f, VectorXd::Zero(d).eval(), LimitedMemoryBfgs{ExactStep{}},
                            StopWhen{.gradient_norm = 1e-7, .max_iterations = 50});
    INFO(r);
    CHECK(r.usable());
    CHECK(r.iterations <= d + 1);
    CHECK((r.x - x).norm() <= 1e-6);
  }
}

TEST_CASE("L-BFGS finds the minimum of Rosenbrock's function in 100 dimensions, with any memory") {
  const auto f = function(
      [](const VectorXd& x) {
        double sum = 0;
        for (Index i = 0; i + 1 < x.size(); ++i)
          sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
        return sum;
      },
      [](const VectorXd& x, VectorXd& g) {
        g.setZero();
        for (Index i = 0; i + 1 < x.size(); ++i) {
          const double u = x[i + 1] - x[i] * x[i];
          g[i] += -400 * x[i] * u - 2 * (1 - x[i]);
          g[i + 1] += 200 * u;
        }
      });
  for (const Index memory : {1, 5, 10, 40}) {
    const auto r = minimize(f, VectorXd::Zero(100).eval(), LimitedMemoryBfgs{HagerZhang{}, memory});
    INFO("memory " << memory << ": " << r);
    CHECK(r.converged());
    CHECK((r.x - VectorXd::Ones(100)).norm() <= 1e-6);
    CHECK(r.iterations < 1500);
  }
}
