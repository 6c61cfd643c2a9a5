// SPDX-License-Identifier: MIT
// Where the arithmetic ends: with a gradient test that cannot hold, a run ends by itself, and at a good point.
#include "contract/every_optimizer.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/objective/function.hpp"
#include "natgrad/optimizer/gradient_descent.hpp"
#include "natgrad/optimizer/limited_memory_bfgs.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"

#include <cmath>
#include <limits>

namespace natgrad::test {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// ½xᵀAx − (Ab)ᵀx + offset with the minimiser b of the bowl: unlike the bowl's own, its gradient cancels near b and is never 0.
Smooth cancelling(const Bowl& bowl, double offset) {
  MatrixXd A(bowl.best.size(), bowl.best.size());
  bowl.f.H(bowl.best, A);
  const VectorXd c = A * bowl.best;
  const auto hessian = [=](const VectorXd&, MatrixXd& H) { H = A; };
  return {[=](const VectorXd& x) { return 0.5 * x.dot(A * x) - c.dot(x) + offset; },
          [=](const VectorXd& x, VectorXd& g) { g = A * x - c; }, hessian, hessian};
}

/// The rounding of a gradient that cancels at b: εL‖b‖
template <class Scalar>
double gradient_rounding(const Bowl& bowl) {
  return static_cast<double>(std::numeric_limits<Scalar>::epsilon()) * bowl.highest * bowl.best.norm();
}

/// The gradient below which f cannot show a step, ‖∇f‖²/2L ≤ ε|f|, f with the terms of its sum that cancel: all that a
/// method without curvature can be asked for
template <class Scalar>
double reachable(const Bowl& bowl, double offset) {
  const auto eps = static_cast<double>(std::numeric_limits<Scalar>::epsilon());
  const double f = std::abs(offset) + bowl.highest * bowl.best.squaredNorm();
  return std::sqrt(2 * bowl.highest * eps * f) + gradient_rounding<Scalar>(bowl);
}

const StopWhen never{.gradient_norm = 0};

constexpr unsigned seeds = sanitized ? 5 : 20;

/// In float: an offset that swallows f, and units whose squares overflow
template <class Optimizer>
void ends_in_float(const std::string& name, const Optimizer& optimizer) {
  using V = Eigen::Vector3f;
  for (const float offset : {0.0F, 1e3F, -1e6F, 1e12F}) {
    for (const float unit : {1.0F, 1e-15F, 1e15F}) {
      for (unsigned seed = 1; seed <= seeds; ++seed) {
        const Bowl bowl = random_bowl(seed, 3, 10, 0);
        MatrixXd exact(3, 3);
        bowl.f.H(bowl.best, exact);
        const Eigen::Matrix3f A = exact.cast<float>();
        const V c = (exact * bowl.best).cast<float>();
        const auto f = function([=](const V& x) { return unit * (0.5F * x.dot(A * x) - c.dot(x) + offset); },
                                [=](const V& x, V& g) { g = unit * (A * x - c); },
                                [=](const V&, Eigen::Matrix3f& H) { H = unit * A; });
        const auto result = minimize(f, V(bowl.start.cast<float>()), optimizer, never);
        INFO(name << ", offset " << offset << ", unit " << unit << ", seed " << seed << ": " << result);
        CHECK(result.usable());
        CHECK(static_cast<double>(result.gradient_norm / unit)
              <= reachable<float>(bowl, static_cast<double>(offset)));
      }
    }
  }
}

}  // namespace

TEST_CASE(
    "with an offset and in any unit of f every run ends by itself at a gradient that f can still show") {
  for (const NamedOptimizer& optimizer : every_optimizer()) {
    for (const double offset : {0.0, 1e3, -1e3, 1e6, -1e9, 1e12}) {
      for (const double unit : {1.0, 1e-100, 1e100}) {
        for (unsigned seed = 1; seed <= seeds; ++seed) {
          const Bowl bowl = random_bowl(seed, 3, 10, 0);
          const Smooth f = in_units(cancelling(bowl, offset), unit, VectorXd::Ones(3), VectorXd::Zero(3));
          const auto result = optimizer.minimize(f, bowl.start, never, nullptr);
          INFO(optimizer.name << ", offset " << offset << ", unit " << unit << ", seed " << seed << ": "
                              << result);
          CHECK(result.usable());
          CHECK(result.gradient_norm / unit <= reachable<double>(bowl, offset));
        }
      }
    }
  }
}

TEST_CASE(
    "with the curvature known a run goes on to the rounding of the gradient, whatever the offset hides") {
  for (const NamedOptimizer& optimizer : second_order()) {
    for (const double offset : {0.0, 1e3, -1e3, 1e6, -1e9, 1e12}) {
      for (unsigned seed = 1; seed <= seeds; ++seed) {
        const Bowl bowl = random_bowl(seed, 3, 10, 0);
        const auto result = optimizer.minimize(cancelling(bowl, offset), bowl.start, never, nullptr);
        INFO(optimizer.name << ", offset " << offset << ", seed " << seed << ": " << result);
        CHECK(result.usable());
        CHECK(result.gradient_norm
              <= 10 * gradient_rounding<double>(bowl));  // a sum of 4 terms, as large as the largest
      }
    }
  }
}

TEST_CASE("a gradient of exactly 0 fulfils its test, whatever it is off by") {
  // In units of 1e-6 the rounding of ∇f at (1, 1) exceeds 1e-8.
  for (const double unit : {1.0, 1e6}) {
    const auto f = function(
        [=](const VectorXd& x) {
          return unit * (100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2));
        },
        [=](const VectorXd& x, VectorXd& g) {
          const double bend = x[1] - x[0] * x[0];
          g << unit * (-400 * x[0] * bend - 2 * (1 - x[0])), unit * 200 * bend;
        },
        [=](const VectorXd& x, MatrixXd& H) {
          H << unit * (1200 * x[0] * x[0] - 400 * x[1] + 2), unit * -400 * x[0], unit * -400 * x[0],
              unit * 200;
        });
    for (const StopWhen& stop : {StopWhen{}, never}) {
      const auto result = minimize(f, VectorXd{{-1.2, 1}}, Newton{}, stop);
      INFO("in units of " << 1 / unit << ": " << result);
      if (result.gradient_norm == 0) CHECK(result.converged());
      if (unit > 1) CHECK(result.gradient_norm == 0);
    }
  }
}

TEST_CASE("in float every run ends by itself at a gradient that f can still show") {
  ends_in_float("GradientDescent{}", GradientDescent{});
  ends_in_float("LimitedMemoryBfgs{}", LimitedMemoryBfgs{});
  ends_in_float("Newton{}", Newton{});
}

}  // namespace natgrad::test
