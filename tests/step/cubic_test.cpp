// SPDX-License-Identifier: MIT
#include "natgrad/step/cubic.hpp"

#include "support/catch.hpp"

#include <cmath>

using natgrad::detail::cubic_minimiser;
using Point = natgrad::detail::Point<double>;

namespace {

/// a + bα + cα² + eα³ at α
Point on_cubic(double alpha, double b, double c, double e) {
  return {alpha, alpha * (b + alpha * (c + alpha * e)), b + alpha * (2 * c + 3 * alpha * e)};
}

}  // namespace

TEST_CASE("the minimiser of a parabola is found from either end") {
  const Point a{0, 0, -1}, b{1, -0.2, 0.6};  // 0.8α² − α
  CHECK(cubic_minimiser(a, b) == Approx(0.625));
  CHECK(cubic_minimiser(b, a) == Approx(0.625));
}

TEST_CASE("the minimiser of a cubic is where its slope vanishes from below") {
  for (const double e : {-0.2, 0.1, 0.7}) {
    for (const double c : {0.3, 0.8}) {
      const double minimiser = (-c + std::sqrt(c * c + 3 * e)) / (3 * e);  // of −α + cα² + eα³
      if (!(minimiser > 0)) continue;
      const Point a = on_cubic(0, -1, c, e), b = on_cubic(1.3 * minimiser, -1, c, e);
      CHECK(cubic_minimiser(a, b) == Approx(minimiser));
      CHECK(cubic_minimiser(b, a) == Approx(minimiser));
    }
  }
}

TEST_CASE("the answer stays a tenth of the width away from both ends") {
  const Point a{0, 0, -1};
  CHECK(cubic_minimiser(a, on_cubic(1, -1, 50, 0)) == Approx(0.1));          // the minimum is at 0.01
  CHECK(cubic_minimiser(a, on_cubic(1, -1, 0.5 / 0.97, 0)) == Approx(0.9));  // at 0.97
  CHECK(cubic_minimiser(on_cubic(1, -1, 0.5 / 0.97, 0), a) == Approx(0.9));
  CHECK(cubic_minimiser(a, on_cubic(1, -1, 0.5 / 0.85, 0)) == Approx(0.85));
}

TEST_CASE("the middle is taken where the cubic has no minimiser or an end is not finite") {
  CHECK(cubic_minimiser(Point{0, 0, -1}, Point{2, INFINITY, 0}) == 1);
  CHECK(cubic_minimiser(Point{0, 0, -1}, Point{2, 5, INFINITY}) == 1);
  CHECK(cubic_minimiser(Point{0, 0, -1}, Point{2, NAN, NAN}) == 1);
  CHECK(cubic_minimiser(Point{0, 0, -1}, Point{2, -2, -1}) == 1);   // a straight line
  CHECK(cubic_minimiser(Point{0, 0, 1}, Point{1, 1.5, 2}) == 0.5);  // the minimum lies outside
}
