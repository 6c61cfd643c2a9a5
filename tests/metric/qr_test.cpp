// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/algebra.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

using namespace natgrad;
using namespace natgrad::test;

namespace {

auto triangular(const ScoreTable& f, const Vector& x, Qr options = {}) {
  return prepared(f, EmpiricalFisher{}, options, x);
}

}  // namespace

TEST_CASE("The QR solve is the damped solve with the matrix, penalty included") {
  const Matrix root = normal_matrix(12, 12, 3);
  for (const Matrix& P :
       {Matrix(), Matrix(Vector::LinSpaced(12, 0, 1).asDiagonal()), Matrix(root * root.transpose())}) {
    for (const Index n : {5, 700}) {  // 700 rows come in several blocks
      const ScoreTable f{normal_matrix(n, 12, 1), {}, P};
      auto m = triangular(f, Vector::LinSpaced(12, -1, 1));
      REQUIRE(m.finite);
      for (const double lambda : {1e-3, 1.0}) {
        REQUIRE(m.solve(lambda));
        const Vector expected = reference_step(f.metric(), lambda, m.at.gradient);
        CHECK(relative_error(m.d, expected) < 1e-10);
        CHECK(m.state.curvature() == Approx(expected.dot(f.metric() * expected)).epsilon(1e-8));
        REQUIRE(m.state.prepare(m.evaluator, m.at));  // nothing of the last point is left
      }
    }
  }
}

TEST_CASE("QR does not square the condition number: it solves what Cholesky cannot factor") {
  // two columns that differ by 1e-9 of their size: κ(S) = 2e9, κ(F) = 4e18
  ScoreTable f{normal_matrix(300, 2, 2)};
  f.S.col(1) = f.S.col(0) + 1e-9 * f.S.col(1);
  auto dense = prepared(f, EmpiricalFisher{}, Dense{}, Vector::Zero(2));
  auto m = triangular(f, Vector::Zero(2));
  CHECK_FALSE(dense.solve(0.0));
  REQUIRE(m.solve(0.0));
  // the same least-squares problem with the difference of the columns for a column: κ = 1
  const Matrix basis = (Matrix(300, 2) << f.S.col(0), (f.S.col(1) - f.S.col(0)) * 1e9).finished();
  const Vector scores = Vector::Ones(300);
  const Vector z = solve(basis.transpose() * basis, Vector(basis.transpose() * scores));
  const Vector expected{{z[0] - 1e9 * z[1], 1e9 * z[1]}};
  CHECK(relative_error(m.d, expected) < 1e-4);  // ε·κ(S) times the rounding of g
}

TEST_CASE("A rejected damping costs the QR form no pass over the data") {
  const ScoreTable f{normal_matrix(30, 8, 4)};
  auto m = triangular(f, Vector::Zero(8));
  const Index passes = m.counts().fishers;
  for (double lambda = 1e-4; lambda < 10; lambda *= 2) REQUIRE(m.solve(lambda));
  CHECK(m.counts().fishers == passes);
}

TEST_CASE("After the first point the QR form allocates nothing") {
  const ScoreTable f{normal_matrix(700, 12, 6), {}, Matrix(Vector::LinSpaced(12, 0, 1).asDiagonal())};
  auto m = triangular(f, Vector::Zero(12));
  REQUIRE(m.solve(1e-3));
  AllocationCount allocations;
  REQUIRE(m.state.prepare(m.evaluator, m.at));
  REQUIRE(m.solve(1e-2));
  CHECK(allocations.count() == 0);
}

TEST_CASE("Undamped and singular, the QR form takes the minimum-norm step") {
  const ScoreTable f{normal_matrix(4, 9, 5) * Vector::LinSpaced(9, 0.1, 10).asDiagonal()};
  auto m = triangular(f, Vector::Zero(9));
  CHECK_FALSE(m.solve(0.0));
  CHECK(m.state.name().find("minimum norm") == std::string_view::npos);
  REQUIRE(m.descend());
  CHECK(m.state.name().find("minimum norm") != std::string_view::npos);
  CHECK(m.state.damping() == 0);
  CHECK(relative_error(m.d, minimum_norm_step(f.metric(), m.at.gradient)) < 1e-7);
}
