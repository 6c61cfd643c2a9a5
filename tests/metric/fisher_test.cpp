// SPDX-License-Identifier: MIT
// What holds for every kind of Fisher matrix in every form.
#include "fisher/score_table.hpp"
#include "metric/any_kind.hpp"
#include "support/catch.hpp"

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// Calls check(solve, name) for every form that takes scores, each with the given damping of its own.
template <class Check>
void for_each_form(double damping, const Check& check) {
  check(Dense{.damping = damping}, "dense");
  check(Dual{.damping = damping}, "dual");
  check(ConjugateGradient{.damping = damping, .tolerance = 1e-14}, "conjugate gradients");
  check(Diagonal{.damping = damping}, "diagonal");
  check(BlockDiagonal{.damping = damping, .sizes = {2, 3}}, "blocks");
  check(Qr{.damping = damping}, "QR");
}

Matrix penalty() { return Vector{{0.1, 0.0, 0.4, 0.2, 0.3}}.asDiagonal(); }

/// x_j → c_j·x_j divides scores by c_j.
ScoreTable in_units(const ScoreTable& f, const Vector& c) {
  const Vector inverse = c.cwiseInverse();
  return {f.S * inverse.asDiagonal(), f.weights, inverse.asDiagonal() * f.P * inverse.asDiagonal()};
}

}  // namespace

TEST_CASE("The exact forms agree, whatever the kind") {
  const ScoreTable f{normal_matrix(12, 5, 1), normal_matrix(12, 1, 2).cwiseAbs(), penalty()};
  const Vector x = Vector::LinSpaced(5, -1, 1);
  for (int kind = 0; kind < 4; ++kind) {
    CAPTURE(kind_name(kind));
    auto dense = prepared(f, AnyKind{kind}, Dense{}, x);
    auto dual = prepared(f, AnyKind{kind}, Dual{}, x);
    auto conjugate = prepared(f, AnyKind{kind}, ConjugateGradient{.tolerance = 1e-14}, x);
    auto qr = prepared(f, AnyKind{kind}, Qr{}, x);
    for (const double lambda : {1e-3, 0.0, 10.0}) {
      REQUIRE((dense.solve(lambda) && dual.solve(lambda) && conjugate.solve(lambda) && qr.solve(lambda)));
      CHECK(relative_error(dual.d, dense.d) < 1e-8);
      CHECK(relative_error(conjugate.d, dense.d) < 1e-9);
      CHECK(relative_error(qr.d, dense.d) < 1e-11);
    }
  }
}

TEST_CASE("Weights act as so many copies of a row, in every kind and form") {
  const ScoreTable weighted{normal_matrix(6, 5, 3), Vector{{1, 3, 2, 0, 1, 4}}, penalty()};
  ScoreTable copies{Matrix(11, 5), {}, penalty()};
  Index row = 0;
  for (Index i = 0; i < 6; ++i) {
    for (int k = 0; k < static_cast<int>(weighted.weights[i]); ++k) copies.S.row(row++) = weighted.S.row(i);
  }
  REQUIRE(row == 11);
  for_each_form(0.1, [&](const auto& solve, const char* form) {
    for (int kind = 0; kind < 4; ++kind) {
      CAPTURE(form, kind_name(kind));
      auto a = prepared(weighted, AnyKind{kind}, solve, Vector::Ones(5));
      auto b = prepared(copies, AnyKind{kind}, solve, Vector::Ones(5));
      REQUIRE((a.solve(0) && b.solve(0)));
      CHECK(relative_error(a.d, b.d) < 1e-10);
      CHECK(a.state.curvature() == Approx(b.state.curvature()).epsilon(1e-10));
    }
  });
}

TEST_CASE("All that a step policy sees is free of the units of x, in every kind and form") {
  const ScoreTable f{normal_matrix(12, 5, 4), {}, penalty()};
  const Vector c{{1e-3, 7.0, 1.0, 250.0, 1e4}};
  const ScoreTable g = in_units(f, c);
  const Vector x = Vector::LinSpaced(5, -1, 1);
  for_each_form(0.02, [&](const auto& solve, const char* form) {
    for (int kind = 0; kind < 4; ++kind) {
      CAPTURE(form, kind_name(kind));
      auto a = prepared(f, AnyKind{kind}, solve, x);
      auto b = prepared(g, AnyKind{kind}, solve, c.cwiseProduct(x));
      CHECK(a.state.dual_norm(a.at.gradient) == Approx(b.state.dual_norm(b.at.gradient)).epsilon(1e-10));
      CHECK(a.state.scaled_square(a.at.x) == Approx(b.state.scaled_square(b.at.x)).epsilon(1e-10));
      const auto same = [&] {
        CHECK(relative_error(b.d.cwiseQuotient(c), a.d) < 1e-9);
        CHECK(a.state.curvature() == Approx(b.state.curvature()).epsilon(1e-8));
        CHECK(a.state.scaled_norm() == Approx(b.state.scaled_norm()).epsilon(1e-8));
      };
      for (const double lambda : {0.0, 0.3}) {
        REQUIRE((a.solve(lambda) && b.solve(lambda)));
        same();
      }
      const double radius = 0.2 * a.state.scaled_norm();
      REQUIRE((a.within(radius) && b.within(radius)));
      same();
      REQUIRE((a.descend() && b.descend()));
      same();
    }
  });
}

TEST_CASE("With D = I, damping does depend on the units: the audit can fail") {
  const ScoreTable f{normal_matrix(12, 5, 5), {}, penalty()};
  const Vector c{{1e-3, 7.0, 1.0, 250.0, 1e4}};
  auto a = prepared(f, EmpiricalFisher{}, Dense{.scale_free = false}, Vector::Ones(5));
  auto b = prepared(in_units(f, c), EmpiricalFisher{}, Dense{.scale_free = false}, c);
  REQUIRE((a.solve(0.3) && b.solve(0.3)));
  CHECK(relative_error(b.d.cwiseQuotient(c), a.d) > 0.1);
}

TEST_CASE("Only the uncentred empirical Fisher says so") {
  using F = ScoreTable;
  const auto uncentred = [](const auto& metric) {
    return decltype(metric.template start<F, Vector>(std::declval<const F&>(),
                                                     std::declval<const Vector&>()))::is_uncentred_empirical;
  };
  CHECK(uncentred(Fisher<EmpiricalFisher, Dual>{}));
  CHECK(uncentred(Fisher<EmpiricalFisher, Automatic>{}));
  CHECK(uncentred(Fisher<MovingAverage<EmpiricalFisher>, Diagonal>{}));
  CHECK_FALSE(uncentred(Fisher<CenteredFisher, Dense>{}));
  CHECK_FALSE(uncentred(Fisher<MonteCarloFisher, Dense>{}));
  CHECK_FALSE(uncentred(Fisher<BestFisher, Dense>{}));
}
