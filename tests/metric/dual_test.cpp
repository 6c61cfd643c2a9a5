// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/algebra.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

using namespace natgrad;
using namespace natgrad::test;

namespace {

auto dual(const ScoreTable& f, const Vector& x, Dual options = {}) {
  return prepared(f, ExpectedFisher{}, options, x);
}

Matrix ridge_without_last(Index d, double ridge) {
  Vector p = Vector::Constant(d, ridge);
  p[d - 1] = 0;
  return p.asDiagonal();
}

}  // namespace

TEST_CASE("The dual solve is the damped solve with the matrix, fewer rows than parameters or more") {
  for (const Index n : {5, 40}) {
    const ScoreTable f{normal_matrix(n, 20, 1)};
    auto m = dual(f, Vector::Zero(20));
    REQUIRE(m.finite);
    for (const double lambda : {1e-6, 1e-3, 1.0}) {
      REQUIRE(m.solve(lambda));
      const Vector expected = reference_step(f.metric(), lambda, m.at.gradient);
      CHECK(relative_error(m.d, expected) < 1e-9);  // one refinement leaves ε·trace/λ of the reference itself
      CHECK(m.state.curvature() == Approx(expected.dot(f.metric() * expected)).epsilon(1e-8));
      CHECK(m.state.scaled_norm()
            == Approx(std::sqrt(expected.cwiseAbs2().dot(f.metric().diagonal()))).epsilon(1e-9));
    }
  }
}

TEST_CASE("The dual solve adds the penalty, an unpenalised parameter and a full matrix included") {
  const Vector x = Vector::LinSpaced(12, -1, 1);
  const Matrix root = normal_matrix(12, 12, 3);
  for (const Matrix& P : {ridge_without_last(12, 0.1), Matrix(root * root.transpose() * 0.05)}) {
    const ScoreTable f{normal_matrix(5, 12, 2), {}, P};
    auto m = dual(f, x);
    for (const double lambda : {0.0, 0.01}) {
      REQUIRE(m.solve(lambda));
      CHECK(relative_error(m.d, reference_step(f.metric(), lambda, m.at.gradient)) < 1e-7);
    }
  }
}

TEST_CASE("The dual solve measures damping in D = diag M or, where asked, in D = I") {
  const ScoreTable f{normal_matrix(4, 9, 4) * Vector::LinSpaced(9, 0.1, 10).asDiagonal()};
  auto m = dual(f, Vector::Zero(9), {.damping = 0.5, .scale_free = false});
  REQUIRE(m.solve(0.25));
  Matrix damped = f.metric();
  damped.diagonal().array() += 0.75;
  CHECK(relative_error(m.d, -solve(damped, m.at.gradient)) < 1e-10);
}

TEST_CASE("Undamped with fewer rows than parameters, the dual form takes the minimum-norm step and says so") {
  const ScoreTable f{normal_matrix(6, 15, 5) * Vector::LinSpaced(15, 0.1, 10).asDiagonal()};
  auto m = dual(f, Vector::Zero(15));
  CHECK_FALSE(m.solve(0.0));
  REQUIRE(m.descend());
  CHECK(relative_error(m.d, minimum_norm_step(f.metric(), m.at.gradient)) < 1e-8);
  CHECK(m.state.name().find("minimum norm") != std::string_view::npos);
}

TEST_CASE("The minimum-norm step survives repeated rows") {
  ScoreTable f{normal_matrix(6, 15, 6)};
  f.S.bottomRows(3) = f.S.topRows(3);
  auto m = dual(f, Vector::Zero(15));
  REQUIRE(m.descend());
  CHECK(relative_error(m.d, minimum_norm_step(f.metric(), m.at.gradient)) < 1e-5);  // Tikhonov's floor is √ε
}

TEST_CASE("A rejected damping costs the dual form no pass over the data") {
  const ScoreTable f{normal_matrix(6, 15, 7)};
  auto m = dual(f, Vector::Zero(15));
  const Index passes = m.counts().fishers;
  for (double lambda = 1e-4; lambda < 10; lambda *= 2) REQUIRE(m.solve(lambda));
  CHECK(m.counts().fishers == passes);
  CHECK(passes == 1);
}

TEST_CASE("Within a radius the dual step ends on it, in the norm of D") {
  const ScoreTable f{normal_matrix(6, 15, 8)};
  auto m = dual(f, Vector::Zero(15));
  REQUIRE(m.descend());
  const double free = m.state.scaled_norm();
  for (const double share : {0.9, 0.1, 1e-3}) {
    REQUIRE(m.within(share * free));
    CHECK(m.state.scaled_norm() <= share * free * (1 + 1e-12));
    CHECK(m.state.scaled_norm() > 0.99 * share * free);
    CHECK(m.d.dot(m.at.gradient) < 0);
  }
  const Index before = m.counts().factorizations;
  REQUIRE(m.within(0.1 * free));
  CHECK(m.counts().factorizations - before <= 4);  // 1/‖d‖ is nearly linear in λ
  REQUIRE(m.within(2 * free));
  CHECK(m.state.scaled_norm() == Approx(free));
}

TEST_CASE("The dual form reports a score that is not finite") {
  ScoreTable f{normal_matrix(6, 15, 9)};
  f.S(3, 4) = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(dual(f, Vector::Zero(15)).finite);
}

TEST_CASE("After the first point the dual form allocates nothing") {
  const ScoreTable f{normal_matrix(6, 15, 10)};
  auto m = dual(f, Vector::Zero(15));
  REQUIRE(m.solve(0.1));
  REQUIRE(m.state.prepare(m.evaluator, m.at));
  AllocationCount allocations;
  m.state.prepare(m.evaluator, m.at);
  m.solve(0.2);
  CHECK(allocations.count() == 0);
}

TEST_CASE("The dual solve of a linear model, whose rows are not written down, is that with the matrix") {
  using ByRow = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Index n = 9, d = 40;
  Matrix X = normal_matrix(n, d, 31);
  for (Index j = 0; j < d; ++j) X(j % n, j) = 0;
  const Vector weights = Vector::LinSpaced(n, 0.5, 3), offset = Vector::LinSpaced(n, -1, 1);
  const Vector y = X.col(0).unaryExpr([](double m) { return m > 0 ? 1.0 : 0.0; });
  const auto check = [](const auto& f, const auto&... kinds) {
    const Vector x = Vector::LinSpaced(f.dimension(), -0.5, 0.5);
    const auto same = [&](const auto& kind) {
      auto dense = prepared(f, kind, Dense{}, x);
      auto dual = prepared(f, kind, Dual{}, x);
      for (const double lambda : {1e-3, 1.0}) {
        REQUIRE(dense.solve(lambda));
        REQUIRE(dual.solve(lambda));
        CHECK(relative_error(dual.d, dense.d) < 1e-10);
        CHECK(dual.state.curvature() == Approx(dense.state.curvature()).epsilon(1e-9));
      }
      dual.state.prepare(dual.evaluator, dual.at);
      AllocationCount allocations;
      dual.state.prepare(dual.evaluator, dual.at);
      dual.solve(0.1);
      CHECK(allocations.count() == 0);
    };
    (same(kinds), ...);
  };
  const ExpectedFisher expected;
  const MonteCarloFisher sampled{.draws = 2, .seed = 3};
  for (const double ridge : {0.0, 0.1}) {
    const LogisticOptions<double> options{.intercept = true, .ridge = ridge, .weights = weights};
    check(LogisticRegression{X, y, options}, expected, EmpiricalFisher{});
    check(LogisticRegression{ByRow(X), y, options}, expected);
    check(LogisticRegression{Eigen::SparseMatrix<double>(X.sparseView()), y, options}, expected);
    check(LogisticRegression{Eigen::SparseMatrix<double, Eigen::RowMajor>(X.sparseView()), y, options},
          expected);
    check(GeneralizedLinearModel{Poisson{}, X, y, {.ridge = ridge, .weights = weights, .offset = offset}},
          expected, sampled);
  }
}

TEST_CASE(
    "A step with momentum and the effective dimension are the same by the matrix and by the dual solve") {
  // Goldshlager, Abrahamsen & Lin 2024: (F + λI)φ = Sᵀe/n + λμφ₋ is φ = μφ₋ + (F + λI)⁻¹Sᵀ(e − μSφ₋)/n.
  const Index n = 7, d = 12;
  const ScoreTable f{normal_matrix(n, d, 8)};
  const double lambda = 0.3, mu = 0.8;
  auto dense = prepared(f, EmpiricalFisher{}, Dense{.damping = lambda, .scale_free = false}, Vector::Zero(d));
  auto by_rows =
      prepared(f, EmpiricalFisher{}, Dual{.damping = lambda, .scale_free = false}, Vector::Zero(d));
  const Vector e = normal_matrix(n, 1, 9), before = normal_matrix(d, 1, 10);
  const double share = 1.0 / static_cast<double>(n);
  Vector primal(d), dual(d);
  REQUIRE(dense.state.solve(0.0, -(share * (f.S.transpose() * e) + lambda * mu * before), primal));
  REQUIRE(by_rows.state.solve(0.0, -share * (f.S.transpose() * (e - mu * (f.S * before))), dual));
  CHECK(relative_error(dual + mu * before, primal) < 1e-12);

  double by_matrix = 0, by_dual = 0;  // tr F(F + λI)⁻¹ = d − λ·tr(F + λI)⁻¹
  for (Index j = 0; j < d; ++j) {
    REQUIRE(dense.state.solve(0.0, -Vector::Unit(d, j), primal));
    REQUIRE(by_rows.state.solve(0.0, -Vector::Unit(d, j), dual));
    by_matrix += 1 - lambda * primal[j];
    by_dual += 1 - lambda * dual[j];
  }
  CHECK(by_dual == Approx(by_matrix).epsilon(1e-12));
  CHECK(by_matrix < static_cast<double>(n));
}
