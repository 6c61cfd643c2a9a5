// SPDX-License-Identifier: MIT
#include "natgrad/autodiff/order.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using natgrad::Jet;

namespace {

using J = Jet<double, 1>;

J variable(double value) {
  J a(value);
  a.derivative[0] = 1;
  return a;
}

}  // namespace

TEST_CASE("Jets compare as their values do") {
  const J one = variable(1);
  const J two = variable(2);
  CHECK(one < two);
  CHECK(two > one);
  CHECK(one <= one);
  CHECK(one >= one);
  CHECK(one != two);
  CHECK(one == J(1));
  CHECK(one < 2);
  CHECK(2 > one);
  CHECK(one == 1);
  CHECK(1 == one);
  CHECK(0.5 < one);
}

TEST_CASE("NaN is unordered") {
  const J nan(std::numeric_limits<double>::quiet_NaN());
  CHECK_FALSE(nan < 1);
  CHECK_FALSE(nan > 1);
  CHECK_FALSE(nan <= 1);
  CHECK_FALSE(nan == nan);
  CHECK(nan != nan);
}

TEST_CASE("min, max and abs keep the derivative of the branch they take") {
  using std::abs, std::max, std::min;
  const J a = variable(-2);
  const J square = a * a;
  CHECK(min(a, square).derivative[0] == 1);
  CHECK(max(a, square).derivative[0] == -4);
  CHECK(max(a, 0.0).derivative[0] == 0);
  CHECK(max(0, square).derivative[0] == -4);
  CHECK(min(a, 0.0).derivative[0] == 1);
  CHECK(min(0, square).derivative[0] == 0);
  CHECK(abs(a).value == 2);
  CHECK(abs(a).derivative[0] == -1);
  CHECK(abs(square).derivative[0] == -4);
  CHECK(abs(variable(0)).derivative[0] == 1);
}

TEST_CASE("fmin and fmax take the branch that is a number, copysign the sign of the other") {
  using std::copysign, std::fmax, std::fmin;
  const J a = variable(-2), nan(std::numeric_limits<double>::quiet_NaN());
  CHECK(fmax(a, nan).derivative[0] == 1);
  CHECK(fmax(nan, a).derivative[0] == 1);
  CHECK(fmin(nan, a * a).derivative[0] == -4);
  CHECK(fmax(a, 0.0).derivative[0] == 0);
  CHECK(fmin(1.0, a).derivative[0] == 1);
  CHECK(fmax(-3, a).value == -2);
  CHECK(fmin(a, a * a).value == -2);
  CHECK(copysign(a, 3.0).value == 2);
  CHECK(copysign(a, 3.0).derivative[0] == -1);
  CHECK(copysign(a, -a * a).derivative[0] == 1);
}

TEST_CASE("the steps of floor, ceil, trunc and round are flat") {
  using std::ceil, std::floor, std::round, std::trunc;
  const J a = variable(-2.6);
  CHECK(floor(a).value == -3);
  CHECK(ceil(a).value == -2);
  CHECK(trunc(a).value == -2);
  CHECK(round(a).value == -3);
  for (const J& b : {floor(a), ceil(a), trunc(a), round(a)}) CHECK(b.derivative[0] == 0);
}

TEST_CASE("fmod slopes as its first number and by whole numbers of its second, fma is ab + c") {
  using std::fma, std::fmod;
  const J a = variable(7.5), b = variable(2);
  CHECK(fmod(a, 2.0).value == 1.5);
  CHECK(fmod(a, 2.0).derivative[0] == 1);
  CHECK(fmod(a, b).value == 1.5);
  CHECK(fmod(a, b).derivative[0] == 1 - 3);
  CHECK(fmod(-a, 2).value == -1.5);
  CHECK(fma(a, 2.0, b).value == 17);
  CHECK(fma(a, 2.0, b).derivative[0] == 3);
  CHECK(fma(3.0, 2.0, b).derivative[0] == 1);
  CHECK(fma(a, b, 1).derivative[0] == 9.5);
}

TEST_CASE("the steps of a second derivative are flat too") {
  using Second = Jet<J, 1>;
  Second a(0);
  a.value = variable(1.5);
  a.derivative[0] = J(1);
  CHECK(floor(a).value.value == 1);
  CHECK(copysign(a, -1.0).value.derivative[0] == -1);
}
