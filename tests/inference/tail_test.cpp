// SPDX-License-Identifier: MIT
#include "natgrad/inference/tail.hpp"

#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace natgrad;

TEST_CASE("the normal tail is accurate where it is tiny") {
  CHECK(normal_tail(0) == 0.5);
  CHECK(normal_tail(1.959963984540054) == Approx(0.025).epsilon(1e-14));
  // φ(30)/30·(1 − 1/30² + 3/30⁴ − 15/30⁶ + 105/30⁸): DLMF 7.12.1
  CHECK(normal_tail(30) == Approx(4.906713927148187e-198).epsilon(1e-12));
  CHECK(two_sided_p(-1.959963984540054) == Approx(0.05).epsilon(1e-14));
}

TEST_CASE("Student's tail has its closed forms at 1, 2 and 4 degrees of freedom") {
  const double pi = 3.141592653589793;
  for (const double t : {1e-6, 0.1, 1.0, 2.5, 40.0, 1e4}) {
    CAPTURE(t);
    CHECK(student_tail(t, 1) == Approx(std::atan(1 / t) / pi).epsilon(1e-13));
    const double root = std::sqrt(2 + t * t);
    CHECK(student_tail(t, 2) == Approx(1 / (root * (root + t))).epsilon(1e-13));
    const double s = t / std::sqrt(4 + t * t);  // 1 − F = ½ − ¾s + ¼s³ = ¼(1 − s)²(2 + s)
    const double rest = 4 / (4 + t * t) / (1 + s);
    CHECK(student_tail(t, 4) == Approx(0.25 * rest * rest * (2 + s)).epsilon(1e-12));
    CHECK(student_tail(-t, 4) == Approx(1 - student_tail(t, 4)).epsilon(1e-14));
  }
}

TEST_CASE("Student's tail goes over into the normal one") {
  // P(T > t) − P(Z > t) = φ(t)·t(t² + 1)/(4ν) + O(1/ν²) (Fisher 1925)
  const double t = 1.7, density = 0.3989422804014327 * std::exp(-t * t / 2);
  for (const double degrees : {1e3, 1e5, 1e8}) {
    const double excess = student_tail(t, degrees) - normal_tail(t);
    CHECK(excess * degrees == Approx(density * t * (t * t + 1) / 4).epsilon(0.01));
  }
  CHECK(student_tail(t, std::numeric_limits<double>::infinity()) == normal_tail(t));
}

TEST_CASE("quantiles are those of the tables, and invert the tail") {
  CHECK(two_sided_quantile(0.95) == Approx(1.959963984540054).epsilon(1e-14));
  CHECK(two_sided_quantile(0.99) == Approx(2.5758293035489004).epsilon(1e-14));
  CHECK(two_sided_quantile(0.95, 1) == Approx(std::tan(0.475 * 3.141592653589793)).epsilon(1e-12));
  CHECK(two_sided_quantile(0.95, 4) == Approx(2.7764451051977987).epsilon(1e-12));
  CHECK(two_sided_quantile(0.99, 23) == Approx(2.807335683769999).epsilon(1e-12));
  CHECK(std::isnan(two_sided_quantile(0.95, 0)));
  CHECK(two_sided_p(std::numeric_limits<double>::infinity(), 3) == 0);
  CHECK(two_sided_p(two_sided_quantile(1 - 1e-9, 7), 7) == Approx(1e-9).epsilon(1e-6));
}
