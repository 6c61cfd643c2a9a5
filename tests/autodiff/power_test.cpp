// SPDX-License-Identifier: MIT
#include "natgrad/autodiff/power.hpp"

#include "support/catch.hpp"

#include <cmath>

using natgrad::Jet;

namespace {

using J = Jet<Jet<double, 2>, 2>;

/// The variables a and b of a^b
J first(double value) {
  J a(value);
  a.value.derivative[0] = 1;
  a.derivative[0] = 1;
  return a;
}

J second(double value) {
  J b(value);
  b.value.derivative[1] = 1;
  b.derivative[1] = 1;
  return b;
}

}  // namespace

TEST_CASE("a variable to a constant power") {
  for (const double a : {0.3, 1.0, 7.0}) {
    for (const double p : {-2.0, -0.5, 0.5, 1.0, 2.0, 3.7}) {
      const J result = pow(first(a), p);
      CHECK(result.value.value == std::pow(a, p));
      CHECK(result.derivative[0].value == Approx(p * std::pow(a, p - 1)));
      CHECK(result.derivative[0].derivative[0] == Approx(p * (p - 1) * std::pow(a, p - 2)).margin(0));
      CHECK(result.derivative[1].value == 0);
    }
  }
}

TEST_CASE("an integer power is differentiable at zero and for a negative base") {
  for (const double a : {0.0, -1.5}) {
    CHECK(pow(first(a), 0).value.value == 1);
    CHECK(pow(first(a), 0).derivative[0].value == 0);
    CHECK(pow(first(a), 0).derivative[0].derivative[0] == 0);
    CHECK(pow(first(a), 1).derivative[0].value == 1);
    CHECK(pow(first(a), 1).derivative[0].derivative[0] == 0);
    CHECK(pow(first(a), 2).derivative[0].value == 2 * a);
    CHECK(pow(first(a), 2).derivative[0].derivative[0] == 2);
    CHECK(pow(first(a), 3).derivative[0].value == 3 * a * a);
    CHECK(pow(first(a), 3).derivative[0].derivative[0] == 6 * a);
  }
}

TEST_CASE("a constant to a variable power") {
  for (const double b : {-1.5, 0.0, 2.0}) {
    const J result = pow(3, second(b));
    const double log3 = std::log(3.0);
    CHECK(result.value.value == std::pow(3, b));
    CHECK(result.derivative[1].value == Approx(std::pow(3, b) * log3));
    CHECK(result.derivative[1].derivative[1] == Approx(std::pow(3, b) * log3 * log3));
    CHECK(result.derivative[0].value == 0);
  }
  CHECK(pow(0.0, second(2)).derivative[1].value == 0);
  CHECK(pow(0.0, second(2)).derivative[1].derivative[1] == 0);
}

TEST_CASE("a variable to a variable power, with all four second derivatives") {
  for (const double a : {0.3, 2.0}) {
    for (const double b : {-1.5, 0.4, 3.0}) {
      const J result = pow(first(a), second(b));
      const double power = std::pow(a, b);
      const double log_a = std::log(a);
      const double mixed = power / a * (1 + b * log_a);
      CHECK(result.value.value == power);
      CHECK(result.derivative[0].value == Approx(b * power / a));
      CHECK(result.derivative[1].value == Approx(power * log_a));
      CHECK(result.derivative[0].derivative[0] == Approx(b * (b - 1) * power / (a * a)));
      CHECK(result.derivative[0].derivative[1] == Approx(mixed));
      CHECK(result.derivative[1].derivative[0] == Approx(mixed));
      CHECK(result.derivative[1].derivative[1] == Approx(power * log_a * log_a));
    }
  }
}

TEST_CASE("a Jet without derivatives is a constant power: a negative base keeps its derivative") {
  const J result = pow(first(-2), J(3));
  CHECK(result.value.value == -8);
  CHECK(result.derivative[0].value == 12);
  CHECK(result.derivative[0].derivative[0] == -12);
}

TEST_CASE("zero to a variable power above one has a zero gradient") {
  const J result = pow(first(0), second(2.5));
  CHECK(result.value.value == 0);
  CHECK(result.derivative[0].value == 0);
  CHECK(result.derivative[1].value == 0);
}
