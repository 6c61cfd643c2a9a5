// SPDX-License-Identifier: MIT
// The second half of every_optimizer.hpp, with the law that is theirs alone: the coordinates do not matter.
#include "contract/every_optimizer.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "natgrad/step/armijo.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "natgrad/step/trust_region.hpp"
#include "support/algebra.hpp"
#include "support/catch.hpp"

#include <Eigen/LU>

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

/// The largest entry of |a − b| beside the largest of |a|, point by point
double distance(const Path& a, const Path& b) {
  double largest = 0;
  for (std::size_t k = 0; k < a.size(); ++k)
    largest = std::max(largest, (a[k] - b[k]).cwiseAbs().maxCoeff() / a[k].cwiseAbs().maxCoeff());
  return largest;
}

/// A stop that no scale can move, well before rounding decides
const StopWhen by_value_change{.gradient_norm = 0, .value_change = 1e-6};

}  // namespace

const std::vector<NamedOptimizer>& undamped() {
  static const std::vector<NamedOptimizer> list{
      named("Newton{FixedStep{1.0}}", Newton{FixedStep{1.0}}),
      named("Newton{HagerZhang{}}", Newton{HagerZhang{}}),
      named("NaturalGradient{ExpectedFisher{}, Armijo{}}", NaturalGradient{ExpectedFisher{}, Armijo{}}),
  };
  return list;
}

const std::vector<NamedOptimizer>& second_order() {
  static const std::vector<NamedOptimizer> list = [] {
    std::vector<NamedOptimizer> all{
        named("Newton{}", Newton{}),
        named("Newton{TrustRegion{}}", Newton{TrustRegion{}}),
        named("NaturalGradient{}", NaturalGradient{}),
    };
    all.insert(all.end(), undamped().begin(), undamped().end());
    return all;
  }();
  return list;
}

TEST_CASE(
    "in units of 1e-8 to 1e8 for each variable the iterates of Newton and the natural gradient are the "
    "same") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const Bowl bowl = random_bowl(seed, 4, 100);
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> power(-8, 8);
    Eigen::VectorXd units(4);
    for (double& unit : units) unit = std::pow(10, power(random));
    const Smooth mapped = in_units(bowl.f, 1, units, Eigen::VectorXd::Zero(4));
    for (const NamedOptimizer& optimizer : second_order()) {
      Path path, in_other_units;
      optimizer.minimize(bowl.f, bowl.start, by_value_change, &path);
      optimizer.minimize(mapped, bowl.start.cwiseProduct(units), by_value_change, &in_other_units);
      INFO(optimizer.name << ", seed " << seed);
      REQUIRE(path.size() == in_other_units.size());
      CHECK(path.size() > 3);
      for (Eigen::VectorXd& x : in_other_units) x = x.cwiseQuotient(units);
      CHECK(distance(path, in_other_units) <= 1e-10);
    }
  }
}

TEST_CASE(
    "in other coordinates x = By + t the iterates of undamped Newton and the natural gradient are the same") {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    const Bowl bowl = random_bowl(seed, 4, 100);
    std::mt19937 random(100 + seed);
    std::normal_distribution<double> normal;
    // Of condition about 10: its square is the condition that rounding sees beside that of f.
    const Eigen::MatrixXd B =
        3 * Eigen::MatrixXd::Identity(4, 4)
        + Eigen::MatrixXd::NullaryExpr(4, 4, [&](Eigen::Index, Eigen::Index) { return normal(random); });
    const Eigen::VectorXd t = Eigen::VectorXd::NullaryExpr(4, [&](Eigen::Index) { return normal(random); });
    const auto forward = [=](const Eigen::VectorXd& y) { return Eigen::VectorXd(B * y + t); };
    const auto hessian = [=, H = bowl.f.H](const Eigen::VectorXd& y, Eigen::MatrixXd& out) {
      H(forward(y), out);
      out = B.transpose() * out * B;
    };
    const Smooth mapped{[=, f = bowl.f.f](const Eigen::VectorXd& y) { return f(forward(y)); },
                        [=, g = bowl.f.g](const Eigen::VectorXd& y, Eigen::VectorXd& out) {
                          g(forward(y), out);
                          out = B.transpose() * out;
                        },
                        hessian, hessian};
    for (const NamedOptimizer& optimizer : undamped()) {
      Path path, mapped_path;
      optimizer.minimize(bowl.f, bowl.start, by_value_change, &path);
      optimizer.minimize(mapped, solve(B, Eigen::VectorXd(bowl.start - t)), by_value_change, &mapped_path);
      INFO(optimizer.name << ", seed " << seed);
      REQUIRE(path.size() == mapped_path.size());
      CHECK(path.size() > 3);
      for (Eigen::VectorXd& y : mapped_path) y = forward(y);
      CHECK(distance(path, mapped_path) <= 1e-10);
    }
  }
}

}  // namespace natgrad::test
