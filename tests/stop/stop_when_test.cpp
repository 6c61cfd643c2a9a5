// SPDX-License-Identifier: MIT
#include "natgrad/stop/stop_when.hpp"

#include "support/catch.hpp"
#include "support/progress.hpp"
#include "support/rejects.hpp"

#include <cmath>
#include <limits>

using namespace natgrad;
using namespace natgrad::test;

namespace {

double below(double a) { return std::nextafter(a, -std::numeric_limits<double>::infinity()); }
double above(double a) { return std::nextafter(a, std::numeric_limits<double>::infinity()); }

bool converged(const StopWhen& rule, const Moment& moment) {
  return rule(moment.progress()) == Status::converged;
}

}  // namespace

TEST_CASE("gradient_norm: converged when ‖∇f‖∞ ≤ gradient_norm") {
  Moment moment;
  moment.gradient_norm = 0.25;
  CHECK(converged({.gradient_norm = 0.25}, moment));
  CHECK(converged({.gradient_norm = above(0.25)}, moment));
  CHECK(!converged({.gradient_norm = below(0.25)}, moment));
  moment.gradient_norm = 0;
  CHECK(converged({.gradient_norm = 0}, moment));
}

TEST_CASE("gradient_norm unset: 1e-8, or ½√ε where that is more") {
  Moment moment;
  moment.gradient_norm = 1e-8;
  CHECK(converged({}, moment));
  moment.gradient_norm = above(1e-8);
  CHECK(!converged({}, moment));

  Eigen::Vector2f x(1, 2), g(0, 0);
  Counts counts;
  Progress<Eigen::Vector2f> now{1, x, 0, g, 0, 1, 0, 0, 0, counts, &x, &x, nullptr, nullptr, nullptr};
  now.gradient_norm = 1.7e-4f;
  CHECK(StopWhen{}(now) == Status::converged);
  now.gradient_norm = 1.75e-4f;
  CHECK(!StopWhen{}(now));
}

TEST_CASE("a gradient that is NaN never converges") {
  Moment moment;
  moment.gradient_norm = NAN;
  CHECK(!converged({}, moment));
  CHECK(!converged({.gradient_norm = 1e300}, moment));
}

TEST_CASE("a tolerance that the user chose says so") {
  Moment moment;
  moment.gradient_norm = 1e-9;
  CHECK(StopWhen{.gradient_norm = 1e-8}.judge(moment.progress()).claim == Claim::gradient);
  CHECK(StopWhen{}.judge(moment.progress()).claim == Claim::gradient_by_default);
}

TEST_CASE("decrement: converged when ½·∇fᵀM⁻¹∇f ≤ decrement") {
  Moment moment;
  moment.decrement = 0.125;
  CHECK(converged({.decrement = 0.125}, moment));
  CHECK(!converged({.decrement = below(0.125)}, moment));
  CHECK(!converged({}, moment));
  moment.decrement = NAN;
  CHECK(!converged({.decrement = 1}, moment));
}

TEST_CASE("value_change: converged when |f(x) − f(previous x)| ≤ value_change·(f(x0) − f(x))") {
  Moment moment;
  moment.initial_value = 10;
  moment.value = 6;
  moment.value_change = -1;
  CHECK(converged({.value_change = 0.25}, moment));
  CHECK(!converged({.value_change = below(0.25)}, moment));
  moment.value_change = 1;  // a rise counts as much
  CHECK(converged({.value_change = 0.25}, moment));
  moment.iteration = 0;  // nothing has changed yet
  moment.value_change = 0;
  CHECK(!converged({.value_change = 0.25}, moment));
  moment.iteration = 3;
  CHECK(!converged({}, moment));
  moment.value = 11;  // above f(x0): no progress to compare with
  moment.value_change = 0.1;
  CHECK(!converged({.value_change = 0.25}, moment));
  moment.value = moment.initial_value;  // steps that are twice too long lead from one side to the other
  moment.value_change = 0;
  CHECK(!converged({.value_change = 0.25}, moment));
}

TEST_CASE("step_norm: converged when ‖x − previous x‖∞ ≤ step_norm·‖x − x0‖∞") {
  Moment moment;
  moment.start = {0, 0};
  moment.x = {4, -1};
  moment.previous = {3, -1.5};
  CHECK(converged({.step_norm = 0.25}, moment));
  CHECK(!converged({.step_norm = below(0.25)}, moment));
  moment.iteration = 0;
  CHECK(!converged({.step_norm = 0.25}, moment));
}

TEST_CASE("max_iterations, max_evaluations, max_seconds: when the figure reaches the limit") {
  Moment moment;
  moment.iteration = 7;
  CHECK(StopWhen{.max_iterations = 7}(moment.progress()) == Status::max_iterations);
  CHECK(!StopWhen{.max_iterations = 8}(moment.progress()));
  moment.counts.values = 20;
  CHECK(StopWhen{.max_evaluations = 20}(moment.progress()) == Status::max_evaluations);
  CHECK(!StopWhen{.max_evaluations = 21}(moment.progress()));
  moment.seconds = 1.5;
  CHECK(StopWhen{.max_seconds = 1.5}(moment.progress()) == Status::max_seconds);
  CHECK(!StopWhen{.max_seconds = above(1.5)}(moment.progress()));
}

TEST_CASE("a test that holds at a limit is believed, and the message names it") {
  Moment moment;
  moment.gradient_norm = 1e-9;
  const Verdict verdict = StopWhen{.max_iterations = 1}.judge(moment.progress());
  CHECK(verdict.status == Status::converged);
  CHECK(verdict.claim == Claim::certain);
  CHECK(std::string(verdict.reason.bound_name) == "gradient_norm");
  CHECK(verdict.reason.measured == 1e-9);
  CHECK(verdict.reason.bound == 1e-8);
}

TEST_CASE("the limits are the run's budget") {
  const Budget budget = StopWhen{.max_evaluations = 5, .max_seconds = 2}.budget();
  CHECK(budget.evaluations == 5);
  CHECK(budget.seconds == 2);
  CHECK(StopWhen{}.budget().evaluations == std::numeric_limits<Index>::max());
}

TEST_CASE("StopWhen's members stand in the order of the documentation") {
  const StopWhen all{1e-3, 1e-4, 1e-5, 1e-6, 7, 8, 9.0};
  CHECK(all.gradient_norm == 1e-3);
  CHECK(all.decrement == 1e-4);
  CHECK(all.value_change == 1e-5);
  CHECK(all.step_norm == 1e-6);
  CHECK(all.max_iterations == 7);
  CHECK(all.max_evaluations == 8);
  CHECK(all.max_seconds == 9);
}

TEST_CASE("StopWhen names the option that is out of range") {
  CHECK(rejects([] { StopWhen{.gradient_norm = -1}.validate(); }, {"StopWhen.gradient_norm = -1"}));
  CHECK(rejects([] { StopWhen{.gradient_norm = NAN}.validate(); }, {"StopWhen.gradient_norm"}));
  CHECK(rejects([] { StopWhen{.decrement = -1}.validate(); }, {"StopWhen.decrement = -1"}));
  CHECK(rejects([] { StopWhen{.value_change = NAN}.validate(); }, {"StopWhen.value_change"}));
  CHECK(rejects([] { StopWhen{.step_norm = -2}.validate(); }, {"StopWhen.step_norm = -2"}));
  CHECK(rejects([] { StopWhen{.max_iterations = -1}.validate(); }, {"StopWhen.max_iterations = -1"}));
  CHECK(rejects([] { StopWhen{.max_evaluations = 0}.validate(); }, {"StopWhen.max_evaluations = 0"}));
  CHECK(rejects([] { StopWhen{.max_seconds = -1}.validate(); }, {"StopWhen.max_seconds = -1"}));
  CHECK(rejects([] { StopWhen{.max_seconds = NAN}.validate(); }, {"StopWhen.max_seconds"}));
  CHECK_NOTHROW(StopWhen{.gradient_norm = 0, .max_iterations = 0, .max_seconds = 0}.validate());
}
