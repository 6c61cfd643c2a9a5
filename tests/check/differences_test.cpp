// SPDX-License-Identifier: MIT
#include "natgrad/check/differences.hpp"

#include "natgrad/check/derivatives.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <cmath>
#include <functional>
#include <utility>
#include <vector>

using namespace natgrad;

namespace {

/// f of one parameter from its value and derivative.
struct Line {
  std::function<double(double)> f, slope;
  double value(const Eigen::VectorXd& x) const { return f(x[0]); }
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& g) const { g[0] = slope(x[0]); }
};
CheckReport check_line(std::function<double(double)> f, std::function<double(double)> slope, double x) {
  return check_derivatives(Line{std::move(f), std::move(slope)}, Eigen::VectorXd::Constant(1, x));
}

/// d/dx of φ at x with its error estimate.
detail::Derivative<double> derivative(const std::function<double(double)>& f, double x) {
  const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, x);
  const auto phi = [&](const Eigen::VectorXd& v) { return std::vector<double>{f(v[0])}; };
  const auto never = [](std::size_t, const auto&) { return false; };
  return detail::differentiate(phi, at, 0, detail::noise(phi, at), never).front();
}

}  // namespace

TEST_CASE("the error estimate covers the error, and is small") {
  const auto test = [](const std::function<double(double)>& f, double x, double slope) {
    const auto found = derivative(f, x);
    CAPTURE(x, found.value, slope, found.uncertainty);
    CHECK(std::abs(found.value - slope) <= found.uncertainty);
    CHECK(found.uncertainty <= 1e-9 * std::abs(slope));
  };
  for (const double x : {0.3, -2.0, 17.0, 1e-4}) {
    test([](double t) { return std::exp(t); }, x, std::exp(x));
    test([](double t) { return std::sin(t) + t; }, x, std::cos(x) + 1);
    test([](double t) { return 1 / (1 + t * t) + 3 * t; }, x, 3 - 2 * x / std::pow(1 + x * x, 2));
  }
}

TEST_CASE("noise is measured: rounding of doubles, of floats, and of a large term that cancels") {
  const auto measured = [](const std::function<double(double)>& f) {
    const Eigen::VectorXd at = Eigen::VectorXd::Constant(1, 0.7);
    return detail::noise([&](const Eigen::VectorXd& v) { return std::vector<double>{f(v[0])}; }, at).front();
  };
  CHECK(measured([](double t) { return std::exp(t); }) <= 1e-15);
  const double big = measured([](double t) { return (std::exp(t) + 1e6) - 1e6; });
  CHECK(big > 2e-11);  // ε·1e6 = 2.2e-10, of which a rounding error is a part
  CHECK(big < 1e-9);
  const double coarse =
      measured([](double t) { return static_cast<double>(static_cast<float>(std::exp(t))); });
  CHECK(coarse > 1e-8);  // half a float at 2 is 1.2e-7
  CHECK(coarse < 1e-6);
}

TEST_CASE("no single step decides: functions on which one step size or another fails") {
  using std::abs, std::cos, std::exp, std::log, std::sin, std::tanh;
  // periodic, so that f(x + h) = f(x − h) for the first step and its first six halves: on such a ladder f is flat
  const double omega = 64 * 3.14159265358979323846 / (1.5 * std::pow(2.220446049250313e-16, 1.0 / 12));
  CHECK(check_line([=](double x) { return sin(omega * x); }, [=](double x) { return omega * cos(omega * x); },
                   0.0)
            .ok());
  CHECK_FALSE(check_line([=](double x) { return sin(omega * x); }, [](double) { return 0.0; }, 0.0).ok());
  // far below the scale of x
  CHECK(check_line([](double x) { return log(x); }, [](double x) { return 1 / x; }, 1e-9).ok());
  CHECK_FALSE(check_line([](double x) { return log(x); }, [](double x) { return 1.001 / x; }, 1e-9).ok());
  CHECK(check_line([](double x) { return log(abs(x)); }, [](double x) { return 1 / x; }, 1e-6).ok());
  CHECK(check_line([](double x) { return tanh(1e5 * x); }, [](double) { return 1e5; }, 0.0).ok());
  // a ripple on a valley
  CHECK(check_line([](double x) { return x * x + 1e-3 * sin(1000 * x); },
                   [](double x) { return 2 * x + cos(1000 * x); }, 0.3)
            .ok());
  CHECK_FALSE(
      check_line([](double x) { return x * x + 1e-3 * sin(1000 * x); }, [](double x) { return 2 * x; }, 0.3)
          .ok());
  // far from zero, on the scale of one
  const double far = 1e6;
  CHECK(check_line([=](double x) { return exp(-(x - far) * (x - far)); },
                   [=](double x) { return -2 * (x - far) * exp(-(x - far) * (x - far)); }, far + 0.5)
            .ok());
  // overflow on one side of a tenth of x
  CHECK(check_line([](double x) { return exp(x); }, [](double x) { return exp(x); }, 700.0).ok());
}

TEST_CASE("a value that is computed in float is noisy, and its right gradient is not rejected for that") {
  const auto rough = [](double x) { return static_cast<double>(static_cast<float>(std::exp(x)) + 3.0F); };
  for (const double x : {0.3, 1.1, -0.7, 2.9}) {
    CHECK(check_line(
              rough, [](double t) { return std::exp(t); }, x)
              .ok());
    CHECK_FALSE(check_line(
                    rough, [](double t) { return 1.01 * std::exp(t); }, x)
                    .ok());
  }
}

TEST_CASE("what is not finite is said, not compared") {
  using std::sqrt;
  const auto at = [](double x) {
    return check_line([](double t) { return sqrt(t); }, [](double t) { return 0.5 / sqrt(t); }, x);
  };
  CHECK(at(1e-3).ok());
  CHECK(at(-1.0).first_wrong()->sentence == "value is not finite at x.");
  CHECK(at(0.0).first_wrong()->sentence == "gradient is not finite at x.");
}
