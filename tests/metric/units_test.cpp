// SPDX-License-Identifier: MIT
// A run in other units is the same run: every kind, form and step policy that takes D = diag M.
#include "fisher/score_table.hpp"
#include "metric/any_kind.hpp"
#include "support/catch.hpp"

using namespace natgrad;
using namespace natgrad::test;

namespace {

using Fit = LogisticRegression<KeptFeatures<const Matrix&>>;

/// The same data with every column in other units.
struct TwoUnits {
  Matrix X = normal_matrix(40, 4, 1);
  Vector c{{1e-3, 7.0, 1.0, 250.0}};
  Matrix scaled = X * c.cwiseInverse().asDiagonal();
  Vector y = (X * Vector{{1.0, -2.0, 0.5, 0.0}} + normal_matrix(40, 1, 2)).unaryExpr([](double m) {
    return m > 0 ? 1.0 : 0.0;
  });
  Fit a{X, y}, b{scaled, y};
};

template <class Policy, class Solve>
void check_same_run(const Policy& policy, const Solve& solve, const char* form) {
  const TwoUnits data;
  const StopWhen stop{.gradient_norm = 0, .max_iterations = 4};
  for (int kind = 0; kind < 4; ++kind) {
    CAPTURE(form, kind_name(kind));
    const NaturalGradient optimizer{AnyKind{kind}, policy, solve};
    const auto a = minimize(data.a, data.a.start(), optimizer, stop);
    const auto b = minimize(data.b, data.b.start(), optimizer, stop);
    CHECK(a.iterations == 4);
    CHECK(b.iterations == 4);
    CHECK(a.counts.values == b.counts.values);
    // the gradient falls by up to 1e-5 in four steps, so that rounding grows to 1e-9 of the step
    CHECK(relative_error(b.x.cwiseQuotient(data.c), a.x) < 1e-7);
    CHECK(a.value == Approx(b.value).epsilon(1e-12));
  }
}

template <class Policy>
void check_every_form(const Policy& policy) {
  check_same_run(policy, Dense{.damping = 0.1}, "dense");
  check_same_run(policy, Dual{.damping = 0.1}, "dual");
  check_same_run(policy, ConjugateGradient{.damping = 0.1}, "conjugate gradients");
  check_same_run(policy, Diagonal{.damping = 0.1}, "diagonal");
  check_same_run(policy, BlockDiagonal{.damping = 0.1, .sizes = {2, 2}}, "blocks");
  check_same_run(policy, Qr{.damping = 0.1}, "QR");
}

}  // namespace

TEST_CASE("Levenberg-Marquardt damping does not see the units of x") {
  check_every_form(LevenbergMarquardt{});
}
TEST_CASE("A trust region does not see the units of x") { check_every_form(TrustRegion{}); }
TEST_CASE("A KL radius does not see the units of x") { check_every_form(KlRadius{.radius = 0.05}); }
TEST_CASE("Armijo's search does not see the units of x") { check_every_form(Armijo{}); }
