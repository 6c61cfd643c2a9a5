// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// The matrix with everything outside the blocks set to zero.
Matrix only_blocks(const Matrix& M, const std::vector<Index>& sizes) {
  Matrix B = Matrix::Zero(M.rows(), M.cols());
  Index first = 0;
  for (const Index size : sizes) {
    B.block(first, first, size, size) = M.block(first, first, size, size);
    first += size;
  }
  return B;
}

/// A gradient and a Hessian that do not depend on x.
struct Bent {
  Matrix H;
  Vector g;

  double value(const Vector& x) const { return g.dot(x) + 0.5 * x.dot(H * x); }
  void gradient(const Vector&, Vector& out) const { out = g; }
  void hessian(const Vector&, Matrix& out) const { out = H; }
};

template <class Solve>
auto prepared_hessian(const Bent& f, const Solve& solve, const Vector& x) {
  return Prepared<Bent, Hessian<Solve>>(f, Hessian<Solve>{solve}, x);
}

template <class Solve>
void check_negative_curvature(const Solve& solve, const Matrix& H) {
  for (const double side : {3.0, -3.0}) {
    const Bent f{H, Vector{{0.0, 0.0, side}}};
    auto m = prepared_hessian(f, solve, Vector{{0.0, 7.0, 0.5}});
    REQUIRE(m.state.indefinite());
    REQUIRE(m.state.negative_curvature(m.at, m.d));
    CHECK(m.d.dot(H * m.d) < 0);
    CHECK(m.d[2] * side < 0);  // downhill
    CHECK(max_norm(m.d) == Approx(7));
    m.at.x *= 0.01;
    REQUIRE(m.state.negative_curvature(m.at, m.d));
    CHECK(max_norm(m.d) == Approx(1));
  }
  auto m = prepared_hessian({Vector::Ones(3).asDiagonal(), Vector::Ones(3)}, solve, Vector::Zero(3));
  CHECK(!m.state.indefinite());
}

/// (M + λD)d = −g with the λ that is reported, on the radius
template <class Solve>
void check_within(const Solve& solve, const Matrix& H, double radius) {
  auto m = prepared_hessian({H, Vector{{1.0, -2.0, 3.0}}}, solve, Vector::Zero(3));
  REQUIRE(m.within(radius));
  CHECK(m.state.scaled_norm() == Approx(radius).epsilon(0.006));
  const Matrix damped = H + m.state.damping() * Matrix(H.diagonal().cwiseAbs().asDiagonal());
  CHECK((damped * m.d + m.at.gradient).norm() < 1e-12);
}

}  // namespace

TEST_CASE("The block-diagonal form solves with the blocks alone") {
  const Matrix root = normal_matrix(9, 9, 1);
  const ScoreTable f{normal_matrix(700, 9, 2), {}, Matrix(root * root.transpose() * 0.1)};
  for (const std::vector<Index>& sizes : {std::vector<Index>{9}, {2, 3, 4}, {1, 1, 1, 1, 1, 1, 1, 1, 1}}) {
    auto m = prepared(f, ExpectedFisher{}, BlockDiagonal{.sizes = sizes}, Vector::Ones(9));
    REQUIRE(m.finite);
    CHECK(m.state.name().find("|eigenvalues|") == std::string_view::npos);
    const Matrix M = only_blocks(f.metric(), sizes);
    for (const double lambda : {0.0, 0.5}) {
      REQUIRE(m.solve(lambda));
      const Vector expected = reference_step(M, lambda, m.at.gradient);
      CHECK(relative_error(m.d, expected) < 1e-11);
      CHECK(m.state.curvature() == Approx(expected.dot(M * expected)));
    }
    const double free = std::sqrt(m.state.scaled_square(reference_step(M, 0, m.at.gradient)));
    REQUIRE(m.within(0.2 * free));
    CHECK(m.state.scaled_norm() == Approx(0.2 * free).epsilon(0.006));
  }
}

TEST_CASE("A singular block takes its minimum-norm step, the others theirs") {
  ScoreTable f{normal_matrix(30, 5, 3)};
  f.S.col(1) = f.S.col(0);
  const std::vector<Index> sizes{2, 3};
  auto m = prepared(f, ExpectedFisher{}, BlockDiagonal{.sizes = sizes}, Vector::Zero(5));
  CHECK_FALSE(m.solve(0.0));
  REQUIRE(m.descend());
  const Matrix M = only_blocks(f.metric(), sizes);
  CHECK(relative_error(m.d, minimum_norm_step(M, m.at.gradient)) < 1e-10);
  CHECK(m.state.curvature() == Approx(m.d.dot(M * m.d)));
  CHECK(m.state.damping() == 0);
  CHECK(m.state.name().find("|eigenvalues|") != std::string_view::npos);
}

TEST_CASE(
    "Every form of an indefinite Hessian tells it, and gives a direction of negative curvature downhill") {
  const Matrix blocks{{4.0, 0.0, 0.0}, {0.0, 1.0, 2.0}, {0.0, 2.0, 1.0}};
  check_negative_curvature(BlockDiagonal{.sizes = {1, 2}}, blocks);
  check_negative_curvature(BlockDiagonal{}, blocks);
  check_negative_curvature(ConjugateGradient{}, blocks);
  check_negative_curvature(Diagonal{}, Matrix(Vector{{1.0, 4.0, -2.0}}.asDiagonal()));
  auto definite =
      prepared_hessian({Matrix::Identity(3, 3), Vector::Ones(3)}, BlockDiagonal{}, Vector::Zero(3));
  CHECK(!definite.state.negative_curvature(definite.at, definite.d));
}

TEST_CASE("Within a radius an indefinite Hessian is damped until it is definite") {
  check_within(Diagonal{}, Matrix(Vector{{1.0, 4.0, -2.0}}.asDiagonal()), 0.3);
  check_within(BlockDiagonal{.sizes = {1, 2}}, Matrix{{4.0, 0.0, 0.0}, {0.0, 1.0, 2.0}, {0.0, 2.0, 1.0}},
               0.3);
}

TEST_CASE("The damping of each solve adds to that of the policy") {
  const ScoreTable f{normal_matrix(60, 6, 7)};
  const auto check = [&](const auto& solve, const Matrix& M) {
    auto m = prepared(f, EmpiricalFisher{}, solve, Vector::Zero(6));
    REQUIRE(m.solve(0.3));
    CHECK(relative_error(m.d, reference_step(M, 0.5, m.at.gradient)) < 1e-10);
    CHECK(m.state.curvature() == Approx(m.d.dot(M * m.d)));
    CHECK(m.state.damping() == 0.3);
  };
  check(BlockDiagonal{.damping = 0.2, .sizes = {2, 4}}, only_blocks(f.metric(), {2, 4}));
  check(ConjugateGradient{.damping = 0.2, .tolerance = 1e-13}, f.metric());
  check(Dual{.damping = 0.2}, f.metric());
  check(Qr{.damping = 0.2}, f.metric());
}

TEST_CASE("Block sizes that do not cover x are an error that says so") {
  const ScoreTable f{normal_matrix(30, 5, 4)};
  const BlockDiagonal solve{.sizes = {2, 2}};
  CHECK_THROWS_WITH(prepared(f, ExpectedFisher{}, solve, Vector::Zero(5)),
                    "natgrad: BlockDiagonal.sizes: their sum = 4, wanted x0.size()");
  const BlockDiagonal empty{.sizes = {5, 0}};
  CHECK_THROWS_AS(empty.validate(), std::invalid_argument);
  CHECK_NOTHROW(BlockDiagonal{.sizes = {1, 4}}.validate());
}

TEST_CASE("After the first point the block-diagonal form allocates nothing, though a block be singular") {
  ScoreTable f{normal_matrix(30, 5, 4)};
  f.S.col(1) = f.S.col(0);
  auto m = prepared(f, EmpiricalFisher{}, BlockDiagonal{.sizes = {2, 3}}, Vector::Zero(5));
  REQUIRE(m.solve(0.1));
  const AllocationCount allocations;
  const bool again = m.state.prepare(m.evaluator, m.at) && m.solve(0.1);
  const bool singular = !m.solve(0.0) && m.descend();
  const std::size_t count = allocations.count();
  CHECK(count == 0);
  CHECK(again);
  CHECK(singular);
}
