// SPDX-License-Identifier: MIT
#include "natgrad/stop/any_of.hpp"

#include "support/catch.hpp"
#include "support/progress.hpp"
#include "support/rejects.hpp"
#include <natgrad/core/minimize.hpp>
#include <natgrad/objective/function.hpp>
#include <natgrad/optimizer/gradient_descent.hpp>
#include <natgrad/step/fixed_step.hpp>

#include <optional>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::Vector2d;

namespace {

using Answer = std::optional<Status>;

struct Says {
  using StopRuleOperand = void;
  Answer answer;
  Claim claim = Claim::certain;
  const char* remark = "";
  template <class V>
  Verdict judge(const Progress<V>&) const {
    return {answer, claim, {.remark = remark}};
  }
};

Answer after_five(const Progress<Vector2d>& now) {
  return now.iteration >= 5 ? Answer(Status::stopped) : Answer();
}

const auto bowl = function([](const Vector2d& x) { return 0.5 * x.squaredNorm(); },
                           [](const Vector2d& x, Vector2d& g) { g = x; });

}  // namespace

TEST_CASE("a | b ends the run when either says so") {
  const Moment moment;
  const auto now = moment.progress();
  CHECK(!(Says{} | Says{})(now));
  CHECK((Says{Status::converged} | Says{})(now) == Status::converged);
  CHECK((Says{} | Says{Status::stopped})(now) == Status::stopped);
}

TEST_CASE("a | b: what is certain goes before what may be doubted, and the first before the second") {
  const Moment moment;
  const auto now = moment.progress();
  const Says doubtful{Status::converged, Claim::gradient}, certain{Status::max_iterations};
  CHECK((doubtful | certain)(now) == Status::max_iterations);
  CHECK((certain | doubtful)(now) == Status::max_iterations);
  CHECK((Says{Status::stopped} | certain)(now) == Status::stopped);
  const Says other{Status::converged, Claim::gradient_by_default};
  CHECK((doubtful | other).judge(now).claim == Claim::gradient);
}

TEST_CASE("a & b ends the run when both say so, and prefers to say converged") {
  const Moment moment;
  const auto now = moment.progress();
  CHECK(!(Says{} & Says{Status::stopped})(now));
  CHECK(!(Says{Status::stopped} & Says{})(now));
  CHECK((Says{Status::stopped} & Says{Status::converged})(now) == Status::converged);
  CHECK((Says{Status::converged} & Says{Status::stopped})(now) == Status::converged);
  CHECK((Says{Status::stopped} & Says{Status::max_seconds})(now) == Status::stopped);
}

TEST_CASE("the budget of a | b is the smaller, that of a & b the larger") {
  const StopWhen a{.max_evaluations = 5, .max_seconds = 7}, b{.max_evaluations = 9, .max_seconds = 2};
  CHECK((a | b).budget().evaluations == 5);
  CHECK((a | b).budget().seconds == 2);
  CHECK((a & b).budget().evaluations == 9);
  CHECK((a & b).budget().seconds == 7);
  CHECK((a | after_five).budget().evaluations == 5);
  CHECK((a & after_five).budget().evaluations == std::numeric_limits<Index>::max());
}

TEST_CASE("both sides are validated") {
  const StopWhen bad{.max_iterations = -3};
  CHECK(rejects([&] { (bad | StopWhen{}).validate(); }, {"StopWhen.max_iterations = -3"}));
  CHECK(rejects([&] { (StopWhen{} & bad).validate(); }, {"StopWhen.max_iterations = -3"}));
  CHECK(rejects([&] { minimize(bowl, Vector2d(1, 1), GradientDescent{}, after_five | (StopWhen{} & bad)); },
                {"StopWhen.max_iterations = -3"}));
}

TEST_CASE("a rule is a function, a lambda, an object with state, on either side") {
  const Vector2d x0(3, 4);
  const GradientDescent slow{FixedStep{0.1}};
  const StopWhen limit{.max_iterations = 50};
  CHECK(minimize(bowl, x0, slow, after_five).iterations == 5);
  CHECK(minimize(bowl, x0, slow, &after_five).status == Status::stopped);
  CHECK(minimize(bowl, x0, slow, limit | after_five).iterations == 5);
  CHECK(minimize(bowl, x0, slow, after_five | limit).iterations == 5);
  const auto third_call = [calls = 0](const Progress<Vector2d>&) mutable {
    return ++calls == 3 ? Answer(Status::converged) : Answer();
  };
  for (int run = 0; run < 2; ++run) {  // the rule is the run's own copy
    const auto r = minimize(bowl, x0, slow, limit | third_call);
    CHECK(r.iterations == 2);
    CHECK(r.converged());
    CHECK(r.message.contains("a stop rule of yours"));
  }
}

TEST_CASE("a rule without a limit of its own still ends, and a limit joined by & waits") {
  const Vector2d x0(3, 4);
  const auto r = minimize(
      bowl, x0, GradientDescent{FixedStep{0.1}},
      StopWhen{.max_iterations = 3} & [](const Progress<Vector2d>& now) {
        return now.iteration >= 8 ? Answer(Status::stopped) : Answer();
      });
  CHECK(r.iterations == 8);
}
