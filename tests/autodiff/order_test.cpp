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
