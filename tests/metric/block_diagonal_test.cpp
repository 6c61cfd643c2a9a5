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

}  // namespace

TEST_CASE("The block-diagonal form solves with the blocks alone") {
  const Matrix root = normal_matrix(9, 9, 1);
  const ScoreTable f{normal_matrix(700, 9, 2), {}, Matrix(root * root.transpose() * 0.1)};
  for (const std::vector<Index>& sizes : {std::vector<Index>{9}, {2, 3, 4}, {1, 1, 1, 1, 1, 1, 1, 1, 1}}) {
    auto m = prepared(f, ExpectedFisher{}, BlockDiagonal{.sizes = sizes}, Vector::Ones(9));
    REQUIRE(m.finite);
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
  CHECK(relative_error(m.d, minimum_norm_step(only_blocks(f.metric(), sizes), m.at.gradient)) < 1e-10);
}

TEST_CASE("Block sizes that do not cover x are an error that says so") {
  const ScoreTable f{normal_matrix(30, 5, 4)};
  const BlockDiagonal solve{.sizes = {2, 2}};
  CHECK_THROWS_WITH(prepared(f, ExpectedFisher{}, solve, Vector::Zero(5)),
                    "natgrad: BlockDiagonal.sizes: their sum = 4, wanted x0.size()");
  const BlockDiagonal empty{.sizes = {5, 0}};
  CHECK_THROWS_AS(empty.validate(), std::invalid_argument);
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
