// SPDX-License-Identifier: MIT
// Models whose answers the literature has in closed form.
#include "natgrad/check/derivatives.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/objective/glm.hpp"
#include "natgrad/optimizer/gradient_descent.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"

#include <cmath>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

const CauchyLocation cauchy{VectorXd{{-1, 0, 0.5, 2, 15}}};
using One = CauchyLocation::V;

const NormalMixture mixture{
    VectorXd{{-2.3, -1.9, -1.4, -0.8, -0.2, 0.4, 1.1, 1.6, 1.8, 2.1, 2.4, 2.6, 2.9, 3.3, 3.8, 4.4}}};

SoftCommittee committee() { return {MatrixXd{{1, 0}, {0, 1}, {0, 0}, {0, 0}, {0, 0}}}; }

/// A student that has seen nothing: both units nearly the same
VectorXd ignorant() {
  VectorXd x(10);
  for (Index i = 0; i < 10; ++i)
    x[i] = 0.1 * std::sin(1.0 + static_cast<double>(i % 5)) + 1e-3 * static_cast<double>(i / 5);
  return x;
}

}  // namespace

TEST_CASE("Cauchy location: Fisher scoring arrives from everywhere, Newton's bare formula does not") {
  const StopWhen steps{.gradient_norm = 1e-12, .max_iterations = 300};
  const NaturalGradient scoring{ExpectedFisher{}, FixedStep{1.0}, Dense{}};
  for (const double start : {-5.0, 0.0, 10.0}) {
    CAPTURE(start);
    CHECK(minimize(cauchy, One(start), scoring, steps).x[0] == Approx(0.2572328513).epsilon(1e-9));
    CHECK(minimize(cauchy, One(start), NaturalGradient{}, steps).x[0] == Approx(0.2572328513).epsilon(1e-9));
    // With its curvature made positive and its steps checked, Newton's method arrives too.
    CHECK(minimize(cauchy, One(start), Newton{}, steps).x[0] == Approx(0.2572328513).epsilon(1e-9));
  }
  const auto bare = [](double x) {
    One g;
    CauchyLocation::M H;
    for (int k = 0; k < 60; ++k) {
      cauchy.gradient(One(x), g);
      cauchy.hessian(One(x), H);
      x -= g[0] / H(0, 0);
    }
    return x;
  };
  CHECK(bare(-5) < -1e6);
  CHECK(bare(10) == Approx(12.3838).epsilon(1e-5));
}

TEST_CASE("Cauchy location: all members agree") {
  const auto report = check_derivatives(cauchy, One(0.7));
  INFO(report);
  CHECK(report.ok());
}

TEST_CASE("a mixture of two normals: its members agree, and its maximum is a fixed point of EM") {
  const Eigen::Vector3d x0(0.2, -0.5, 1.0);
  const auto report = check_derivatives(mixture, x0);
  INFO(report);
  CHECK(report.ok());
  CHECK((mixture.em_step(x0) - x0).norm() > 0.1);
  for (const auto& r :
       {minimize(mixture, x0, NaturalGradient{}), minimize(mixture, x0, NaturalGradient{EmpiricalFisher{}}),
        minimize(mixture, x0, GradientDescent{})}) {
    INFO(r);
    CHECK(r.usable());
    CHECK((mixture.em_step(r.x) - r.x).norm() < 1e-6);
    CHECK(r.x[1] < 0);
    CHECK(r.x[2] > 2);
  }
}

TEST_CASE("soft committee: the Fisher matrix is the integral over the inputs") {
  const SoftCommittee f{MatrixXd{{0.8, -0.4}, {0.3, 1.1}}};
  const VectorXd x{{0.5, -0.2, 0.7, 0.9}};
  MatrixXd F(4, 4), sum = MatrixXd::Zero(4, 4);
  f.fisher(x, F);
  // The trapezoidal rule, exact to rounding for what falls like a Gaussian.
  const double h = 0.125;
  for (int a = -80; a <= 80; ++a) {
    for (int b = -80; b <= 80; ++b) {
      const Eigen::Vector2d xi(a * h, b * h);
      VectorXd slope(4);
      for (Index k = 0; k < 2; ++k) {
        const double u = f.units(x).col(k).dot(xi);
        slope.segment(2 * k, 2) = std::sqrt(2 / 3.14159265358979323846) * std::exp(-u * u / 2) * xi;
      }
      sum += slope * slope.transpose() * std::exp(-xi.squaredNorm() / 2);
    }
  }
  CHECK((F - sum * h * h / (2 * 3.14159265358979323846)).norm() < 1e-13);
}

TEST_CASE("soft committee: gradient descent waits on the plateau, the natural gradient does not") {
  const SoftCommittee f = committee();
  const auto report = check_derivatives(f, ignorant());
  INFO(report);
  CHECK(report.ok());
  const StopWhen few{.gradient_norm = 0, .max_iterations = 20},
      many{.gradient_norm = 0, .max_iterations = 100};
  const auto plain = minimize(f, ignorant(), GradientDescent{FixedStep{1.0}}, many);
  const auto natural = minimize(f, ignorant(), NaturalGradient{ExpectedFisher{}}, few);
  INFO(plain << natural);
  CHECK(plain.value > 0.01);
  CHECK(natural.value < 1e-12);
}

TEST_CASE("the covariance of simulated estimates is the inverse of the Fisher information") {
  const Index n = 200, runs = 2000;
  MatrixXd X(n, 1);
  for (Index i = 0; i < n; ++i) X(i, 0) = std::cos(static_cast<double>(i));
  const Eigen::Vector2d truth(0.5, 0.8);
  MatrixXd estimates(2, runs);
  for (Index run = 0; run < runs; ++run) {
    VectorXd y(n);
    for (Index i = 0; i < n; ++i) {
      IndexedRandom random(17, static_cast<std::uint64_t>(run * n + i));
      y[i] = Poisson{}.draw(std::exp(X(i, 0) * truth[0] + truth[1]), random);
    }
    const GeneralizedLinearModel model{Poisson{}, Log{}, X, y, {.intercept = true}};
    estimates.col(run) = minimize(model, VectorXd(truth), Newton{}).x;
  }
  const GeneralizedLinearModel model{Poisson{}, Log{}, X, VectorXd(VectorXd::Ones(n)), {.intercept = true}};
  MatrixXd F(2, 2);
  model.fisher(VectorXd(truth), F);
  const MatrixXd centred = estimates.colwise() - estimates.rowwise().mean();
  const MatrixXd product =
      static_cast<double>(n) * (centred * centred.transpose() / static_cast<double>(runs)) * F;
  // Each entry of the sample covariance has a standard error of at most √(2/2000) = 3 %.
  CHECK((product - MatrixXd::Identity(2, 2)).cwiseAbs().maxCoeff() < 0.12);
}
