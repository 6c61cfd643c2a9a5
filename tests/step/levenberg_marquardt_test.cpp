// SPDX-License-Identifier: MIT
#include "natgrad/step/levenberg_marquardt.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"
#include <natgrad/core/minimize.hpp>
#include <natgrad/objective/function.hpp>
#include <natgrad/optimizer/newton.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <type_traits>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// On a Line d = 1/(1 + λ): the reduction ratio of the step at λ.
template <class L>
double ratio(const L& line, double lambda) {
  const double d = 1 / (1 + lambda);
  return (line.value(0) - line.value(d)) / (d - 0.5 * d * d);
}

/// The λ of the steps accepted one after the other, each committed.
template <class L>
std::vector<double> dampings(L& line, const LevenbergMarquardt& policy, int steps) {
  auto run = policy.start<double>();
  std::vector<double> all;
  for (int k = 0; k < steps; ++k) {
    const auto step = run(line.search);
    if (!step || !line.search.accept(step)) break;
    CHECK(step.length == 1);
    all.push_back(step.damping);
  }
  return all;
}

/// The identity, where it passes for ∇²f.
struct UnitHessian : IdentityState<Vector1d> {
  static constexpr bool is_hessian = true;
};

}  // namespace

TEST_CASE("LevenbergMarquardt does not damp where the model is right") {
  Line line = parabola(1);
  CHECK(dampings(line, {}, 1) == std::vector<double>{0});
}

TEST_CASE(
    "LevenbergMarquardt lengthens the step where M is far too large, to the minimum of the parabola through "
    "f") {
  const double c = GENERATE(0.15, 0.05, 0.01);  // of M's 1
  CAPTURE(c);
  Line line = parabola(c);
  const LevenbergMarquardt policy;
  auto run = policy.start<double>();
  const auto first = run(line.search);
  REQUIRE(line.search.accept(first));
  CHECK(first.length == 1);
  const auto second = run(line.search);
  CHECK(second.damping == 0);
  CHECK(second.length == Approx(std::min(1 / c, 10.0)));  // ρ = 2 − c
  REQUIRE(line.search.accept(second));
  const auto third = run(line.search);
  // from the minimum at 1/c nothing is left; before it, the parabola is known
  if (c < 0.1) CHECK(third.length == Approx(1 / c));
}

TEST_CASE("LevenbergMarquardt goes back to α = 1 where the longer step does not pay, or λ has risen") {
  // Slope −1 to 2, then up steeply: the first step leads to 1 − and the longer one over the edge.
  Line line([](double a) { return a < 2 ? -a : -2 + 50 * (a - 2); },
            [](double a) { return a < 2 ? -1.0 : 50.0; });
  const LevenbergMarquardt policy;
  auto run = policy.start<double>();
  REQUIRE(line.search.accept(run(line.search)));  // ρ = 2
  line.phi.tried.clear();
  const auto second = run(line.search);
  CHECK(line.phi.tried.front() == Approx(11));  // α = 10 from 1, refused
  CHECK(second.length == 1);
}

TEST_CASE("LevenbergMarquardt raises λ from first_damping by 4, 8, 16 … or 1 − ρ until ρ > accept_ratio") {
  const double c = GENERATE(2.5, 10.0, 60.0, 1e4);
  CAPTURE(c);
  Line line = parabola(c);
  const std::vector<double> accepted = dampings(line, {.first_damping = 1e-3}, 1);
  std::vector<double> tried{0, 1e-3};
  for (double growth = 4; tried.size() < 20; growth *= 2) {
    const double missed = std::min(1 - ratio(line, tried.back()), 100.0);
    tried.push_back(tried.back() * std::max(growth, missed));
  }
  std::size_t first = 0;
  while (!(ratio(line, tried[first]) > 1e-4)) ++first;
  REQUIRE(accepted.size() == 1);
  CHECK(accepted[0] == Approx(tried[first]).epsilon(1e-12));
  CHECK(line.phi.tried.size() == 1 + first + 1);
}

TEST_CASE("LevenbergMarquardt raises λ by 4, 8, 16 … where f has no value, which says nothing of 1 − ρ") {
  Line line([](double a) { return a > 0.05 ? std::numeric_limits<double>::infinity() : 0.5 * a * a - a; },
            [](double a) { return a - 1; });
  const std::vector<double> accepted = dampings(line, {.first_damping = 1}, 1);
  REQUIRE(accepted.size() == 1);
  CHECK(accepted[0] == 32);  // 1, 4, 32: d = 1/(1 + λ) ≤ 0.05
}

TEST_CASE("LevenbergMarquardt's accept_ratio is a strict bound") {
  // ½cd² with c = 1.5 and d = 1: ρ = (1 − 0.75)/0.5 = ½ exactly; with c = 1.75 it is ¼ − 0, beyond what may be asked
  Line line = parabola(1.8125);  // ρ = 3/16
  CHECK(dampings(line, {.accept_ratio = 0.1875}, 1)[0] > 0);
  Line other = parabola(1.8125);
  CHECK(dampings(other, {.accept_ratio = std::nextafter(0.1875, 0)}, 1)[0] == 0);
}

TEST_CASE("LevenbergMarquardt scales λ by max(1/9, 1 − (2ρ − 1)³) after a step") {
  const auto next = []<class L = Line>(double c, double lambda, double offset = 0) {
    L line = parabola<L>(c, offset);
    const double rho = ratio(line, lambda);
    const std::vector<double> two = dampings(line, {.initial_damping = lambda}, 2);
    REQUIRE(two.size() == 2);
    CHECK(two[0] == lambda);
    const bool newton = !std::is_same_v<L, Line>;
    const double right = 2 * (newton && rho > 1 ? std::max(2 - rho, 0.8) : rho) - 1;
    CHECK(two[1] == Approx(lambda * std::max(1.0 / 9, 1 - right * right * right)).epsilon(1e-10));
    return two[1] / lambda;
  };
  CHECK(next(1, 0.5) == Approx(1.0 / 9));    // the model is right
  CHECK(next(0.9, 0.5) == Approx(1.0 / 9));  // or pessimistic
  CHECK(next(2, 2.0) > 1.0 / 9);             // it is half right
  CHECK(next(3.4, 0.9) > 1);                 // it is nearly wrong
  CHECK(next(1.06, 0.5) > 1.0 / 9);          // it is nearly right
  CHECK(next(2, 2.0, 1e10) > 1.0 / 9);       // f still shows ρ, though not to all digits

  const auto of_newton = [&](double c) { return next.operator()<LineIn<UnitHessian>>(c, 0.5); };
  CHECK(of_newton(1) == Approx(1.0 / 9));  // ∇²f is as good a model as it can be
  CHECK(of_newton(1.06) > 1.0 / 9);        // f falls a little less than it says,
  CHECK(of_newton(0.94) > 1.0 / 9);        // or a little more
  CHECK(of_newton(0) < 0.8);               // f falls far further: λ falls all the same
}

TEST_CASE("LevenbergMarquardt goes by ρ also where f shows it to few digits") {
  Line line = parabola(
      2, 1e12);  // f resolves 1e-4 of a decrease of 0.2: slopes would decide, and call the model right
  REQUIRE(line.search.is_blind(0.3));
  const std::vector<double> two = dampings(line, {.initial_damping = 2}, 2);
  REQUIRE(two.size() == 2);
  CHECK(two[1] == Approx(2 * 0.784).epsilon(0.01));  // ρ = 0.8
}

TEST_CASE("LevenbergMarquardt drops a λ below least_damping to 0") {
  Line line = parabola(1);
  CHECK(dampings(line, {.initial_damping = 8e-3, .least_damping = 1e-3}, 2) == std::vector<double>{8e-3, 0});
}

TEST_CASE("LevenbergMarquardt works on slopes where f no longer resolves the decrease") {
  Line right = parabola(1, 1e12);
  CHECK(dampings(right, {}, 1) == std::vector<double>{0});
  Line steep = parabola(10, 1e12);
  const std::vector<double> accepted = dampings(steep, {}, 1);
  REQUIRE(accepted.size() == 1);
  CHECK(std::abs(steep.slope(1 / (1 + accepted[0]))) <= 1);
  Line blind = parabola(1, 1e17);
  CHECK(dampings(blind, {}, 1) == std::vector<double>{0});
  CHECK(blind.phi.tried == std::vector<double>{0, 1});
}

TEST_CASE("LevenbergMarquardt takes ρ from the slopes where f no longer resolves the decrease") {
  // on a parabola they give what f would, though f = 1e17 shows nothing
  for (const double c : {1.0, 1.5, 3.0}) {
    Line shown = parabola(c), blind = parabola(c, 1e17);
    const std::vector<double> wanted = dampings(shown, {.initial_damping = 1}, 2);
    const std::vector<double> two = dampings(blind, {.initial_damping = 1}, 2);
    CAPTURE(c);
    REQUIRE(two.size() == 2);
    REQUIRE(wanted.size() == 2);
    CHECK(two[1] == Approx(wanted[1]));
  }
}

TEST_CASE("LevenbergMarquardt lowers a λ whose step is lost in the rounding of f") {
  Line line = parabola(1, 1e3);
  const std::vector<double> accepted = dampings(line, {.initial_damping = 1e30}, 1);
  REQUIRE(accepted.size() == 1);
  CHECK(accepted[0] < 1e20);
  CHECK(line.search.at().x[0] > 0);
}

TEST_CASE("LevenbergMarquardt keeps λ where it alone gives the step its length") {
  // M = 0: d = −g/λ, and each step is 9 times the last.
  const auto f =
      function([](const Vector1d& x) { return -x[0]; }, [](const Vector1d&, Vector1d& g) { g[0] = -1; },
               [](const Vector1d&, SquareMatrix<Vector1d>& H) { H.setZero(); });
  double last = 0, ratio = 0;
  minimize(f, Vector1d(0.0), Newton{}, StopWhen{.max_iterations = 40}, [&](const Progress<Vector1d>& now) {
    ratio = last > 0 ? now.damping / last : 0;
    last = now.damping;
  });
  CHECK(ratio == Approx(1.0 / 9));
  CHECK(last < 1e-30);
}

TEST_CASE("LevenbergMarquardt lowers a lost λ step by step, and never after it has raised one") {
  Line line = parabola(1, 1e3);
  CHECK(dampings(line, {.initial_damping = 1e30}, 1).at(0) > 1);
  // refused at d = 1e-8; at what follows f = 1e3 to rounding
  Line risen([](double a) { return a > 7e-9 ? 1e3 + 1 : 1e3; }, [](double) { return -1; });
  const LevenbergMarquardt policy{.initial_damping = 1e8, .max_trials = 12};
  auto run = policy.start<double>();
  CHECK(!run(risen.search));
  const auto& tried = risen.phi.tried;
  REQUIRE(tried.size() >= 3);
  CHECK(std::is_sorted(tried.begin() + 1, tried.end(), std::greater<>()));
}

TEST_CASE("LevenbergMarquardt starts a λ from first_damping where an undamped step was wrong") {
  const auto after = [](double c) {
    Line line = parabola(c);
    const std::vector<double> two = dampings(line, {.first_damping = 1e-3}, 2);
    REQUIRE(two.size() == 2);
    CHECK(two[0] == 0);
    return two[1];
  };
  CHECK(after(1.8) == Approx(1e-3 * 1.216));  // ρ = 0.2: 1 − (2ρ − 1)³ = 1.216
  CHECK(after(1.4) == 0);                     // ρ = 0.6: 0.992
}

TEST_CASE("LevenbergMarquardt drops a small λ by the length of the step, whatever the size of f") {
  // λ‖d‖² = 0.79 beside −½∇fᵀd = 50: λ does not give d its length
  Line line([](double a) { return 0.5 * a * a - 10 * a; }, [](double a) { return a - 10; });
  CHECK(dampings(line, {.initial_damping = 8e-3, .least_damping = 1e-3}, 2) == std::vector<double>{8e-3, 0});
}

TEST_CASE("LevenbergMarquardt forgets a λ that is above the first, and says whether it was") {
  const LevenbergMarquardt policy{.initial_damping = 0.5};
  auto run = policy.start<double>();
  CHECK(!run.forget());
  Line line = parabola(10);
  CHECK(run(line.search).damping > 0.5);
  CHECK(run.forget());
  CHECK(!run.forget());
}

TEST_CASE("LevenbergMarquardt finds nothing where f rises along d") {
  Line line([](double a) { return a; }, [](double) { return -1; });
  const auto policy = LevenbergMarquardt{.max_trials = 9};
  auto run = policy.start<double>();
  CHECK(!run(line.search));
  CHECK(line.phi.tried.size() == 10);
}

TEST_CASE("LevenbergMarquardt names the option that is out of range") {
  using L = LevenbergMarquardt;
  CHECK(rejects([] { L{.initial_damping = -1}.validate(); }, {"LevenbergMarquardt.initial_damping = -1"}));
  CHECK(rejects([] { L{.initial_damping = INFINITY}.validate(); }, {"LevenbergMarquardt.initial_damping"}));
  CHECK(rejects([] { L{.first_damping = 0}.validate(); }, {"LevenbergMarquardt.first_damping = 0"}));
  CHECK(rejects([] { L{.accept_ratio = 0.25}.validate(); }, {"LevenbergMarquardt.accept_ratio = 0.25"}));
  CHECK(rejects([] { L{.accept_ratio = -1}.validate(); }, {"LevenbergMarquardt.accept_ratio = -1"}));
  CHECK(rejects([] { L{.least_damping = NAN}.validate(); }, {"LevenbergMarquardt.least_damping"}));
  CHECK(rejects([] { L{.max_trials = 0}.validate(); }, {"LevenbergMarquardt.max_trials = 0"}));
  CHECK_NOTHROW(L{.initial_damping = 1, .max_trials = 1}.validate());
}
