// SPDX-License-Identifier: MIT
#include "natgrad/autodiff/elementary.hpp"

#include "natgrad/autodiff/gamma.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

using natgrad::Jet;

namespace {

/// g, g′ and g″ at x by a Jet of Jets
struct Expansion {
  double value;
  double first;
  double second;
};

template <class G>
Expansion expand(const G& g, double x) {
  using J = Jet<Jet<double, 1>, 1>;
  J a(x);
  a.value.derivative[0] = 1;
  a.derivative[0] = 1;
  const J result = g(a);
  CHECK(result.value.derivative[0] == result.derivative[0].value);  // both are g′
  return {result.value.value, result.derivative[0].value, result.derivative[0].derivative[0]};
}

/// Relative error of a few roundings; every test point is chosen where the reference formula loses no digits.
void check_near(double computed, long double exact) {
  CAPTURE(computed, static_cast<double>(exact));
  CHECK(std::abs(static_cast<long double>(computed) - exact)
        <= 16 * std::numeric_limits<double>::epsilon() * std::abs(exact));
}

/// g against its closed-form value and derivatives, given in long double
template <class G, class Value, class First, class Second>
void check_function(const char* name, const std::vector<double>& points, const G& g, const Value& value,
                    const First& first, const Second& second) {
  for (const double x : points) {
    INFO(name << " at " << x);
    const Expansion computed = expand(g, x);
    const long double at = x;
    check_near(computed.value, value(at));
    check_near(computed.first, first(at));
    check_near(computed.second, second(at));
  }
}

using L = long double;
const std::vector<double> real_line{-3.5, -1, -0.3, -1e-5, 1e-5, 0.2, 0.7, 1.25, 4};
const std::vector<double> positive{1e-300, 1e-8, 0.3, 1, 2.5, 1e8};
const std::vector<double> unit{-0.999, -0.5, -1e-5, 1e-5, 0.3, 0.9, 1 - 1e-9};

}  // namespace

TEST_CASE("other logarithms, cube roots and hypotenuses to second order") {
  const L ln2 = std::numbers::ln2_v<L>, ln10 = std::numbers::ln10_v<L>;
  check_function(
      "log2", {1e-150, 0.3, 3, 1e150}, [](const auto& x) { return log2(x); },
      [](L x) { return std::log2(x); }, [=](L x) { return 1 / (x * ln2); },
      [=](L x) { return -1 / (x * x * ln2); });
  check_function(
      "log10", {1e-150, 0.3, 3, 1e150}, [](const auto& x) { return log10(x); },
      [](L x) { return std::log10(x); }, [=](L x) { return 1 / (x * ln10); },
      [=](L x) { return -1 / (x * x * ln10); });
  check_function(
      "cbrt", {-1e60, -2, 1e-30, 0.3, 8}, [](const auto& x) { return cbrt(x); },
      [](L x) { return std::cbrt(x); }, [](L x) { return 1 / (3 * std::cbrt(x) * std::cbrt(x)); },
      [](L x) { return -2 / (9 * x * std::cbrt(x) * std::cbrt(x)); });
  const auto h = [](L x) { return std::hypot(x, L(3)); };
  for (const bool first : {true, false}) {
    check_function(
        "hypot", {-2, -0.3, 0.2, 1.5},
        [first](const auto& x) { return first ? hypot(x, 3.0) : hypot(3.0, x); }, h,
        [=](L x) { return x / h(x); }, [=](L x) { return 9 / (h(x) * h(x) * h(x)); });
  }
  CHECK(hypot(Jet<double, 1>(3e300), Jet<double, 1>(4e300)).value == 5e300);
}

TEST_CASE("exponential and logarithm to second order") {
  check_function(
      "exp", {-700, -3, 0, 1, 700}, [](const auto& x) { return exp(x); }, [](L x) { return std::exp(x); },
      [](L x) { return std::exp(x); }, [](L x) { return std::exp(x); });
  check_function(
      "expm1", {-700, -3, -1e-9, 0, 1e-9, 5}, [](const auto& x) { return expm1(x); },
      [](L x) { return std::expm1(x); }, [](L x) { return std::exp(x); }, [](L x) { return std::exp(x); });
  check_function(
      "log", {1e-150, 0.3, 2, 1e150}, [](const auto& x) { return log(x); }, [](L x) { return std::log(x); },
      [](L x) { return 1 / x; }, [](L x) { return -1 / (x * x); });
  check_function(
      "log1p", {-0.9, -1e-12, 0, 1e-12, 3, 1e9}, [](const auto& x) { return log1p(x); },
      [](L x) { return std::log1p(x); }, [](L x) { return 1 / (1 + x); },
      [](L x) { return -1 / ((1 + x) * (1 + x)); });
  check_function(
      "sqrt", {1e-150, 0.3, 4, 1e100}, [](const auto& x) { return sqrt(x); },
      [](L x) { return std::sqrt(x); }, [](L x) { return 0.5L / std::sqrt(x); },
      [](L x) { return -0.25L / (x * std::sqrt(x)); });
}

TEST_CASE("trigonometric functions to second order") {
  check_function(
      "sin", real_line, [](const auto& x) { return sin(x); }, [](L x) { return std::sin(x); },
      [](L x) { return std::cos(x); }, [](L x) { return -std::sin(x); });
  check_function(
      "cos", real_line, [](const auto& x) { return cos(x); }, [](L x) { return std::cos(x); },
      [](L x) { return -std::sin(x); }, [](L x) { return -std::cos(x); });
  check_function(
      "tan", real_line, [](const auto& x) { return tan(x); }, [](L x) { return std::tan(x); },
      [](L x) { return 1 / (std::cos(x) * std::cos(x)); },
      [](L x) { return 2 * std::tan(x) / (std::cos(x) * std::cos(x)); });
  check_function(
      "asin", unit, [](const auto& x) { return asin(x); }, [](L x) { return std::asin(x); },
      [](L x) { return 1 / std::sqrt((1 - x) * (1 + x)); },
      [](L x) { return x / ((1 - x) * (1 + x) * std::sqrt((1 - x) * (1 + x))); });
  check_function(
      "acos", unit, [](const auto& x) { return acos(x); }, [](L x) { return std::acos(x); },
      [](L x) { return -1 / std::sqrt((1 - x) * (1 + x)); },
      [](L x) { return -x / ((1 - x) * (1 + x) * std::sqrt((1 - x) * (1 + x))); });
  check_function(
      "atan", {-1e70, -2, -1e-5, 1e-5, 1, 1e70}, [](const auto& x) { return atan(x); },
      [](L x) { return std::atan(x); }, [](L x) { return 1 / (1 + x * x); },
      [](L x) { return -2 * x / ((1 + x * x) * (1 + x * x)); });
}

TEST_CASE("hyperbolic functions and erf to second order") {
  check_function(
      "sinh", real_line, [](const auto& x) { return sinh(x); }, [](L x) { return std::sinh(x); },
      [](L x) { return std::cosh(x); }, [](L x) { return std::sinh(x); });
  check_function(
      "cosh", real_line, [](const auto& x) { return cosh(x); }, [](L x) { return std::cosh(x); },
      [](L x) { return std::sinh(x); }, [](L x) { return std::cosh(x); });
  const auto sech2 = [](L x) { return 1 / (std::cosh(x) * std::cosh(x)); };
  check_function(
      "tanh", {-300, -20, -1, -0.999, -1e-9, 0.01, 0.5, 18, 300}, [](const auto& x) { return tanh(x); },
      [](L x) { return std::tanh(x); }, sech2, [&](L x) { return -2 * std::tanh(x) * sech2(x); });
  const L scale = 2 * std::numbers::inv_sqrtpi_v<L>;
  check_function(
      "erf", {-5, -1, -1e-4, 1e-4, 0.5, 3}, [](const auto& x) { return erf(x); },
      [](L x) { return std::erf(x); }, [&](L x) { return scale * std::exp(-x * x); },
      [&](L x) { return -2 * x * scale * std::exp(-x * x); });
}

TEST_CASE("inverse hyperbolic functions, exp2 and erfc to second order") {
  check_function(
      "asinh", {-1e100, -3.5, -1e-5, 1e-5, 0.7, 1e100}, [](const auto& x) { return asinh(x); },
      [](L x) { return std::asinh(x); }, [](L x) { return 1 / std::hypot(x, L(1)); },
      [](L x) { return -x / std::pow(std::hypot(x, L(1)), L(3)); });
  check_function(
      "acosh", {1 + 1e-9, 1.5, 20, 1e100}, [](const auto& x) { return acosh(x); },
      [](L x) { return std::acosh(x); }, [](L x) { return 1 / std::sqrt((x - 1) * (x + 1)); },
      [](L x) { return -x / std::pow((x - 1) * (x + 1), L(1.5)); });
  check_function(
      "atanh", unit, [](const auto& x) { return atanh(x); }, [](L x) { return std::atanh(x); },
      [](L x) { return 1 / ((1 - x) * (1 + x)); },
      [](L x) { return 2 * x / ((1 - x) * (1 + x) * (1 - x) * (1 + x)); });
  const L ln2 = std::numbers::ln2_v<L>;
  check_function(
      "exp2", real_line, [](const auto& x) { return exp2(x); }, [](L x) { return std::exp2(x); },
      [=](L x) { return ln2 * std::exp2(x); }, [=](L x) { return ln2 * ln2 * std::exp2(x); });
  const L scale = 2 * std::numbers::inv_sqrtpi_v<L>;
  check_function(
      "erfc", {-5, -1, -1e-4, 1e-4, 0.5, 3, 5}, [](const auto& x) { return erfc(x); },
      [](L x) { return std::erfc(x); }, [&](L x) { return -scale * std::exp(-x * x); },
      [&](L x) { return 2 * x * scale * std::exp(-x * x); });
}

TEST_CASE(
    "the gamma function and its logarithm to second order, by the values at ½, 1, 2 and by their "
    "recurrences") {
  using natgrad::jets::polygamma;
  const L gamma = std::numbers::egamma_v<L>, pi = std::numbers::pi_v<L>;
  check_near(polygamma<0>(1.0), -gamma);
  check_near(polygamma<0>(0.5), -gamma - 2 * std::numbers::ln2_v<L>);
  check_near(polygamma<0>(2.0), 1 - gamma);
  check_near(polygamma<1>(1.0), pi * pi / 6);
  check_near(polygamma<1>(0.5), pi * pi / 2);
  check_near(polygamma<3>(1.0), std::pow(pi, L(4)) / 15);
  check_near(polygamma<2>(1.0), -2 * L(1.202056903159594285399738161511449991L));  // −2ζ(3)
  for (const double x : {1e-8, 0.03, 0.7, 3.3, 19.5, 20.5, 300.0, 1e10}) {
    // ψ(x) and 1/x cancel below
    if (x > 0.5) CHECK(polygamma<0>(x + 1) == Approx(polygamma<0>(x) + 1 / x).epsilon(1e-14).margin(1e-15));
    // in long double, whose own errors are some thousand times smaller
    check_near(polygamma<0>(x), polygamma<0>(static_cast<L>(x)));
    check_near(polygamma<1>(x), polygamma<1>(static_cast<L>(x)));
    check_near(polygamma<2>(x), polygamma<2>(static_cast<L>(x)));
  }
  const auto psi = [](L x) { return polygamma<0>(x); };
  const auto psi1 = [](L x) { return polygamma<1>(x); };
  check_function(
      "lgamma", {1e-8, 0.3, 3.5, 40, 1e8}, [](const auto& x) { return lgamma(x); },
      [](L x) { return std::lgamma(x); }, psi, psi1);
  check_function(
      "tgamma", {1e-4, 0.3, 3.5, 40}, [](const auto& x) { return tgamma(x); },
      [](L x) { return std::tgamma(x); }, [&](L x) { return std::tgamma(x) * psi(x); },
      [&](L x) { return std::tgamma(x) * (psi(x) * psi(x) + psi1(x)); });
  for (const double x : {-0.25, -0.77, -3.3, -20.25}) {  // by reflection: ψ(1 − x) − ψ(x) = π/tan(πx)
    const L at = static_cast<L>(x);
    check_near(polygamma<0>(x), psi(1 - at) - pi / std::tan(pi * at));
    check_near(polygamma<1>(x), std::pow(pi / std::sin(pi * at), L(2)) - psi1(1 - at));
  }
  for (const double pole : {0.0, -1.0, -7.0}) CHECK(std::isnan(polygamma<0>(pole)));
  CHECK(std::isnan(polygamma<0>(-1e9)));
}

TEST_CASE("tanh is flat, not NaN, where cosh² would overflow") {
  const Expansion far = expand([](const auto& x) { return tanh(x); }, 1e4);
  CHECK(far.value == 1);
  CHECK(far.first == 0);
  CHECK(far.second == 0);
}

TEST_CASE("tanh has slope 1 and no curvature at 0") {
  const Expansion at_zero = expand([](const auto& x) { return tanh(x); }, 0);
  CHECK(at_zero.first == 1);
  CHECK(at_zero.second == 0);
}

TEST_CASE("atan2 has the gradient (x, −y)/(x² + y²) in all four quadrants, on the axes and at any scale") {
  using J = Jet<Jet<double, 2>, 2>;
  for (const double scale : {1e-100, 1.0, 1e100}) {
    for (const auto& [y0, x0] : std::vector<std::pair<double, double>>{{1, 2},
                                                                       {2, 1},
                                                                       {1, -2},
                                                                       {2, -1},
                                                                       {-1, -2},
                                                                       {-2, -1},
                                                                       {-1, 2},
                                                                       {-2, 1},
                                                                       {0, 1},
                                                                       {1, 0},
                                                                       {-1, 0},
                                                                       {0, -1}}) {
      INFO("atan2(" << scale * y0 << ", " << scale * x0 << ")");
      J y(scale * y0);
      J x(scale * x0);
      y.value.derivative[0] = 1;
      y.derivative[0] = 1;
      x.value.derivative[1] = 1;
      x.derivative[1] = 1;
      const J angle = atan2(y, x);
      const L u = L(scale) * L(y0);
      const L v = L(scale) * L(x0);
      const L r2 = u * u + v * v;
      check_near(angle.value.value, std::atan2(u, v));
      check_near(angle.derivative[0].value, v / r2);
      check_near(angle.derivative[1].value, -u / r2);
      check_near(angle.derivative[0].derivative[0], -2 * u * v / (r2 * r2));
      check_near(angle.derivative[1].derivative[1], 2 * u * v / (r2 * r2));
      check_near(angle.derivative[0].derivative[1], (u * u - v * v) / (r2 * r2));
      CHECK(angle.derivative[0].derivative[1] == Approx(angle.derivative[1].derivative[0]).epsilon(1e-14));
    }
  }
}

TEST_CASE("one argument of atan2 may be a constant") {
  CHECK(expand([](const auto& y) { return atan2(y, 2.0); }, 1).first == Approx(2.0 / 5));
  CHECK(expand([](const auto& x) { return atan2(2, x); }, 1).first == Approx(-2.0 / 5));
}
