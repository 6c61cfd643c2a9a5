// SPDX-License-Identifier: MIT
#include "natgrad/step/armijo.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"

#include <cmath>

using namespace natgrad;
using namespace natgrad::test;

TEST_CASE("Armijo takes the first trial where it lowers f enough") {
  Line line = parabola(1);
  CHECK(Armijo{}(line.search).length == 1);
  CHECK(line.phi.tried == std::vector<double>{0, 1});
}

TEST_CASE("Armijo takes the largest α·shrinkᵏ with f(α) ≤ f(0) + c₁αφ′(0)") {
  for (const double shrink : {0.5, 0.3, 0.9}) {
    for (const double c1 : {1e-4, 0.1, 0.4}) {
      Line line = parabola(50);
      const double alpha = Armijo{.sufficient_decrease = c1, .shrink = shrink}(line.search).length;
      CHECK(line.value(alpha) <= -c1 * alpha);
      CHECK(line.value(alpha / shrink) > -c1 * alpha / shrink);
      CHECK(std::log(alpha) / std::log(shrink) == Approx(std::round(std::log(alpha) / std::log(shrink))));
    }
  }
}

TEST_CASE("Armijo's inequality holds with equality at its boundary") {
  // ½cα² − α ≤ −c₁α  ⇔  α ≤ 2(1 − c₁)/c: with c₁ = ¼ and c = 1.5 that is α ≤ 1, exactly in binary.
  Line at = parabola(1.5);
  CHECK(Armijo{.sufficient_decrease = 0.25}(at.search).length == 1);
  Line beyond = parabola(std::nextafter(1.5, 2));
  CHECK(Armijo{.sufficient_decrease = 0.25}(beyond.search).length == 0.5);
}

TEST_CASE("Armijo walks back into the domain of f") {
  Line line([](double a) { return a > 0.3 ? NAN : -a; }, [](double) { return -1; });
  CHECK(Armijo{}(line.search).length == 0.25);
}

TEST_CASE("Armijo walks back from a point where only the gradient is not finite") {
  Line line([](double a) { return -a; }, [](double a) { return a > 0.3 ? NAN : -1; });
  CHECK(Armijo{}(line.search).length == 0.25);
}

TEST_CASE("Armijo gives up after max_trials") {
  Line line([](double a) { return a; }, [](double) { return -1; });
  CHECK(!Armijo{.max_trials = 7}(line.search));
  CHECK(line.phi.tried.size() == 1 + 7);
}

TEST_CASE("Armijo decides on slopes where f no longer resolves the decrease") {
  // ½·10⁶·α² − α + 10¹² is 10¹² to rounding for all α < 10⁻⁵, but from 2·10⁻⁶ on it rises, and as steeply as it fell.
  Line line = parabola(1e6, 1e12);
  const double alpha = Armijo{}(line.search).length;
  CHECK(line.value(alpha) == line.value(0));
  CHECK(alpha > 0);
  CHECK(alpha < 2e-6);
}

TEST_CASE("Armijo names the option that is out of range") {
  CHECK(rejects([] { Armijo{.sufficient_decrease = 0}.validate(); }, {"Armijo.sufficient_decrease = 0"}));
  CHECK(rejects([] { Armijo{.sufficient_decrease = 0.5}.validate(); }, {"Armijo.sufficient_decrease = 0.5"}));
  CHECK(rejects([] { Armijo{.sufficient_decrease = NAN}.validate(); }, {"Armijo.sufficient_decrease"}));
  CHECK(rejects([] { Armijo{.shrink = 1}.validate(); }, {"Armijo.shrink = 1"}));
  CHECK(rejects([] { Armijo{.shrink = 0}.validate(); }, {"Armijo.shrink = 0"}));
  CHECK(rejects([] { Armijo{.max_trials = 0}.validate(); }, {"Armijo.max_trials = 0"}));
  CHECK_NOTHROW(Armijo{.sufficient_decrease = 0.49, .shrink = 0.99, .max_trials = 1}.validate());
}
