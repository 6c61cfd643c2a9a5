// SPDX-License-Identifier: MIT
#include "contract/every_optimizer.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/optimizer/gradient_descent.hpp"
#include "natgrad/optimizer/limited_memory_bfgs.hpp"
#include "natgrad/step/strong_wolfe.hpp"
#include "support/algebra.hpp"
#include "support/catch.hpp"

#include <Eigen/QR>

#include <cmath>
#include <random>

namespace natgrad::test {

namespace {

template <class Optimizer>
NamedOptimizer named(std::string name, const Optimizer& optimizer) {
  return {std::move(name), [=](const Smooth& f, const Eigen::VectorXd& x0, const StopWhen& stop, Path* path) {
            return minimize(f, x0, optimizer, stop, [=](const Progress<Eigen::VectorXd>& now) {
              if (path) path->push_back(now.x);
            });
          }};
}

}  // namespace

const std::vector<NamedOptimizer>& first_order() {
  static const std::vector<NamedOptimizer> list{
      named("GradientDescent{}", GradientDescent{}),
      named("GradientDescent{HagerZhang{}}", GradientDescent{HagerZhang{}}),
      named("LimitedMemoryBfgs{}", LimitedMemoryBfgs{}),
      named("LimitedMemoryBfgs{StrongWolfe{}}", LimitedMemoryBfgs{StrongWolfe{}}),
  };
  return list;
}

const std::vector<NamedOptimizer>& every_optimizer() {
  static const std::vector<NamedOptimizer> list = [] {
    std::vector<NamedOptimizer> both = first_order();
    both.insert(both.end(), second_order().begin(), second_order().end());
    return both;
  }();
  return list;
}

Smooth in_units(const Smooth& f, double s, const Eigen::VectorXd& c, const Eigen::VectorXd& t) {
  const auto back = [=](const Eigen::VectorXd& x) { return Eigen::VectorXd((x - t).cwiseQuotient(c)); };
  const auto matrix = [=](const auto& M) {
    return [=](const Eigen::VectorXd& x, Eigen::MatrixXd& out) {
      M(back(x), out);
      for (Eigen::Index j = 0; j < c.size(); ++j) {
        for (Eigen::Index i = 0; i < c.size(); ++i) out(i, j) *= s / c[i] / c[j];
      }
    };
  };
  return {[=](const Eigen::VectorXd& x) { return s * f.f(back(x)); },
          [=](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
            f.g(back(x), g);
            g = s * g.cwiseQuotient(c);
          },
          matrix(f.H), matrix(f.F)};
}

Bowl random_bowl(unsigned seed, Eigen::Index size, double condition, double quartic, double offset) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  const auto draw = [&] { return Eigen::VectorXd::NullaryExpr(size, [&] { return normal(random); }).eval(); };
  const Eigen::MatrixXd square =
      Eigen::MatrixXd::NullaryExpr(size, size, [&](Eigen::Index, Eigen::Index) { return normal(random); });
  const Eigen::MatrixXd Q = orthogonal(square);
  Eigen::VectorXd eigenvalues(size);
  for (Eigen::Index i = 0; i < size; ++i) {
    eigenvalues[i] = std::pow(
        condition, static_cast<double>(i) / static_cast<double>(std::max<Eigen::Index>(1, size - 1)));
  }
  const Eigen::MatrixXd A = Q * eigenvalues.asDiagonal() * Q.transpose();
  const Eigen::VectorXd b = draw();
  const auto hessian = [=](const Eigen::VectorXd& x, Eigen::MatrixXd& H) {
    H = A;
    H.diagonal() += 3 * quartic * (x - b).cwiseAbs2();
  };
  return {b, b + 3 * draw(), 1, condition,
          Smooth{[=](const Eigen::VectorXd& x) {
                   const Eigen::VectorXd e = x - b;
                   return 0.5 * e.dot(A * e) + 0.25 * quartic * e.array().pow(4).sum() + offset;
                 },
                 [=](const Eigen::VectorXd& x, Eigen::VectorXd& g) {
                   const Eigen::VectorXd e = x - b;
                   g = A * e + quartic * e.cwiseProduct(e).cwiseProduct(e);
                 },
                 hessian, hessian}};
}

TEST_CASE("every optimizer here finds the bottom of a bowl") {
  const Bowl bowl = random_bowl(1, 3, 10);
  for (const NamedOptimizer& optimizer : every_optimizer()) {
    const auto result = optimizer.minimize(bowl.f, bowl.start, {}, nullptr);
    INFO(optimizer.name << ": " << result);
    CHECK(result.converged());
    CHECK((result.x - bowl.best).norm() <= 1e-7);  // ‖∇f‖∞ ≤ 1e-8, and the lowest eigenvalue is 1
  }
}

}  // namespace natgrad::test
