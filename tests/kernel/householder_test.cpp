// SPDX-License-Identifier: MIT
#include "natgrad/kernel/householder.hpp"

#include "kernel/every_path.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <cmath>
#include <limits>

namespace kernel = natgrad::kernel;
using namespace natgrad::test;

namespace {

using Index = Eigen::Index;

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// Full rank, no two columns alike in size or direction.
template <class T>
Matrix<T> waves(Index rows, Index d) {
  Matrix<T> A(rows, d);
  for (Index j = 0; j < d; ++j) {
    for (Index i = 0; i < rows; ++i)
      A(i, j) = T(std::sin(1 + 0.7 * double(i * (j + 1)))) + (i == j ? T(2) : T(0));
  }
  return A;
}

template <class T>
Matrix<T> triangle_of(Matrix<T> A) {
  Vector<T> room(kernel::ReflectionPanel<T>::width * (A.rows() + A.cols()));
  kernel::triangularize(A.data(), A.rows(), A.rows(), A.cols(), room.data());
  return A;
}

}  // namespace

TEMPLATE_TEST_CASE("The triangle has the norms and angles of A, within panels and across them", "", float,
                   double, long double) {
  using T = TestType;
  on_every_path([] {
    for (const auto& [rows, d] :
         {std::pair<Index, Index>{16, 1}, {16, 5}, {16, 16}, {48, 17}, {64, 47}, {160, 100}}) {
      INFO(rows << " x " << d);
      const Matrix<T> A = waves<T>(rows, d), R = triangle_of(A);
      const T rounding = T(double(rows)) * std::numeric_limits<T>::epsilon();
      for (Index j = 0; j < d; ++j) REQUIRE(R.col(j).tail(rows - j - 1).isZero(0));
      CHECK((R.transpose() * R - A.transpose() * A).norm() <= rounding * A.squaredNorm());

      Vector<T> y = Vector<T>::LinSpaced(d, T(-1), T(2));
      const Vector<T> b = y;
      const Matrix<T> square = R.topRows(d);
      kernel::solve_upper_transposed(R.data(), rows, d, y.data());
      CHECK((square.transpose() * y - b).norm() <= rounding * (square.norm() * y.norm() + b.norm()));
      const Vector<T> middle = y;
      kernel::solve_upper(R.data(), rows, d, y.data());
      CHECK((square * y - middle).norm() <= rounding * (square.norm() * y.norm() + middle.norm()));
    }
  });
}

TEST_CASE("A column that depends on the others leaves a pivot of rounding size, and a zero one leaves none") {
  Matrix<double> A = waves<double>(32, 6);
  A.col(3) = A.col(0) - 2 * A.col(1);
  A.col(4).setZero();
  const Matrix<double> R = triangle_of(A);
  CHECK(std::abs(R(3, 3)) < 1e-14 * A.norm());
  CHECK(R.col(4).isZero(0));
}

TEST_CASE("A NaN is not lost in the triangle") {
  Matrix<double> A = waves<double>(32, 3);
  A(20, 1) = std::numeric_limits<double>::quiet_NaN();
  const Matrix<double> R = triangle_of(A);
  CHECK_FALSE(std::isfinite(R(1, 1)));
  CHECK(std::isfinite(R(0, 0)));
}
