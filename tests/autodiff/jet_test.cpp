// SPDX-License-Identifier: MIT
#include "natgrad/autodiff/jet.hpp"

#include "support/catch.hpp"

#include <type_traits>

using natgrad::Jet;
using natgrad::JetBase;

namespace {

using J = Jet<double, 2>;

J jet(double value, double first, double second) {
  J a(value);
  a.derivative = {first, second};
  return a;
}

void check(const J& a, double value, double first, double second) {
  CHECK(a.value == value);
  CHECK(a.derivative[0] == first);
  CHECK(a.derivative[1] == second);
}

}  // namespace

TEST_CASE("a constant has no derivative") {
  check(J(), 0, 0, 0);
  check(J(3), 3, 0, 0);
  const J from_float = 0.5F;
  check(from_float, 0.5, 0, 0);
}

TEST_CASE("sums, products and quotients follow the rules of Leibniz") {
  const J a = jet(2, 3, 0);
  const J b = jet(4, 0, 5);
  check(+a, 2, 3, 0);
  check(-a, -2, -3, 0);
  check(a + b, 6, 3, 5);
  check(a - b, -2, 3, -5);
  check(a * b, 8, 12, 10);
  check(a / b, 0.5, 0.75, -0.625);
}

TEST_CASE("a real number may stand on either side") {
  const J a = jet(2, 3, 5);
  check(a + 1, 3, 3, 5);
  check(1 + a, 3, 3, 5);
  check(a - 1, 1, 3, 5);
  check(1 - a, -1, -3, -5);
  check(a * 2.0F, 4, 6, 10);
  check(2.0 * a, 4, 6, 10);
  check(a / 2, 1, 1.5, 2.5);
  check(4 / a, 2, -3, -5);
}

TEST_CASE("a compound assignment may have itself on the right") {
  J a = jet(3, 1, 2);
  const J& same = a;
  a += same;
  check(a, 6, 2, 4);
  a *= same;
  check(a, 36, 24, 48);
  a /= same;
  check(a, 1, 0, 0);
  a -= same;
  check(a, 0, 0, 0);
  a += 2;
  a -= 5;
  a *= 4;
  a /= 8;
  check(a, -1.5, 0, 0);
}

TEST_CASE("a constant that overflows a value does not spoil its derivative") {
  // As Jets, the 0 derivative of the constant would meet the infinite value: 0·∞ = NaN.
  const J a = jet(1e308, 1, 0) * 10;
  CHECK(a.derivative[0] == 10);
  CHECK(a.derivative[1] == 0);
}

TEST_CASE("a Jet of Jets holds the mixed second derivative") {
  using Second = Jet<Jet<double, 1>, 1>;
  static_assert(std::is_same_v<JetBase<Second>, double>);
  Second x(3);
  x.value.derivative[0] = 1;
  Second y(5);
  y.derivative[0] = 1;
  // f = x²y + y/x: ∂²f/∂x∂y = 2x − 1/x²
  const Second f = x * x * y + y / x;
  CHECK(f.value.value == Approx(9 * 5 + 5.0 / 3));
  CHECK(f.value.derivative[0] == Approx(2 * 3 * 5 - 5.0 / 9));      // ∂f/∂x
  CHECK(f.derivative[0].value == Approx(9 + 1.0 / 3));              // ∂f/∂y
  CHECK(f.derivative[0].derivative[0] == Approx(2 * 3 - 1.0 / 9));  // ∂²f/∂x∂y
}
