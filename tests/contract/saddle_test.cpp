// SPDX-License-Identifier: MIT
// Newton where ∇f = 0 is no minimum, or hardly one: it leaves along negative curvature, and sees none where rounding alone makes it.
#include "contract/every_optimizer.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/objective/quadratic.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "natgrad/step/armijo.hpp"
#include "natgrad/step/trust_region.hpp"
#include "support/catch.hpp"

#include <optional>

namespace natgrad::test {

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Σ ¼wᵢxᵢ⁴ + ½hᵢxᵢ²: where hᵢ < 0, xᵢ = 0 is the top of a barrier between two minima at ±√(−hᵢ/wᵢ), each −hᵢ²/4wᵢ deep
Smooth barriers(const VectorXd& h, const VectorXd& w) {
  const auto hessian = [=](const VectorXd& x, MatrixXd& H) {
    H = (h.array() + 3 * w.array() * x.array().square()).matrix().asDiagonal();
  };
  return {[=](const VectorXd& x) {
            return (0.25 * w.array() * x.array().pow(4) + 0.5 * h.array() * x.array().square()).sum();
          },
          [=](const VectorXd& x, VectorXd& g) {
            g = (w.array() * x.array().cube() + h.array() * x.array()).matrix();
          },
          hessian, hessian};
}

template <class Check>
void with_each_newton(const Smooth& f, const VectorXd& x0, const Check& check) {
  for (const NamedOptimizer& optimizer : second_order()) {
    if (optimizer.name == "Newton{}" || optimizer.name == "Newton{TrustRegion{}}"
        || optimizer.name == "Newton{HagerZhang{}}") {
      check(optimizer.name, optimizer.minimize(f, x0, {}, nullptr));
    }
  }
}

}  // namespace

TEST_CASE("Newton leaves a maximum, and every saddle on the way down from it") {
  const VectorXd h{{-1, -4, -9}}, w{{1, 2, 3}};
  const double minimum = -(h.array().square() / (4 * w.array())).sum();
  for (const VectorXd& x0 : {VectorXd::Zero(3).eval(), VectorXd{{0, 0, 1}}, VectorXd{{1, 0, 0}}}) {
    with_each_newton(barriers(h, w), x0, [&](const std::string& name, const auto& result) {
      INFO(name << " from " << x0.transpose() << ": " << result);
      CHECK(result.converged());
      CHECK(result.value == Approx(minimum).epsilon(1e-12));
    });
  }
}

TEST_CASE(
    "in the hard case, where the gradient has no part along the lowest curvature, the trust region still "
    "goes there") {
  const VectorXd h{{-2, 1, 3, 5}}, w{{1, 0, 0, 0}};
  for (const double offset :
       {1.0, 1e-3, 1e-12}) {  // g = (0, offset, 3·offset, 5·offset), and ever smaller beside the curvature
    const VectorXd x0{{0, offset, offset, offset}};
    with_each_newton(barriers(h, w), x0, [&](const std::string& name, const auto& result) {
      INFO(name << ", offset " << offset << ": " << result);
      CHECK(result.converged());
      CHECK(result.value == Approx(-1).epsilon(1e-12));
      // Damping shrinks the part across the barrier step by step; a radius and |eigenvalues| go at once.
      CHECK(result.iterations <= (name == "Newton{}" ? 100 : 40));
    });
  }
}

TEST_CASE("a curvature that is negative by rounding alone raises no alarm: the Hilbert matrix of 50 rows") {
  constexpr Eigen::Index n = 50;
  const MatrixXd H = MatrixXd::NullaryExpr(
      n, n, [](Eigen::Index i, Eigen::Index j) { return 1.0 / (1.0 + static_cast<double>(i + j)); });
  const auto hessian = [=](const VectorXd&, MatrixXd& out) { out = H; };
  const Smooth f{
      [=](const VectorXd& x) { return 0.5 * (x - VectorXd::Ones(n)).dot(H * (x - VectorXd::Ones(n))); },
      [=](const VectorXd& x, VectorXd& g) { g = H * (x - VectorXd::Ones(n)); }, hessian, hessian};
  const VectorXd x0 = VectorXd::Zero(n);
  with_each_newton(f, x0, [&](const std::string& name, const auto& result) {
    INFO(name << ": " << result);
    CHECK(result.usable());
    CHECK(result.value <= 1e-12 * f.value(x0));  // what the last look lets go
    CHECK(result.iterations <= 30);
  });
}

TEST_CASE("a run without a gradient test leaves an exact saddle too, or calls it stationary") {
  const auto in_time = [](const Progress<VectorXd>& now) {
    return now.iteration >= 100 ? std::optional(Status::stopped) : std::nullopt;
  };
  const Smooth f = barriers(VectorXd{{-1, 1}}, VectorXd{{1, 0}});
  const VectorXd x0 = VectorXd::Zero(2);
  const auto check = [&](const auto& result) {
    INFO(result);
    CHECK(result.usable());
    CHECK(result.value == Approx(-0.25).epsilon(1e-12));
  };
  check(minimize(f, x0, Newton{}, in_time));
  check(minimize(f, x0, Newton{TrustRegion{}}, in_time));
  check(minimize(f, x0, Newton{Armijo{}}, in_time));
  Smooth liar = f;
  liar.f = [](const VectorXd& x) { return x.squaredNorm(); };
  CHECK(minimize(liar, VectorXd::Zero(2).eval(), Newton{}, in_time).status == Status::stationary);
}

TEST_CASE("where ∇f = 0 exactly no step is tried, and nothing is factored for one") {
  const Quadratic f{MatrixXd::Identity(3, 3).eval(), VectorXd::Ones(3).eval()};
  const auto result = minimize(f, VectorXd::Ones(3).eval(), Newton{}, StopWhen{.gradient_norm = 0});
  INFO(result);
  CHECK(result.usable());
  CHECK(result.counts.values == 1);
  CHECK(result.counts.factorizations <= 1);
}

}  // namespace natgrad::test
