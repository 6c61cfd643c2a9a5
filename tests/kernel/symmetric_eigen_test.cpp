// SPDX-License-Identifier: MIT
#include "natgrad/kernel/symmetric_eigen.hpp"

#include "kernel/every_path.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <random>

namespace kernel = natgrad::kernel;
using namespace natgrad::test;

namespace {

using Index = Eigen::Index;

template <class T>
struct Decomposition {
  using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

  Vector mu;
  Matrix Q;
  bool done;

  /// Reads the lower triangle of A alone.
  explicit Decomposition(const Matrix& A) : mu(A.rows()), Q(A.rows(), A.rows()) {
    const Index n = A.rows();
    Matrix lower = Matrix::Constant(n, n, std::numeric_limits<T>::quiet_NaN());
    lower.template triangularView<Eigen::Lower>() = A;
    Vector off(n), scratch(n);
    done = kernel::SymmetricEigen<T>(lower.data(), n, n, mu.data(), Q.data(), off.data(), scratch.data())
               .compute();
  }
};

/// A = QμQᵀ and QᵀQ = I to some ε, eigenvalues ascending.
template <class T>
void decomposes(const typename Decomposition<T>::Matrix& A) {
  const Index n = A.rows();
  const Decomposition<T> found(A);
  REQUIRE(found.done);
  const T eps = std::numeric_limits<T>::epsilon() * std::sqrt(static_cast<T>(n)) * T(8);
  CHECK((found.Q * found.mu.asDiagonal() * found.Q.transpose() - A).norm() <= eps * A.norm());
  CHECK((found.Q.transpose() * found.Q - Decomposition<T>::Matrix::Identity(n, n)).norm()
        <= eps * std::sqrt(T(n)));
  for (Index k = 1; k < n; ++k) CHECK(found.mu[k - 1] <= found.mu[k]);
}

template <class T>
typename Decomposition<T>::Matrix random_symmetric(std::mt19937& random, Index n) {
  std::normal_distribution<double> normal;
  typename Decomposition<T>::Matrix A(n, n);
  for (Index j = 0; j < n; ++j) {
    for (Index i = j; i < n; ++i) A(i, j) = A(j, i) = static_cast<T>(normal(random));
  }
  return A;
}

}  // namespace

TEMPLATE_TEST_CASE("a symmetric matrix is taken apart, at every size", "", float, double, long double) {
  on_every_path([] {
    std::mt19937 random(5);
    for (const Index n : {1, 2, 3, 4, 7, 16, 33, 70}) {
      INFO("n = " << n);
      decomposes<TestType>(random_symmetric<TestType>(random, n));
    }
  });
}

TEST_CASE("degenerate matrices are taken apart too") {
  using Matrix = Eigen::MatrixXd;
  std::mt19937 random(6);
  const Matrix A = random_symmetric<double>(random, 9);
  const Eigen::VectorXd v = Eigen::VectorXd::LinSpaced(9, -1, 2);
  Matrix graded = A, tridiagonal = Matrix::Zero(9, 9);
  for (Index j = 0; j < 9; ++j) {
    for (Index i = 0; i < 9; ++i) graded(i, j) *= std::pow(10.0, -static_cast<double>(i + j));
  }
  for (Index i = 0; i < 9; ++i) {  // Wilkinson's matrix: pairs of eigenvalues that agree to many digits
    tridiagonal(i, i) = std::abs(4.0 - static_cast<double>(i));
    if (i > 0) tridiagonal(i, i - 1) = tridiagonal(i - 1, i) = 1;
  }
  for (const Matrix& M :
       {Matrix(Matrix::Zero(5, 5)), Matrix(Matrix::Identity(6, 6)), Matrix(-3 * Matrix::Identity(4, 4)),
        Matrix(v * v.transpose()), Matrix(v.asDiagonal()), graded, tridiagonal, Matrix(1e150 * A),
        Matrix(1e-150 * A), Matrix(1e-300 * A)}) {
    decomposes<double>(M);
  }
}

TEST_CASE("eigenvalues known in closed form come out to the last digits") {
  const Index n = 40;  // of the second difference: 2 − 2cos(kπ/(n + 1))
  Eigen::MatrixXd A = 2 * Eigen::MatrixXd::Identity(n, n);
  for (Index i = 1; i < n; ++i) A(i, i - 1) = A(i - 1, i) = -1;
  const Decomposition<double> found(A);
  REQUIRE(found.done);
  for (Index k = 0; k < n; ++k) {
    const double exact =
        2 - 2 * std::cos(static_cast<double>(k + 1) * 3.141592653589793 / static_cast<double>(n + 1));
    CHECK(std::abs(found.mu[k] - exact) <= 1e-14);
  }
}

TEST_CASE("an entry that is not finite is said, not computed with") {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Eigen::MatrixXd A = Eigen::MatrixXd::Identity(4, 4);
    A(2, 1) = bad;
    CHECK_FALSE(Decomposition<double>(A).done);
  }
}
