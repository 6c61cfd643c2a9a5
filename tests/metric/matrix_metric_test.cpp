// SPDX-License-Identifier: MIT
#include "natgrad/metric/matrix_metric.hpp"

#include "natgrad/core/minimize.hpp"
#include "natgrad/metric/lbfgs.hpp"
#include "natgrad/objective/function.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "natgrad/optimizer/steepest_descent.hpp"
#include "natgrad/step/armijo.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "natgrad/step/hager_zhang.hpp"
#include "natgrad/step/levenberg_marquardt.hpp"
#include "natgrad/step/trust_region.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <stdexcept>
#include <vector>

using namespace natgrad;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

namespace {

/// f = Σ e^{xᵢ} − bᵢxᵢ + ½(x₀ − x₁)², b = (2, 3): convex
const auto value = [](const VectorXd& x) {
  return std::exp(x[0]) - 2 * x[0] + std::exp(x[1]) - 3 * x[1] + 0.5 * std::pow(x[0] - x[1], 2);
};
const auto gradient = [](const VectorXd& x, VectorXd& g) {
  g << std::exp(x[0]) - 2 + x[0] - x[1], std::exp(x[1]) - 3 - x[0] + x[1];
};
const auto hessian = [](const VectorXd& x, MatrixXd& H) {
  H << std::exp(x[0]) + 1, -1, -1, std::exp(x[1]) + 1;
};
const auto convex = function(value, gradient, hessian);
const VectorXd kStart{{2.0, -1.0}};

template <class Optimizer>
std::vector<VectorXd> path(const Optimizer& optimizer) {
  std::vector<VectorXd> points;
  minimize(convex, kStart, optimizer, StopWhen{.gradient_norm = 1e-9},
           [&](const Progress<VectorXd>& now) { points.push_back(now.x); });
  return points;
}

}  // namespace

TEMPLATE_TEST_CASE("the Hessian as a matrix of one's own is Newton, iterate by iterate", "", FixedStep,
                   Armijo, TrustRegion) {
  const auto own = path(SteepestDescent{MatrixMetric{hessian}, TestType{}});
  const auto newton = path(Newton{TestType{}, Dense{}});
  REQUIRE(own.size() == newton.size());
  REQUIRE(own.size() > 4);
  CHECK(own == newton);
}

TEST_CASE("a matrix that is written on its diagonal alone is that diagonal") {
  // x > 0 measured on a logarithmic scale: f = x − 3 log x + 2y − log y
  const auto f =
      function([](const Vector2d& x) { return x[0] - 3 * std::log(x[0]) + 2 * x[1] - std::log(x[1]); },
               [](const Vector2d& x, Vector2d& g) { g << 1 - 3 / x[0], 2 - 1 / x[1]; });
  const MatrixMetric relative{
      [](const Vector2d& x, Matrix2d& M) { M.diagonal() = x.array().square().inverse(); }};
  const auto r = minimize(f, Vector2d{1e3, 1e-4}, SteepestDescent{relative, LevenbergMarquardt{}});
  CAPTURE(r.message.str());
  CHECK(r.converged());
  CHECK((r.x - Vector2d{3, 0.5}).norm() < 1e-6);
  CHECK(r.message.contains("your matrix, Cholesky"));
}

TEST_CASE("quasi-Newton memory and line searches make up for a matrix of another size") {
  for (const double size : {1e-3, 1.0, 1e3}) {
    const MatrixMetric metric{[&](const VectorXd& x, MatrixXd& M) {
      hessian(x, M);
      M *= size;
    }};
    CAPTURE(size);
    CHECK(minimize(convex, kStart, SteepestDescent{metric, HagerZhang{}}).converged());
    CHECK(minimize(convex, kStart, SteepestDescent{metric}).converged());
    CHECK(minimize(convex, kStart, SteepestDescent{Lbfgs<decltype(metric)>{10, metric}, HagerZhang{}})
              .converged());
  }
}

TEST_CASE("an indefinite matrix gives descent, and says nothing of a saddle") {
  const MatrixMetric metric{[](const VectorXd&, MatrixXd& M) { M << 1, 0, 0, -1; }};
  const auto r = minimize(convex, kStart, SteepestDescent{metric, Armijo{}});
  CAPTURE(r.message.str());
  CHECK(r.converged());
  CHECK(r.message.contains("not positive definite"));
}

TEST_CASE("a matrix that is not written, or has another size, ends the run and is named") {
  const MatrixMetric silent{[](const VectorXd&, MatrixXd&) {}};
  CHECK(minimize(convex, kStart, SteepestDescent{silent, Armijo{}}).status == Status::metric_failed);
  const MatrixMetric copied{[](const VectorXd& x, MatrixXd M) { hessian(x, M); }};
  CHECK(minimize(convex, kStart, SteepestDescent{copied, Armijo{}}).status == Status::metric_failed);
  const MatrixMetric small{[](const VectorXd&, MatrixXd& M) { M.setIdentity(1, 1); }};
  CHECK(minimize(convex, kStart, SteepestDescent{small, Armijo{}}).status == Status::metric_failed);
}

TEST_CASE("a matrix metric damps as Dense does, and refuses what Dense refuses") {
  const MatrixMetric metric{hessian, Dense{.damping = 0.5}};
  CHECK(path(SteepestDescent{metric, FixedStep{}}) == path(Newton{FixedStep{}, Dense{.damping = 0.5}}));
  CHECK_THROWS_AS(
      minimize(convex, kStart, SteepestDescent{MatrixMetric{hessian, Dense{.damping = -1}}, Armijo{}}),
      std::invalid_argument);
}
