// SPDX-License-Identifier: MIT
#include "natgrad/kernel/cholesky.hpp"

#include "kernel/every_path.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <limits>

namespace kernel = natgrad::kernel;
using namespace natgrad::test;

namespace {

using Index = Eigen::Index;

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

/// Positive definite, with a condition number of some hundreds.
template <class T>
Matrix<T> definite(Index n) {
  Matrix<T> A(n, n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = 0; i < n; ++i) {
      const double gap = static_cast<double>(i - j);
      A(i, j) =
          static_cast<T>(1 / (1 + 0.3 * gap * gap)) + (i == j ? T(1) / T(static_cast<double>(i + 1)) : T(0));
    }
  }
  return A;
}

}  // namespace

TEMPLATE_TEST_CASE("LLᵀ is A and the two solves invert it, within blocks and across them", "", float, double,
                   long double) {
  using T = TestType;
  on_every_path([] {
    for (const Index n : {1, 2, 5, 63, 64, 65, 128, 129, 200, 261}) {
      INFO("n = " << n);
      const Matrix<T> A = definite<T>(n);
      const Index ld = n + 2;
      Matrix<T> room = Matrix<T>::Constant(ld, n, std::numeric_limits<T>::quiet_NaN());
      // Only the lower triangle is read.
      room.topRows(n).template triangularView<Eigen::Lower>() = A;
      const Vector<T> diagonal = A.diagonal();
      REQUIRE(kernel::cholesky(room.data(), ld, n, diagonal.data(), std::numeric_limits<T>::epsilon()));
      const Matrix<T> L = room.topRows(n).template triangularView<Eigen::Lower>();
      const T eps = std::numeric_limits<T>::epsilon();
      CHECK((L * L.transpose() - A).norm() <= T(8) * eps * A.norm());

      const Vector<T> b = Vector<T>::LinSpaced(n, T(-1), T(2));
      Vector<T> x = b;
      kernel::solve_lower(room.data(), ld, n, x.data());
      CHECK((L * x - b).norm() <= T(20) * eps * (L.norm() * x.norm() + b.norm()));
      const Vector<T> middle = x;
      kernel::solve_lower_transposed(room.data(), ld, n, x.data());
      CHECK((L.transpose() * x - middle).norm() <= T(20) * eps * (L.norm() * x.norm() + middle.norm()));
    }
  });
}

TEST_CASE("a pivot that is not above its rounding ends the factorization, wherever it stands") {
  on_every_path([] {
    for (const Index n : {3, 64, 70, 200}) {
      for (const Index at : {Index(0), n / 2, n - 1}) {
        for (const double bad : {-1e-3, 0.0, std::numeric_limits<double>::quiet_NaN()}) {
          INFO("n = " << n << ", pivot " << at << " = " << bad);
          Matrix<double> A = Matrix<double>::Identity(n, n);
          A(at, at) = bad;
          const Vector<double> diagonal = Vector<double>::Ones(n);
          CHECK_FALSE(kernel::cholesky(A.data(), n, n, diagonal.data(), 1e-15));
        }
        Matrix<double> A = Matrix<double>::Identity(n, n);
        A(at, at) = 1e-12;
        const Vector<double> diagonal = Vector<double>::Ones(n);
        Matrix<double> again = A;
        CHECK(kernel::cholesky(A.data(), n, n, diagonal.data(), 1e-13));
        CHECK_FALSE(kernel::cholesky(again.data(), n, n, diagonal.data(), 1e-11));
      }
    }
  });
}
