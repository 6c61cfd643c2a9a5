// SPDX-License-Identifier: MIT
#include "natgrad/objective/numeric_derivatives.hpp"

#include "support/catch.hpp"
#include "support/rejects.hpp"
#include <natgrad/core/minimize.hpp>
#include <natgrad/optimizer/gradient_descent.hpp>
#include <natgrad/optimizer/limited_memory_bfgs.hpp>
#include <natgrad/optimizer/newton.hpp>

#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <random>

using namespace natgrad;

namespace {

/// e^{x₀} + x₀x₁³ + sin x₂
struct Smooth {
  template <class V>
  typename V::Scalar value(const V& x) const {
    return std::exp(x[0]) + x[0] * x[1] * x[1] * x[1] + std::sin(x[2]);
  }
};

template <class V>
V exact_gradient(const V& x) {
  return V(std::exp(x[0]) + x[1] * x[1] * x[1], 3 * x[0] * x[1] * x[1], std::cos(x[2]));
}
template <class V>
SquareMatrix<V> exact_hessian(const V& x) {
  SquareMatrix<V> H = SquareMatrix<V>::Zero();
  H(0, 0) = std::exp(x[0]);
  H(0, 1) = H(1, 0) = 3 * x[1] * x[1];
  H(1, 1) = 6 * x[0] * x[1];
  H(2, 2) = -std::sin(x[2]);
  return H;
}

}  // namespace

TEMPLATE_TEST_CASE("central differences are right to ε^⅔ and √ε", "", float, double, long double) {
  using Scalar = TestType;
  using V = Eigen::Matrix<Scalar, 3, 1>;
  const auto f = numeric_derivatives(Smooth{});
  const Scalar eps = std::numeric_limits<Scalar>::epsilon();
  for (const V& x : {V(0, 0, 0), V(1, -2, 3), V(-3, Scalar(0.1), 200)}) {
    V g;
    SquareMatrix<V> H;
    f.gradient(x, g);
    f.hessian(x, H);
    const V exact = exact_gradient(x);
    const SquareMatrix<V> exact_H = exact_hessian(x);
    const Scalar size = 1 + x.cwiseAbs().maxCoeff();
    // Truncation h²/6·f‴ and rounding εf/h at h = ε^⅓·size; and h²/12·f⁗, 4εf/h² at h = ε^¼·size
    CHECK((g - exact).cwiseAbs().maxCoeff() <= 10 * size * size * std::pow(eps, Scalar(2) / 3));
    CHECK((H - exact_H).cwiseAbs().maxCoeff() <= 10 * size * size * std::sqrt(eps));
    CHECK(H == SquareMatrix<V>(H.transpose()));
    CHECK(f.value(x) == Smooth{}.value(x));
  }
}

TEST_CASE("a large x takes a step in its own units") {
  const auto f = numeric_derivatives([](const Eigen::Vector2d& x) { return 0.5 * x.squaredNorm(); });
  const Eigen::Vector2d x(1e9, -3e9);
  Eigen::Vector2d g;
  f.gradient(x, g);
  CHECK((g - x).norm() <= 1e-6 * x.norm());
}

TEST_CASE("a gradient costs 2d calls, a Hessian 1 + 2d²") {
  int calls = 0;
  const auto f = numeric_derivatives([&](const Eigen::Vector3d& x) { return ++calls, x.squaredNorm(); });
  Eigen::Vector3d g;
  Eigen::Matrix3d H;
  f.gradient(Eigen::Vector3d(1, 2, 3), g);
  CHECK(calls == 6);
  calls = 0;
  f.hessian(Eigen::Vector3d(1, 2, 3), H);
  CHECK(calls == 19);
}

TEST_CASE(
    "an entry that is small in its own units has derivatives, where f ends near by or its size is given") {
  const double scale = GENERATE(1.0, 1e-3, 1e-6, 1e-9);
  CAPTURE(scale);
  // ½(s/σ)² + log σ has its minimum at σ = s, and no value for σ ≤ 0
  const auto normal = [scale](const Eigen::VectorXd& x) {
    return 0.5 * std::pow(scale / x[0], 2) + std::log(x[0] / scale);
  };
  const Eigen::VectorXd x0 = Eigen::VectorXd::Constant(1, 2 * scale), size = x0;
  const auto sized = minimize(numeric_derivatives(normal, size), x0, Newton{});
  INFO(sized);
  CHECK(sized.usable());
  CHECK(sized.x[0] == Approx(scale).epsilon(1e-6));
  if (scale > 1e-5 && scale < 1) return;  // f is finite 6e-6 further on, and bends too much on the way
  const auto plain = minimize(numeric_derivatives(normal), x0, LimitedMemoryBfgs{});
  INFO(plain);
  CHECK(plain.usable());
  CHECK(plain.x[0] == Approx(scale).epsilon(1e-6));
}

TEST_CASE("numeric_derivatives names a size that is none") {
  CHECK(test::rejects(
      [] { numeric_derivatives([](const Eigen::VectorXd& x) { return x.sum(); }, Eigen::VectorXd::Zero(2)); },
      {"numeric_derivatives: sizes(i) = 0"}));
  const auto f =
      numeric_derivatives([](const Eigen::VectorXd& x) { return x.sum(); }, Eigen::VectorXd::Ones(2));
  CHECK(test::rejects([&] { minimize(f, Eigen::VectorXd::Ones(3), LimitedMemoryBfgs{}); },
                      {"numeric_derivatives: sizes.size() = 2", "dimension, 3"}));
}

TEST_CASE("a run from the value alone says so, and finds the minimum") {
  const auto f = numeric_derivatives(
      [](const Eigen::Vector2d& x) { return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2); });
  const auto newton = minimize(f, Eigen::Vector2d(-1.2, 1), Newton{});
  INFO(newton);
  CHECK(newton.usable());
  CHECK((newton.x - Eigen::Vector2d(1, 1)).norm() <= 1e-5);
  CHECK(newton.message.contains("derivatives by central differences"));
  CHECK(minimize(f, Eigen::Vector2d(-1.2, 1), GradientDescent{}).message.contains("central differences"));
}

namespace {
double parabola(const Eigen::VectorXd& x) { return 0.5 * (x.array() - 2).matrix().squaredNorm(); }
}  // namespace

TEST_CASE("where only the error of the differences is left a run has not failed") {
  const auto rosenbrock = numeric_derivatives([](const Eigen::VectorXd& x) {
    double sum = 0;
    for (Index i = 0; i + 1 < x.size(); ++i)
      sum += 100 * std::pow(x[i + 1] - x[i] * x[i], 2) + std::pow(1 - x[i], 2);
    return sum;
  });
  std::mt19937 random(1);
  std::normal_distribution<double> normal(0, 2);
  for (int start = 0; start < 60; ++start) {
    Eigen::VectorXd x0(2 + start % 4);
    for (double& entry : x0) entry = normal(random);
    const auto result = minimize(rosenbrock, x0, LimitedMemoryBfgs{});
    INFO("from " << x0.transpose() << ": " << result);
    CHECK(result.usable());
  }
}

TEST_CASE("a free function may be given by its name") {
  const auto f = numeric_derivatives(parabola);
  const Eigen::VectorXd x = Eigen::VectorXd::Zero(3);
  Eigen::VectorXd g(3);
  f.gradient(x, g);
  CHECK((g + Eigen::VectorXd::Constant(3, 2)).norm() < 1e-8);
}
