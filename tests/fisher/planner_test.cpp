// SPDX-License-Identifier: MIT
#include "support/catch.hpp"
#include <natgrad/fisher/planner.hpp>

#include <utility>

using namespace natgrad;

namespace {

SolveProblem scores(double n, double d, double memory = 4e9) {
  return {.rows = n, .dimension = d, .memory = memory, .has_dual = true, .has_product = true};
}

}  // namespace

TEST_CASE("Few parameters take the matrix, few rows their Gram matrix") {
  CHECK(plan_solve(scores(1000, 5)).form == Form::dense);
  CHECK(plan_solve(scores(1e5, 100)).form == Form::dense);
  CHECK(plan_solve(scores(50, 1000)).form == Form::dual);
  CHECK(plan_solve(scores(200, 4000)).form == Form::dual);
}

TEST_CASE("Over many rows of many parameters products come first, up to the cost of the matrix") {
  const SolvePlan plan = plan_solve(scores(1e5, 1000));
  CHECK(plan.form == Form::conjugate_gradient);
  CHECK(plan.products >= 24);
  CHECK(plan.products <= 100);  // d/16 and a little
}

TEST_CASE("Products win over sparse rows, of which a matrix costs as much as a hundred products") {
  const auto sparse = [](double n, double d, double a_row) {
    SolveProblem p = scores(n, d);
    p.entries = n * a_row;
    return p;
  };
  CHECK(plan_solve(sparse(5000, 3000, 30)).form == Form::conjugate_gradient);
  CHECK(plan_solve(sparse(2000, 20000, 50)).form == Form::conjugate_gradient);
  CHECK(plan_solve(sparse(2000, 200, 20)).form == Form::dense);
  CHECK(plan_solve(sparse(50, 1000, 20)).form == Form::dual);
  // Sparse in its type alone: as a dense one.
  for (const auto& [n, d] : {std::pair{1000.0, 5.0}, {1e5, 1000.0}, {50.0, 1000.0}})
    CHECK(plan_solve(sparse(n, d, d)).form == plan_solve(scores(n, d)).form);
}

TEST_CASE(
    "Products win where rows and parameters are many, dense or not, and the matrix where they are fewer") {
  CHECK(plan_solve(scores(1e4, 3000)).form == Form::conjugate_gradient);
  CHECK(plan_solve(scores(1e4, 1700)).form == Form::conjugate_gradient);
  CHECK(plan_solve(scores(1e4, 1000)).form == Form::dense);
  CHECK(plan_solve(scores(1e4, 100)).form == Form::dense);
}

TEST_CASE("A memory budget excludes what exceeds it") {
  CHECK(plan_solve(scores(1000, 1000, 1e6)).form == Form::conjugate_gradient);
  CHECK(plan_solve(scores(50, 4000, 3e6)).form == Form::dual);
  SolveProblem in_place = scores(50, 4000, 1e6);
  CHECK(plan_solve(in_place).form == Form::conjugate_gradient);
  in_place.writes_rows = false;  // 50×50 is all that the dual form takes
  CHECK(plan_solve(in_place).form == Form::dual);
  SolveProblem matrix_alone{.dimension = 4000, .memory = 1e6};
  CHECK(plan_solve(matrix_alone).form == Form::dense);
  matrix_alone.has_dense = false;
  matrix_alone.has_product = true;
  CHECK(plan_solve(matrix_alone).form == Form::conjugate_gradient);
}

TEST_CASE("The plan says what and why") {
  const SolveProblem p = scores(50, 1000);
  CHECK(describe(plan_solve(p), p)
        == "automatic: dual, because the rows are fewer than the parameters (rows = 50, d = 1000)");
}
