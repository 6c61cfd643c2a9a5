// SPDX-License-Identifier: MIT
#include "natgrad/objective/curvature_memory.hpp"

#include "natgrad/objective/logistic.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <algorithm>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Memory = natgrad::detail::CurvatureMemory<double>;

TEST_CASE(
    "curvatures are kept only for data whose curvatures were asked for, and found only at the same point") {
  const natgrad::detail::RunNumber run;
  Memory memory;
  const VectorXd x = VectorXd::LinSpaced(3, 0, 1), other = VectorXd::LinSpaced(3, 0, 2);
  CHECK(memory.keep(1, 4) == nullptr);
  CHECK(memory.find(1, x) == nullptr);  // now they are wanted
  double* room = memory.keep(1, 4);
  REQUIRE(room != nullptr);
  CHECK(memory.find(1, x) == nullptr);  // not filled yet
  std::fill(room, room + 4, 2.5);
  memory.know(1, x);
  REQUIRE(memory.find(1, x) == room);
  CHECK(memory.find(1, x)[3] == 2.5);
  CHECK(memory.find(1, other) == nullptr);
  CHECK(memory.find(1, VectorXd(x.head(2))) == nullptr);
  CHECK(memory.keep(2, 4) == nullptr);  // other data
  CHECK(memory.find(2, x) == nullptr);
}

TEST_CASE("curvatures are kept within one call of minimize alone") {
  Memory memory;
  const VectorXd x = VectorXd::Ones(2);
  const auto fill = [&] {
    std::fill_n(memory.room(4), 4, 1.0);
    memory.know(1, x);
  };
  fill();
  CHECK(memory.find(1, x) == nullptr);  // outside of all
  CHECK(memory.keep(1, 4) == nullptr);
  {
    const natgrad::detail::RunNumber outer;
    CHECK(memory.find(1, x) == nullptr);
    fill();
    CHECK(memory.find(1, x) != nullptr);
    {
      const natgrad::detail::RunNumber inner;
      CHECK(memory.find(1, x) == nullptr);
      fill();
      CHECK(memory.find(1, x) != nullptr);
    }
    CHECK(memory.find(1, x) == nullptr);
  }
  const natgrad::detail::RunNumber next;
  CHECK(memory.find(1, x) == nullptr);
}

TEST_CASE("an optimizer that no longer reads curvatures stops paying for them") {
  const natgrad::detail::RunNumber run;
  Memory memory;
  const VectorXd x = VectorXd::Ones(2);
  memory.find(1, x);
  int kept = 0;
  for (int k = 0; k < 20; ++k) kept += memory.keep(1, 4) != nullptr;
  CHECK(kept == 8);
  memory.find(1, x);
  CHECK(memory.keep(1, 4) != nullptr);
}

TEST_CASE("a Hessian is that of the data as they are now, though they are viewed and were others before") {
  MatrixXd X = MatrixXd::Random(10, 2);
  const VectorXd y = VectorXd::LinSpaced(10, 0, 1), x = VectorXd::Ones(2);
  const LogisticRegression f{X, y};
  MatrixXd before(2, 2), after(2, 2), fresh(2, 2);
  VectorXd g(2);
  f.value_and_gradient(x, g);
  f.hessian(x, before);
  X *= 2;
  f.hessian(x, after);
  LogisticRegression{X, y}.hessian(x, fresh);
  CHECK(after == fresh);
  CHECK(after != before);
}

TEST_CASE(
    "a Hessian after f at the same point, at another one, or of other data has the bits it would have "
    "alone") {
  MatrixXd X(40, 3);
  VectorXd y(40);
  for (Index i = 0; i < 40; ++i) {
    for (Index j = 0; j < 3; ++j) X(i, j) = static_cast<double>((7 * i + 3 * j * j + i * j) % 11) / 5.0 - 1;
    y[i] = i % 3 == 0;
  }
  const MatrixXd other_X = 2 * X;
  const LogisticRegression f{X, y, {.intercept = true}}, other{other_X, y, {.intercept = true}};
  const VectorXd x = VectorXd::LinSpaced(4, -1, 1), moved = VectorXd::LinSpaced(4, -1, 2);
  const auto alone = [&](const auto& g, const VectorXd& at) {
    // A new object shares no memory with another.
    const LogisticRegression fresh{g.features(), y, {.intercept = true}};
    MatrixXd H(4, 4);
    fresh.hessian(at, H);
    return H;
  };
  const MatrixXd at_x = alone(f, x), at_moved = alone(f, moved), of_other = alone(other, x);
  MatrixXd H(4, 4);
  VectorXd g(4);
  const natgrad::detail::RunNumber run;
  for (int again = 0; again < 3; ++again) {
    f.value_and_gradient(x, g);
    f.hessian(x, H);
    CHECK(H == at_x);
    f.hessian(moved, H);  // f was evaluated elsewhere
    CHECK(H == at_moved);
    other.value_and_gradient(x, g);
    f.value_and_gradient(moved, g);
    other.hessian(x, H);  // f came between
    CHECK(H == of_other);
    f.hessian(moved, H);
    CHECK(H == at_moved);
  }
}
