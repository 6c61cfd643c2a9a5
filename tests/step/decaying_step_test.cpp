// SPDX-License-Identifier: MIT
#include "natgrad/step/decaying_step.hpp"

#include "support/catch.hpp"
#include "support/line.hpp"
#include "support/rejects.hpp"

#include <cmath>

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// What of a Search DecayingStep reads, at any iteration.
struct At {
  using Scalar = double;
  using Step = natgrad::Step<double>;
  Index k;
  Index iteration() const { return k; }
  double contract(double alpha) const { return alpha; }
};

double length(const DecayingStep& policy, Index k) {
  At at{k};
  return policy(at).length;
}

}  // namespace

TEST_CASE("DecayingStep is step/(1 + k/half_life)^power") {
  CHECK(length({.step = 0.8}, 0) == 0.8);
  CHECK(length({.step = 0.8, .power = 1, .half_life = 10}, 10) == 0.4);
  CHECK(length({.step = 0.8, .power = 1, .half_life = 10}, 30) == 0.2);
  CHECK(length({.step = 0.8, .power = 0.5, .half_life = 5}, 15) == 0.4);
  CHECK(length({.step = 0.8, .power = 0, .half_life = 5}, 1000) == 0.8);
}

TEST_CASE("DecayingStep with step = power = half_life = 1 is the running mean's 1/(k + 1)") {
  for (Index k = 0; k < 50; ++k) {
    CHECK(length({.step = 1, .power = 1, .half_life = 1}, k) == Approx(1.0 / double(k + 1)).epsilon(1e-15));
  }
}

TEST_CASE("DecayingStep is halved away from a point where f is not finite") {
  Line line([](double a) { return -std::log1p(-a) - 2 * a; }, [](double a) { return 1 / (1 - a) - 2; });
  CHECK(DecayingStep{.step = 2}(line.search).length == 0.5);
}

TEST_CASE("DecayingStep names the option that is out of range") {
  CHECK(rejects([] { DecayingStep{.step = 0}.validate(); }, {"DecayingStep.step = 0"}));
  CHECK(rejects([] { DecayingStep{.step = NAN}.validate(); }, {"DecayingStep.step"}));
  CHECK(rejects([] { DecayingStep{.power = -1}.validate(); }, {"DecayingStep.power = -1"}));
  CHECK(rejects([] { DecayingStep{.power = INFINITY}.validate(); }, {"DecayingStep.power"}));
  CHECK(rejects([] { DecayingStep{.half_life = 0}.validate(); }, {"DecayingStep.half_life = 0"}));
  CHECK_NOTHROW(DecayingStep{.power = 0, .half_life = 0.5}.validate());
}
