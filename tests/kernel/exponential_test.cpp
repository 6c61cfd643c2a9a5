// SPDX-License-Identifier: MIT
#include "natgrad/kernel/exponential.hpp"

#include "kernel/every_path.hpp"
#include "kernel/ulps.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace kernel = natgrad::kernel;
using natgrad::test::on_every_path;
using natgrad::test::ulps;

TEMPLATE_TEST_CASE("the exponential is within 2 ulp from below underflow to beyond overflow", "", float,
                   double) {
  using T = TestType;
  std::mt19937 random(3);
  std::uniform_real_distribution<T> all(sizeof(T) == 4 ? T(-110) : T(-760), sizeof(T) == 4 ? T(95) : T(720)),
      usual(T(-3), T(3));
  std::vector<T> x(40001);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = i % 2 ? all(random) : usual(random);
  on_every_path([&] {
    std::vector<T> e(x.size());
    kernel::exponential(x.data(), static_cast<kernel::Index>(x.size()), e.data());
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
      worst = std::max(worst, ulps(e[i], std::exp(static_cast<long double>(x[i]))));
    CHECK(worst <= 2);
  });
}

TEMPLATE_TEST_CASE("the exponential has its limits, NaN for NaN, and 1 at 0", "", float, double,
                   long double) {
  using T = TestType;
  constexpr T infinity = std::numeric_limits<T>::infinity();
  on_every_path([] {
    std::vector<T> x = {
        infinity, -infinity, T(0), T(-0.0), T(2e4), T(-2e4), std::numeric_limits<T>::quiet_NaN()};
    kernel::exponential(x.data(), 7, x.data());
    CHECK(std::isnan(x[6]));
    x.pop_back();
    CHECK(x == std::vector<T>{infinity, 0, 1, 1, infinity, 0});
  });
}

TEST_CASE("the exponential of any number of values is written where it belongs and nowhere else") {
  on_every_path([] {
    for (std::size_t n = 0; n < 70; ++n) {
      std::vector<double> x(n + 1, 1.0), e(n + 1, -7.0);
      kernel::exponential(x.data(), static_cast<kernel::Index>(n), e.data());
      for (std::size_t i = 0; i < n; ++i) REQUIRE(e[i] == Approx(std::exp(1.0)).epsilon(1e-15));
      REQUIRE(e[n] == -7.0);
    }
  });
}
