// SPDX-License-Identifier: MIT
// What D of λD and of ‖·‖_D is after a step to a point where diag M is smaller.
#include "natgrad/metric/scale.hpp"

#include "fisher/score_table.hpp"
#include "support/catch.hpp"
#include "support/models.hpp"

#include <Eigen/LU>

#include <cmath>

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// Scores diag(x)·S: F = diag(x)·SᵀS·diag(x)/n, whose diagonal is as large as x is.
struct Fading {
  Matrix S = normal_matrix(12, 4, 3);

  Index sample_count() const { return S.rows(); }
  double value(const Vector& x) const { return 0.25 * x.array().pow(4).sum(); }
  void gradient(const Vector& x, Vector& g) const { g = x.array().cube(); }
  void hessian(const Vector& x, Matrix& H) const { H = Vector(3 * x.array().square()).asDiagonal(); }
  void scores(const Vector& x, Index first, Rows& out) const {
    out = S.middleRows(first, out.rows()) * x.asDiagonal();
  }
  Matrix fisher(const Vector& x) const {
    const Matrix scores = S * x.asDiagonal();
    return scores.transpose() * scores / 12.0;
  }
};

/// −(M + λD)⁻¹g
Vector damped(const Matrix& M, const Vector& D, double lambda, const Vector& g) {
  return -(M + Matrix(lambda * D.asDiagonal())).fullPivLu().solve(g);
}

const Vector far{{3.0, -2.0, 0.5, 1.0}}, near{{2.9, 0.01, -0.02, 2.0}};

template <class Solve>
void go_near(const Solve& solve, double lambda, const Vector& D, bool forget = false) {
  const Fading f;
  auto m = prepared(f, EmpiricalFisher{}, solve, far);
  m.at.x = near;
  f.gradient(near, m.at.gradient);
  REQUIRE(m.state.prepare(m.evaluator, m.at));
  if (forget) {
    const auto factored_before = m.solve(lambda);  // what is known for the old D
    CHECK(factored_before);
    CHECK(m.state.forget());
    CHECK_FALSE(m.state.forget());
  }
  REQUIRE(m.solve(lambda));
  CHECK(relative_error(m.d, damped(f.fisher(near), D, 0.3, m.at.gradient)) < 1e-9);
  CHECK(m.state.scaled_norm() == Approx(std::sqrt(m.d.dot(D.asDiagonal() * m.d))).epsilon(1e-9));
}

}  // namespace

TEST_CASE("Where diag M shrinks, D follows by 13 % a step, in every form alike") {
  const Fading f;
  const Vector before = f.fisher(far).diagonal(), now = f.fisher(near).diagonal();
  const Vector D = now.cwiseMax(0.87 * before);
  REQUIRE((D.array() > 1.01 * now.array()).count() == 2);  // of two parameters, the others keep diag M
  SECTION("Cholesky") { go_near(Dense{}, 0.3, D); }
  SECTION("dual") { go_near(Dual{}, 0.3, D); }
  SECTION("conjugate gradients") { go_near(ConjugateGradient{.tolerance = 1e-14}, 0.3, D); }
  SECTION("QR") { go_near(Qr{}, 0.3, D); }
  SECTION("one block") { go_near(BlockDiagonal{}, 0.3, D); }
}

TEST_CASE("A metric that forgets has the D of the point, in every form alike") {
  const Vector now = Fading{}.fisher(near).diagonal();
  SECTION("Cholesky") { go_near(Dense{}, 0.3, now, true); }
  SECTION("dual") { go_near(Dual{}, 0.3, now, true); }
  SECTION("conjugate gradients") { go_near(ConjugateGradient{.tolerance = 1e-14}, 0.3, now, true); }
  SECTION("QR") { go_near(Qr{}, 0.3, now, true); }
  SECTION("one block") { go_near(BlockDiagonal{}, 0.3, now, true); }
  SECTION("whichever is chosen") { go_near(Automatic{}, 0.3, now, true); }
}

TEST_CASE("The user's own damping is by diag M of the point") {
  const Vector now = Fading{}.fisher(near).diagonal();
  SECTION("Cholesky") { go_near(Dense{.damping = 0.3}, 0, now); }
  SECTION("dual") { go_near(Dual{.damping = 0.3}, 0, now); }
  SECTION("conjugate gradients") { go_near(ConjugateGradient{.damping = 0.3, .tolerance = 1e-14}, 0, now); }
  SECTION("QR") { go_near(Qr{.damping = 0.3}, 0, now); }
}

TEST_CASE("A Hessian is damped by the diagonal that it has at the point") {
  const Fading f;
  Prepared<Fading, Hessian<Dense>> m(f, Hessian<Dense>{}, far);
  m.at.x = near;
  f.gradient(near, m.at.gradient);
  REQUIRE(m.state.prepare(m.evaluator, m.at));
  REQUIRE(m.solve(0.3));
  const Vector H = 3 * near.array().square();
  CHECK(relative_error(m.d, -m.at.gradient.cwiseQuotient(1.3 * H)) < 1e-12);
}

TEST_CASE("What an earlier point had for D is no part of the rounding of f") {
  const Fading f;
  const auto square = [&](const Vector& x) { return x.dot(f.fisher(near).diagonal().asDiagonal() * x); };
  const auto check = [&](auto&& m) {
    m.at.x = near;
    REQUIRE(m.state.prepare(m.evaluator, m.at));
    CHECK(m.state.scaled_square(near) == Approx(square(near)).epsilon(1e-12));
  };
  check(prepared(f, EmpiricalFisher{}, Dense{}, far));
  check(prepared(f, EmpiricalFisher{}, Dual{}, far));
  check(prepared(f, EmpiricalFisher{}, Qr{}, far));
}

TEST_CASE("Gauss–Newton does not run away along a parameter that has lost its influence") {
  for (const double start : {-1.0, 0.0, 1.0}) {
    const auto r = minimize(decays(), Vector{{start, 0, 0, 0.5}}, NaturalGradient{});
    INFO(r);
    CHECK(r.usable());
    CHECK(r.value < 1e-14);
  }
}
