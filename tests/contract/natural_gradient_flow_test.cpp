// SPDX-License-Identifier: MIT
// ẋ = −F(x)⁻¹∇f(x) is a curve in the family of distributions, whatever the coordinates; a natural gradient with a fixed step
// is Euler's method for it.
#include "natgrad/core/minimize.hpp"
#include "natgrad/fisher/kinds.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <cmath>
#include <functional>

using namespace natgrad;

namespace {

using V = Eigen::Matrix<double, 1, 1>;

/// A coordinate of the Bernoulli distributions: p and dp/dx by x, and x by p.
struct Coordinate {
  std::function<double(double)> p, slope, of;
};

const Coordinate kProbability{[](double x) { return x; }, [](double) { return 1.0; },
                              [](double p) { return p; }};
const Coordinate kLogit{[](double x) { return 1 / (1 + std::exp(-x)); },
                        [](double x) { return 0.25 / std::pow(std::cosh(x / 2), 2); },
                        [](double p) { return std::log(p / (1 - p)); }};
const Coordinate kArcsin{[](double x) { return std::pow(std::sin(x), 2); },
                         [](double x) { return std::sin(2 * x); },
                         [](double p) { return std::asin(std::sqrt(p)); }};

/// The cross entropy of a Bernoulli distribution with the data's mean label .8.
struct Bernoulli {
  Coordinate coordinate;
  double value(const V& x) const {
    const double p = coordinate.p(x[0]);
    return -0.8 * std::log(p) - 0.2 * std::log1p(-p);
  }
  void gradient(const V& x, V& g) const {
    const double p = coordinate.p(x[0]);
    g[0] = (p - 0.8) / (p * (1 - p)) * coordinate.slope(x[0]);
  }
  void fisher(const V& x, V& F) const {
    const double p = coordinate.p(x[0]), slope = coordinate.slope(x[0]);
    F(0, 0) = slope * slope / (p * (1 - p));
  }
};

V euler(const Bernoulli& f, const V& x, double step, Index steps) {
  const StopWhen stop{.gradient_norm = 0, .max_iterations = steps};
  return minimize(f, x, NaturalGradient{ExpectedFisher{}, FixedStep{step}}, stop).x;
}

V midpoint(const Bernoulli& f, V x, double step, Index steps) {
  for (Index k = 0; k < steps; ++k) {
    const V half = euler(f, x, step / 2, 1);
    x += euler(f, half, step, 1) - half;
  }
  return x;
}

/// From p = .1, after a time of 1: the flow moves p straight and exponentially, p = .8 − .7e^{−t}.
constexpr double kExact = 0.542484391180;

template <class Method>
double error(const Method& method, const Coordinate& coordinate, Index steps) {
  const V start(coordinate.of(0.1));
  const V end = method(Bernoulli{coordinate}, start, 1.0 / static_cast<double>(steps), steps);
  return coordinate.p(end[0]) - kExact;
}

}  // namespace

TEST_CASE("the flow of the natural gradient ends at the same distribution in every coordinate") {
  CHECK(0.8 - 0.7 * std::exp(-1.0) == Approx(kExact).epsilon(1e-12));
  for (const Coordinate& coordinate : {kProbability, kLogit, kArcsin}) {
    // of second order: (1/512)², with a constant of the order of 1
    CHECK(std::abs(error(midpoint, coordinate, 512)) < 1e-5);
  }
}

TEST_CASE("its error halves with the step of Euler's method and quarters with the midpoint's") {
  for (const Coordinate& coordinate : {kProbability, kLogit, kArcsin}) {
    CHECK(error(euler, coordinate, 256) / error(euler, coordinate, 512) == Approx(2).epsilon(0.02));
    CHECK(error(midpoint, coordinate, 256) / error(midpoint, coordinate, 512) == Approx(4).epsilon(0.04));
  }
}

TEST_CASE("two coordinates differ by the order of the step, and by no more") {
  const double coarse = error(euler, kLogit, 64) - error(euler, kArcsin, 64);
  const double fine = error(euler, kLogit, 128) - error(euler, kArcsin, 128);
  CHECK(std::abs(coarse) > 1e-4);
  CHECK(coarse / fine == Approx(2).epsilon(0.05));
}
