// SPDX-License-Identifier: MIT
#include "natgrad/step/hager_zhang.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// Wolfe: φ(α) ≤ φ(0) + δαφ′(0) and φ′(α) ≥ σφ′(0); or approximate: (2δ − 1)φ′(0) ≥ φ′(α) ≥ σφ′(0)
bool holds(const Line& line, double alpha, double delta = 0.1, double sigma = 0.9) {
  const double slope = line.slope(alpha), slope0 = line.slope(0);
  const bool falls = line.value(alpha) <= line.value(0) + delta * alpha * slope0;
  return slope >= sigma * slope0 && (falls || slope <= (2 * delta - 1) * slope0);
}

}  // namespace

TEST_CASE("HagerZhang takes a first trial that satisfies the conditions") {
  Line line = parabola(1);
  CHECK(HagerZhang{}(line.search).length == 1);
  CHECK(line.phi.tried == std::vector<double>{0, 1});
}

TEST_CASE("HagerZhang finds a Wolfe point on parabolas of any width") {
  for (const double c : {1e-6, 1e-3, 0.1, 0.9, 3.0, 40.0, 1e3, 1e6}) {
    for (const double sigma : {0.9, 0.3, 0.1}) {
      Line line = parabola(c);
      const auto step = HagerZhang{.curvature = sigma}(line.search);
      INFO("curvature " << c << ", sigma " << sigma << ", alpha " << step.length);
      REQUIRE(step.found);
      CHECK(holds(line, step.length, 0.1, sigma));
      CHECK(line.phi.tried.size() <= 25);
    }
  }
}

TEST_CASE("HagerZhang expands by its factor where the slopes point nowhere") {
  Line line([](double a) { return a < 80 ? -a : -80; }, [](double a) { return a < 80 ? -1 : 0; });
  CHECK(HagerZhang{.expansion = 3}(line.search).length == 81);
  CHECK(line.phi.tried == std::vector<double>{0, 1, 3, 9, 27, 81});
}

TEST_CASE("HagerZhang expands to where the slopes point, by the square of its factor at most") {
  Line line = parabola(1.0 / 60);  // σ = ½ is reached from α = 30 on
  CHECK(HagerZhang{.curvature = 0.5, .expansion = 3}(line.search).length == Approx(60));
  REQUIRE(line.phi.tried.size() == 4);
  CHECK(line.phi.tried[2] == 9);
  for (const double minimum : {3.0, 12.0, 24.0}) {
    Line near = parabola(1 / minimum);
    CHECK(HagerZhang{.curvature = 0.5}(near.search).length == Approx(minimum));
    CHECK(near.phi.tried.size() == 3);
  }
  // φ′ is −1, −0.1 at 1 and points to 1.1: by less than twice it does not grow
  Line bent([](double a) { return -a; }, [](double a) { return a == 0 ? -1 : a < 1.5 ? -0.1 : 0; });
  CHECK(HagerZhang{.curvature = 0.05}(bent.search).length == 2);
  Line slow([](double a) { return -a; }, [](double a) { return a == 0 ? -1 : a < 1.4 ? -0.1 : 0; });
  CHECK(HagerZhang{.curvature = 0.05, .expansion = 1.5}(slow.search).length == 1.5);
}

TEST_CASE("HagerZhang's decrease holds with equality at its boundary") {
  // At α = 1: ½c − 1 ≤ −δ; with δ = ¼ the boundary is c = 1.5, and φ′(1) = ½ is what the approximate test allows.
  Line at = parabola(1.5);
  CHECK(HagerZhang{.decrease = 0.25}(at.search).length == 1);
  Line beyond = parabola(1.5 + 1e-6);
  CHECK(HagerZhang{.decrease = 0.25}(beyond.search).length < 1);
}

TEST_CASE("HagerZhang stays inside the domain of f") {
  Line line([](double a) { return a < 0.02 ? -std::log1p(-50 * a) - 51 * a : NAN; },
            [](double a) { return 50 / (1 - 50 * a) - 51; });
  const auto step = HagerZhang{}(line.search);
  REQUIRE(step.found);
  CHECK(holds(line, step.length));
}

TEST_CASE("HagerZhang gets past a wall that rises by many orders of magnitude") {
  Line line([](double a) { return std::exp(40 * a) - 41 * a - 1; },
            [](double a) { return 40 * std::exp(40 * a) - 41; });
  const auto step = HagerZhang{}(line.search);
  REQUIRE(step.found);
  CHECK(holds(line, step.length));
}

TEST_CASE("HagerZhang squeezes an interval whose far end is high but still falling") {
  // Two valleys: at α = 1 the second is falling, above φ(0).
  const auto value = [](double a) { return -a + 12 * a * a * (1.2 - a) * (1.2 - a); };
  const auto slope = [](double a) { return -1 + 24 * a * (1.2 - a) * (1.2 - a) - 24 * a * a * (1.2 - a); };
  Line line(value, slope);
  const auto step = HagerZhang{.curvature = 0.2}(line.search);
  REQUIRE(step.found);
  CHECK(line.value(step.length) < 0);
  CHECK(holds(line, step.length, 0.1, 0.2));
}

TEST_CASE("HagerZhang works on slopes where f no longer resolves the decrease") {
  Line line = parabola(1e6, 1e12);  // f is 10¹² to rounding wherever it falls
  const auto step = HagerZhang{}(line.search);
  REQUIRE(step.found);
  CHECK(line.slope(step.length) <= 0.8);
  CHECK(line.slope(step.length) >= -0.9);
}

TEST_CASE("HagerZhang tries a tenth of the way after a trial outside the domain") {
  Line line([](double a) { return a < 0.02 ? 0.5 * 80 * a * a - a : NAN; },
            [](double a) { return 80 * a - 1; });
  CHECK(HagerZhang{}(line.search).length == Approx(0.01));
  REQUIRE(line.phi.tried.size() == 4);
  CHECK(line.phi.tried[2] == Approx(0.1));
  CHECK(line.phi.tried[3] == Approx(0.01));
}

TEST_CASE("HagerZhang's secant step ends on a parabola") {
  Line line = parabola(3);
  CHECK(HagerZhang{}(line.search).length == Approx(1.0 / 3).epsilon(1e-15));
  CHECK(line.phi.tried.size() == 3);
}

TEST_CASE("HagerZhang bisects an interval whose far end is high but still falling") {
  // The ridge between the valleys lies at 0.6, and φ(½) is on its near side, above φ(0).
  const auto value = [](double a) { return -a + 12 * a * a * (1.2 - a) * (1.2 - a); };
  const auto slope = [](double a) { return -1 + 24 * a * (1.2 - a) * (1.2 - a) - 24 * a * a * (1.2 - a); };
  Line line([=](double a) { return a > 0.9 ? 0.5 - 0.1 * (a - 1) : value(a); },
            [=](double a) { return a > 0.9 ? -0.1 : slope(a); });
  const auto step = HagerZhang{.curvature = 0.2}(line.search);
  REQUIRE(step.found);
  REQUIRE(line.phi.tried.size() >= 3);
  CHECK(line.phi.tried[1] == 1);
  CHECK(line.phi.tried[2] == 0.5);
  CHECK(line.value(step.length) < 0);
  CHECK(holds(line, step.length, 0.1, 0.2));
  CHECK(step.length < 0.5);
}

TEST_CASE("HagerZhang halves an interval that secants shrink too little") {
  // φ′ = −1 up to ½, then rises as a cube to 1e3 at α = 1: the secant of the slopes stays near 0.
  const auto over = [](double a) { return std::max(a - 0.5, 0.0); };
  Line line([=](double a) { return -a + 2002 * std::pow(over(a), 4) * 2; },
            [=](double a) { return -1 + 16016 * std::pow(over(a), 3); });
  const auto step = HagerZhang{.curvature = 0.1}(line.search);
  REQUIRE(step.found);
  CHECK(holds(line, step.length, 0.1, 0.1));
  CHECK(line.phi.tried.size() <= 16);
  bool halved = false;  // a trial in the middle of two earlier ones
  const auto& t = line.phi.tried;
  for (std::size_t k = 3; k < t.size(); ++k) {
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < i; ++j) halved = halved || t[k] == 0.5 * (t[i] + t[j]);
    }
  }
  CHECK(halved);
}

TEST_CASE(
    "HagerZhang returns the best it has when its trials are used up, and nothing where that is nothing") {
  Line falling = parabola(1e-6);
  CHECK(HagerZhang{.curvature = 0.1, .max_trials = 2}(falling.search).length == 25);
  Line once = parabola(1e-6);
  CHECK(HagerZhang{.curvature = 0.1, .max_trials = 1}(once.search).length == 1);
  Line rising = parabola(1e6);
  CHECK(!HagerZhang{.max_trials = 1}(rising.search));
  CHECK(rising.phi.tried.size() == 2);
}

TEST_CASE("HagerZhang measures slopes by the first, whatever its size") {
  for (const double size : {0.01, 100.0}) {
    // f = size·(c·x²/2 − x): d = size, φ′(0) = −size², and the boundary of σ lies where f′ = −σ·size
    const double at_boundary = 0.5, x = (1 - 0.9) / at_boundary;
    Line line([=](double a) { return size * (0.5 * at_boundary * a * a - a); },
              [=](double a) { return size * (at_boundary * a - 1); });
    const auto step = HagerZhang{}(line.search);
    REQUIRE(step.found);
    const double reached = step.length * size;
    CHECK(reached >= x * (1 - 1e-12));
    CHECK(at_boundary * reached - 1 <= 0.9);
    CHECK(0.5 * at_boundary * reached * reached - reached <= -0.1 * reached);
  }
}

namespace {

using Lengths = std::vector<double>;

/// The trials of a line whose f is `high` from `wall` on and −α before it, with the slopes given.
Lengths trials(double wall, std::function<double(double)> slope, const HagerZhang& policy = {}) {
  Line line([=](double a) { return a < wall ? -a : 1; }, std::move(slope));
  policy(line.search);
  REQUIRE(line.phi.tried.size() >= 4);
  return {line.phi.tried.begin() + 1, line.phi.tried.end()};
}

}  // namespace

TEST_CASE("HagerZhang squeezes by halving from the end that is kept, until a slope is not negative") {
  const auto falls_beyond = [](double a) { return a > 0.3 ? -0.1 : a < 0.2 ? -1.0 : 0.0; };
  CHECK(trials(0.3, falls_beyond) == Lengths{1, 0.5, 0.25});
  const auto low_half = [](double a) { return a > 0.6 ? -0.1 : a < 0.55 ? -1.0 : 0.0; };
  CHECK(trials(0.6, low_half) == Lengths{1, 0.5, 0.75, 0.625, 0.5625});
  // φ′(½) ≥ 0 ends it: then a secant step
  const Lengths rises = trials(0.4, [](double a) {
    return a > 0.9 ? -0.1 : a > 0.4 ? 0.5 : a > 0.3 ? 0 : -1;
  });
  CHECK(rises[2] == Approx(1.0 / 3));
  // a secant step that falls on the far side, too high and falling
  const Lengths far = trials(0.3, [](double a) { return a > 0.9 ? 1 : a > 0.3 ? -0.2 : a > 0.2 ? 0 : -1; });
  CHECK(far[1] == 0.5);
  CHECK(far[2] == 0.25);
}

TEST_CASE("HagerZhang's secant steps are those of the interval and of the end that moved") {
  // [0, 1], slopes −1 and 4: c = 1/5, which becomes b; then the line through the slopes at 1 and 1/5
  const Lengths b = trials(0.05, [](double a) { return a == 0 ? -1 : a > 0.9 ? 4 : a > 0.19 ? 0.1 : 0; });
  CHECK(b[1] == Approx(0.2));
  CHECK(b[2] == Approx(0.7 / 3.9));
  // slopes −1 and 1: c = ½, which becomes a; then the line through the slopes at 0 and ½
  const Lengths a = trials(0.9, [](double t) { return t == 0  ? -1
                                                    : t > 0.9 ? 1
                                                    : t > 0.6 ? 0
                                                              : -0.4; },
                           {.curvature = 0.1});
  CHECK(a[1] == Approx(0.5));
  CHECK(a[2] == Approx(0.5 / 0.6));
  // no end moved by a second step where its secant is outside: the next is that of the new interval
  const Lengths twice = trials(0.4, [](double t) { return t == 0 ? -1 : t > 0.9 ? 1 : t > 0.4 ? 0.5 : 0; });
  CHECK(twice[1] == Approx(0.5));
  CHECK(twice[2] == Approx(1.0 / 3));
  // [1, 5] after an expansion, slopes −2 and 3
  const Lengths later = trials(4, [](double t) { return t == 0 ? -1 : t < 2 ? -2 : t > 4 ? 3 : 0; });
  CHECK(later[1] == 5);
  CHECK(later[2] == Approx(2.6));
}

TEST_CASE("HagerZhang keeps a hundredth of the interval away from both ends") {
  CHECK(trials(0.005, [](double a) { return a == 0 ? -1 : a > 0.9 ? 1e6 : 0; })[1] == Approx(0.01));
  CHECK(trials(0.5, [](double a) { return a == 0 ? -1 : a > 0.999 ? 1e-6 : 0; })[1] == Approx(0.99));
  const auto near_one = [](double a) { return a <= 1 ? -1 : a > 4.9 ? 1e6 : 0; };
  CHECK(trials(1.01, near_one)[2] == Approx(1.04));  // [1, 5]
  const auto near_five = [](double a) { return a <= 1 ? -1 : a > 4.999 ? 1e-6 : 0; };
  CHECK(trials(1.01, near_five)[2] == Approx(4.96));
}

TEST_CASE("HagerZhang halves an interval away from 0 too") {
  // on [1, 5] the secant of −1 and 19 is 1.2, and b − a falls from 4 to 3.8 only
  const Lengths t = trials(4.5, [](double a) { return a > 4.9 ? 19 : a > 2.5 ? 0 : -1; });
  CHECK(t[2] == Approx(1.2));
  CHECK(std::count(t.begin(), t.end(), Approx(0.5 * (1.2 + 5))) == 1);
}

TEST_CASE("HagerZhang comes back a tenth of the way to the last point inside the domain") {
  Line line([](double a) { return a < 2 ? -a : NAN; }, [](double a) { return a < 1.4 ? -1 : 0; });
  HagerZhang{}(line.search);
  REQUIRE(line.phi.tried.size() == 4);
  CHECK(line.phi.tried[2] == 5);
  CHECK(line.phi.tried[3] == Approx(1.4));
}

TEST_CASE("HagerZhang expands where f does not show that it falls, and stops at (2δ − 1)φ′(0)") {
  Line falling([](double) { return 5; }, [](double a) { return a < 20 ? -1 : 0.79; });
  CHECK(HagerZhang{}(falling.search).length == 25);
  CHECK(falling.phi.tried == Lengths{0, 1, 5, 25});
  for (const double size : {0.01, 1.0, 100.0}) {
    // f′ = ⁹⁄₁₀ of its size where the first trial falls: more than the 0.8 that δ = 0.1 allows
    Line steep([=](double) { return 100 * size; },
               [=](double x) { return x == 0  ? -size
                                    : x < 0.5 ? 0
                                              : 0.9 * size; });
    const auto step = HagerZhang{}(steep.search);
    REQUIRE(step.found);
    CHECK(steep.slope(step.length * size) < 0.9 * size);
  }
}

TEST_CASE("HagerZhang's conditions are relative to φ′(0), whatever its size") {
  for (const double size : {0.01, 100.0}) {
    const auto reached = [&](double c) {  // f = size·(½cx² − x); the first trial falls on x = 1
      Line line([=](double x) { return size * (0.5 * c * x * x - x); },
                [=](double x) { return size * (c * x - 1); });
      return HagerZhang{}(line.search).length * size;
    };
    CHECK(reached(0.05) > 1 + 1e-9);  // φ′(1) = 0.95φ′(0) < σφ′(0)
    CHECK(reached(1.9) < 1 - 1e-9);   // f falls by 0.05 of what the slope promised, δ asks 0.1
    CHECK(reached(0.11) == Approx(1));
    CHECK(reached(1.7) == Approx(1));
  }
}

TEST_CASE("HagerZhang finds nothing where f rises along d") {
  Line line([](double a) { return a; }, [](double) { return -1; });
  CHECK(!HagerZhang{}(line.search));
  CHECK(line.phi.tried.size() <= 52);
}

TEST_CASE("HagerZhang names the option that is out of range") {
  CHECK(rejects([] { HagerZhang{.decrease = 0}.validate(); }, {"HagerZhang.decrease = 0"}));
  CHECK(rejects([] { HagerZhang{.decrease = 0.5}.validate(); }, {"HagerZhang.decrease = 0.5"}));
  CHECK(rejects([] { HagerZhang{.curvature = 0.05}.validate(); }, {"HagerZhang.curvature = 0.05"}));
  CHECK(rejects([] { HagerZhang{.curvature = 1}.validate(); }, {"HagerZhang.curvature = 1"}));
  CHECK(rejects([] { HagerZhang{.expansion = 1}.validate(); }, {"HagerZhang.expansion = 1"}));
  CHECK(rejects([] { HagerZhang{.expansion = INFINITY}.validate(); }, {"HagerZhang.expansion"}));
  CHECK(rejects([] { HagerZhang{.shrink = 1}.validate(); }, {"HagerZhang.shrink = 1"}));
  CHECK(rejects([] { HagerZhang{.max_trials = 0}.validate(); }, {"HagerZhang.max_trials = 0"}));
  CHECK_NOTHROW(HagerZhang{.decrease = 0.1, .curvature = 0.1, .expansion = 1.5, .max_trials = 1}.validate());
}
