// SPDX-License-Identifier: MIT
#include "natgrad/objective/function.hpp"

#include "natgrad/check/derivatives.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <functional>
#include <memory>

using namespace natgrad;
using Eigen::Matrix2d;
using Eigen::Vector2d;
using Eigen::VectorXd;

namespace {

double cosh_value(const Vector2d& x) { return std::cosh(x[0]) + x[1] * x[1]; }
void cosh_gradient(const Vector2d& x, Vector2d& g) { g << std::sinh(x[0]), 2 * x[1]; }
void cosh_hessian(const Vector2d& x, Matrix2d& H) { H << std::cosh(x[0]), 0, 0, 2; }

}  // namespace

TEST_CASE("an objective of two callables has value and gradient, one of three a Hessian too") {
  const auto two = function(cosh_value, cosh_gradient);
  const auto three = function(cosh_value, cosh_gradient, cosh_hessian);
  using Two = decltype(two);
  using Three = decltype(three);
  static_assert(HasValue<Two, Vector2d> && HasGradient<Two, Vector2d> && !HasHessian<Two, Vector2d>);
  static_assert(HasValue<Three, Vector2d> && HasGradient<Three, Vector2d> && HasHessian<Three, Vector2d>);
  static_assert(!HasGradient<Three, VectorXd> && !HasHessian<Three, VectorXd>);
  const Vector2d x(0.7, -1.2);
  CHECK(three.value(x) == cosh_value(x));
  const CheckReport report = check_derivatives(three, x);
  INFO(report);
  CHECK(report.ok());
  CHECK(check_derivatives(two, x).ok());
}

TEST_CASE("lambdas, function pointers, std::function and generic lambdas are callables alike") {
  const Vector2d x(0.7, -1.2);
  Vector2d g;
  const std::function<double(const Vector2d&)> value = cosh_value;
  const std::function<void(const Vector2d&, Vector2d&)> gradient = cosh_gradient;
  const auto held = function(value, gradient);
  CHECK(held.value(x) == cosh_value(x));
  held.gradient(x, g);
  CHECK(g[1] == -2.4);
  const auto generic = function([](const auto& at) { return at.squaredNorm(); },
                                [](const auto& at, auto& out) { out = 2 * at; });
  VectorXd h(3);
  const VectorXd three{{1, 2, 3}};
  CHECK(generic.value(x) == x.squaredNorm());
  CHECK(generic.value(three) == 14);
  generic.gradient(three, h);
  CHECK(h == 2 * three);
}

TEST_CASE("the callables are kept by value, and may be move-only") {
  auto scale = std::make_unique<double>(3);
  const auto f = function([scale = std::move(scale)](const Vector2d& x) { return *scale * x.squaredNorm(); },
                          [](const Vector2d& x, Vector2d& g) { g = 6 * x; });
  CHECK(f.value(Vector2d(1, 2)) == 15);
}

TEST_CASE("the value keeps the type that the callable returns") {
  const auto f = function([](const Eigen::Vector2f& x) { return x.sum(); },
                          [](const Eigen::Vector2f&, Eigen::Vector2f& g) { g.setOnes(); });
  static_assert(std::is_same_v<decltype(f.value(Eigen::Vector2f())), float>);
  CHECK(f.value(Eigen::Vector2f(1, 2)) == 3);
}
