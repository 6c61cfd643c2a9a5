// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/catch.hpp"

using namespace natgrad;
using namespace natgrad::test;

TEST_CASE("The diagonal form divides by the damped diagonal, penalty included") {
  const ScoreTable f{normal_matrix(30, 6, 1), {}, Matrix(0.3 * Matrix::Identity(6, 6))};
  auto m = prepared(f, ExpectedFisher{}, Diagonal{.damping = 0.5}, Vector::Ones(6));
  REQUIRE(m.solve(0.25));
  const Vector D = f.metric().diagonal();
  CHECK(relative_error(m.d, -m.at.gradient.cwiseQuotient(1.75 * D)) < 1e-14);
  CHECK(m.state.curvature() == Approx(m.d.cwiseAbs2().dot(D)));
  REQUIRE(m.within(0.1));
  CHECK(m.state.scaled_norm() == Approx(0.1).epsilon(0.006));
  CHECK(m.state.curvature() == Approx(m.d.cwiseAbs2().dot(D)));
  CHECK(m.state.name().find("minimum norm") == std::string_view::npos);
}

TEST_CASE("A parameter without information stays where it is") {
  ScoreTable f{normal_matrix(30, 6, 2)};
  f.S.col(2).setZero();
  auto m = prepared(f, ExpectedFisher{}, Diagonal{}, Vector::Zero(6));
  CHECK_FALSE(m.solve(0.0));
  REQUIRE(m.descend());
  CHECK(m.d[2] == 0);
  CHECK(m.d[1] == Approx(-m.at.gradient[1] / f.metric()(1, 1)));
  CHECK(m.state.name().find("minimum norm") != std::string_view::npos);
  auto plain = prepared(f, ExpectedFisher{}, Diagonal{.scale_free = false}, Vector::Zero(6));
  REQUIRE(plain.descend());
  CHECK(relative_error(plain.d, m.d) < 1e-14);
}

TEST_CASE("Where no parameter has information the diagonal form follows the gradient") {
  const ScoreTable f{Matrix::Zero(30, 2)};
  auto m = prepared(f, ExpectedFisher{}, Diagonal{}, Vector::Zero(2));
  m.at.gradient << 1, -2;
  REQUIRE(m.descend());
  CHECK(m.d == -m.at.gradient);
}
