// SPDX-License-Identifier: MIT
#include "natgrad/step/barzilai_borwein.hpp"

#include "natgrad/optimizer/gradient_descent.hpp"
#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"
#include <natgrad/core/minimize.hpp>
#include <natgrad/objective/quadratic.hpp>

#include <algorithm>
#include <cmath>
#include <deque>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;
using Vector4d = Eigen::Vector4d;

namespace {

struct Point {
  Vector4d x, g;
  double value, step;
};

/// What of a Search BarzilaiBorwein reads; f(α) = 9.8 for every α.
struct At {
  using Scalar = double;
  using Step = natgrad::Step<double>;
  double here;
  double value() const { return here; }
  double value(double) const { return 9.8; }
  double slope() const { return -2; }
  double secant_length() const { return 0.5; }
  double initial_length() const { return 0.5; }
  Index iteration() const { return here == 10 ? 0 : 1; }
  bool usable(double) const { return true; }
  bool sufficient(double, double) const { return false; }
};

std::vector<Point> points(const auto& f, const Vector4d& x0, const BarzilaiBorwein& policy) {
  std::vector<Point> all;
  minimize(f, x0, GradientDescent{policy}, StopWhen{.gradient_norm = 1e-10, .max_iterations = 400},
           [&](const auto& now) {
             all.push_back({now.x, now.gradient, now.value, now.step});
           });
  return all;
}

}  // namespace

TEST_CASE("BarzilaiBorwein's step is sᵀs/sᵀy of the last one") {
  const Quadratic f(Eigen::Matrix4d(Vector4d{3, 5, 11, 40}.asDiagonal()), Vector4d{1, 2, 3, 4});
  const std::vector<Point> all = points(f, Vector4d{5, -3, 2, 1}, {});
  REQUIRE(all.size() > 5);
  int exact = 0;
  for (std::size_t k = 2; k < all.size() && all[k - 1].g.norm() > 1e-6; ++k) {
    const Vector4d s = all[k - 1].x - all[k - 2].x, y = all[k - 1].g - all[k - 2].g;
    const double length = s.squaredNorm() / s.dot(y);
    // A step that rises above the last ten values is cut by 4; on this quadratic that is rare.
    if (std::abs(all[k].step - length) <= 1e-9 * length) ++exact;
  }
  CHECK(exact >= 8);
  CHECK(all[1].step == Approx(0.01 * 5 / all[0].g.cwiseAbs().maxCoeff()));  // no step to learn from
  const Vector4d s = all[1].x - all[0].x, y = all[1].g - all[0].g;
  CHECK(all[2].step == Approx(s.squaredNorm() / s.dot(y)));
}

TEST_CASE("BarzilaiBorwein never rises above the largest of its last values") {
  const Quadratic f(Eigen::Matrix4d(Vector4d{1, 7, 60, 300}.asDiagonal()), Vector4d::Zero().eval());
  for (const int memory : {1, 4, 10}) {
    const std::vector<Point> all = points(f, Vector4d{100, 3, 2, 1}, {.memory = memory});
    CHECK(all.back().g.cwiseAbs().maxCoeff() <= 1e-10);
    bool rose = false;
    for (std::size_t k = 1; k < all.size(); ++k) {
      double highest = all[k - 1].value;
      for (int back = 1; back <= memory && back <= static_cast<int>(k); ++back) {
        highest = std::max(highest, all[k - static_cast<std::size_t>(back)].value);
      }
      CHECK(all[k].value <= highest);
      rose = rose || all[k].value > all[k - 1].value;
    }
    CHECK(rose == (memory > 1));
  }
}

TEST_CASE("BarzilaiBorwein cuts a step that does not lower f by 4") {
  Line line = parabola(50);
  const BarzilaiBorwein policy;
  auto run = policy.start<double>();
  CHECK(run(line.search).length == 0.015625);
  Line rising([](double a) { return a; }, [](double) { return -1; });
  const BarzilaiBorwein brief{.max_trials = 5};
  auto other = brief.start<double>();
  CHECK(!other(rising.search));
  CHECK(rising.phi.tried.size() == 6);
}

TEST_CASE("BarzilaiBorwein asks for a decrease below the largest of its last values") {
  Line line = parabola(1.5);  // φ(1) = −0.25 is lower, but not by 0.4
  CHECK(BarzilaiBorwein{.sufficient_decrease = 0.4}.start<double>()(line.search).length == 0.25);
}

TEST_CASE("BarzilaiBorwein's first value is its first bound") {
  Line line = parabola(4, -5);  // φ(1) = −4 is above −5, and below 0
  CHECK(BarzilaiBorwein{}.start<double>()(line.search).length == 0.25);
}

TEST_CASE("BarzilaiBorwein's bound is the largest value + c₁αφ′(0)") {
  const BarzilaiBorwein policy{.sufficient_decrease = 0.4};
  auto run = policy.start<double>();
  At high{10}, low{0};
  CHECK(run(high).length == 0.125);  // 10 − 0.4·½·2 = 9.6, 10 − 0.4·⅛·2 = 9.9
  CHECK(run(low).length == 0.125);
}

TEST_CASE("BarzilaiBorwein names the option that is out of range") {
  using B = BarzilaiBorwein;
  CHECK(rejects([] { B{.sufficient_decrease = 0}.validate(); }, {"BarzilaiBorwein.sufficient_decrease = 0"}));
  CHECK(rejects([] { B{.sufficient_decrease = 0.5}.validate(); },
                {"BarzilaiBorwein.sufficient_decrease = 0.5"}));
  CHECK(rejects([] { B{.memory = 0}.validate(); }, {"BarzilaiBorwein.memory = 0"}));
  CHECK(rejects([] { B{.memory = 33}.validate(); }, {"BarzilaiBorwein.memory = 33"}));
  CHECK(rejects([] { B{.max_trials = 0}.validate(); }, {"BarzilaiBorwein.max_trials = 0"}));
  CHECK_NOTHROW(B{.memory = 32, .max_trials = 1}.validate());
}
