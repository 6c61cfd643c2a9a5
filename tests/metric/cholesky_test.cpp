// SPDX-License-Identifier: MIT
#include "natgrad/metric/cholesky.hpp"

#include "support/catch.hpp"

#include <Eigen/Core>

#include <cmath>
#include <limits>
#include <random>

using namespace natgrad;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

template <class V>
V random_vector(std::mt19937& random, Eigen::Index d) {
  std::normal_distribution<double> normal;
  V v(d);
  for (Eigen::Index i = 0; i < d; ++i) v[i] = normal(random);
  return v;
}

/// Symmetric with the eigenvalues 1 … d shifted by `shift`, in random directions.
MatrixXd with_eigenvalues(std::mt19937& random, Eigen::Index d, double shift) {
  MatrixXd A = MatrixXd::Identity(d, d);
  for (Eigen::Index i = 0; i < d; ++i) A(i, i) = static_cast<double>(i + 1) + shift;
  for (Eigen::Index k = 0; k < d; ++k) {  // reflections
    const VectorXd v = random_vector<VectorXd>(random, d).normalized();
    const MatrixXd Q = MatrixXd::Identity(d, d) - 2 * v * v.transpose();
    A = (Q * A * Q).eval();
  }
  return 0.5 * (A + A.transpose());
}

template <int Size>
using Sized = Eigen::Matrix<double, Size, 1>;

template <class V>
void solves(Eigen::Index d) {
  std::mt19937 random(7);
  const MatrixXd full = with_eigenvalues(random, d, 0);
  // Only the lower triangle is read.
  SquareMatrix<V> M = full;
  for (Eigen::Index j = 1; j < d; ++j) M.col(j).head(j).setConstant(std::numeric_limits<double>::quiet_NaN());
  const V D = random_vector<V>(random, d).cwiseAbs(), b = random_vector<V>(random, d);
  Cholesky<V> cholesky;
  for (const double lambda : {0.0, 0.5, 20.0, 0.25}) {
    REQUIRE(cholesky.factor(M, D, lambda));
    V x(d);
    cholesky.solve_negative(b, x);
    MatrixXd damped = full;
    damped.diagonal() += lambda * D;
    CHECK((damped * x + b).norm() <= 1e-13 * damped.norm() * x.norm());
  }
}

template <class V>
bool definite(const MatrixXd& M) {
  return Cholesky<V>().factor(SquareMatrix<V>(M), V::Ones(M.rows()), 0);
}

}  // namespace

TEST_CASE("(M + λD)x = −b is solved, from the lower triangle, at any λ one after the other") {
  solves<Sized<2>>(2);  // without loops
  solves<Sized<4>>(4);  // loops unrolled
  solves<Sized<7>>(7);
  solves<VectorXd>(1);
  solves<VectorXd>(40);
}

TEST_CASE("what is not positive definite is not factored, at small and at dynamic sizes") {
  std::mt19937 random(11);
  for (int repeat = 0; repeat < 20; ++repeat) {
    const MatrixXd indefinite = with_eigenvalues(random, 4, -1.5),
                   positive = with_eigenvalues(random, 4, -0.5);
    CHECK(!definite<Sized<4>>(indefinite));
    CHECK(!definite<VectorXd>(indefinite));
    CHECK(definite<Sized<4>>(positive));
    CHECK(definite<VectorXd>(positive));
  }
  CHECK(!definite<Sized<2>>(with_eigenvalues(random, 2, -1.5)));
  CHECK(definite<Sized<2>>(with_eigenvalues(random, 2, -0.5)));
  CHECK(!definite<Sized<2>>(MatrixXd::Constant(2, 2, std::numeric_limits<double>::quiet_NaN())));
  CHECK(!definite<Sized<2>>(Eigen::Vector2d(0, 1).asDiagonal()));
  CHECK(!definite<Sized<4>>(MatrixXd::Zero(4, 4)));
  CHECK(!definite<VectorXd>(MatrixXd::Zero(4, 4)));
  const MatrixXd nan = MatrixXd::Constant(4, 4, std::numeric_limits<double>::quiet_NaN());
  CHECK(!definite<Sized<4>>(nan));
  CHECK(!definite<VectorXd>(nan));
}

TEST_CASE("a singular matrix is refused though rounding makes its last pivot positive") {
  // [1 3; 3 9(1 + t)] beside an identity: the pivot is 9t, below d·ε times its diagonal entry for t < 4ε.
  for (const double t : {0.0, 1e-16, 8e-16, 2e-15, 1e-12}) {
    MatrixXd M = MatrixXd::Identity(4, 4);
    M.topLeftCorner(2, 2) << 1, 3, 3, 9 * (1 + t);
    const bool wanted = t > 4 * std::numeric_limits<double>::epsilon();
    CHECK(definite<Sized<2>>(M.topLeftCorner(2, 2)) == (t > 2 * std::numeric_limits<double>::epsilon()));
    CHECK(definite<Sized<4>>(M) == wanted);
    CHECK(definite<VectorXd>(M) == wanted);
  }
}

TEST_CASE("the judgement of definiteness does not depend on the units of x") {
  std::mt19937 random(13);
  const MatrixXd M = with_eigenvalues(random, 4, 0);
  const Sized<4> units(1e-60, 1e-8, 1e12, 1e70);
  const MatrixXd scaled = units.asDiagonal() * M * units.asDiagonal();
  CHECK(definite<Sized<4>>(scaled));
  CHECK(definite<VectorXd>(scaled));
}

TEST_CASE(
    "two parameters are solved for in any units, also where the product of their diagonal entries is no "
    "number") {
  for (const double first : {1e-150, 1e-80, 1.0, 1e90, 1e150}) {
    for (const double second : {1e-150, 1e-75, 1.0, 1e85, 1e150}) {
      CAPTURE(first, second);
      const Sized<2> units(first, second), b(3, -1), wanted(-8.0 / 11, 1.0 / 11);  // −[4 −1; −1 3]⁻¹b
      Eigen::Matrix2d M;
      M << 4, -1, -1, 3;
      M = (units.asDiagonal() * M * units.asDiagonal()).eval();
      Cholesky<Sized<2>> cholesky;
      REQUIRE(cholesky.factor(M, Sized<2>::Ones(), 0));
      Sized<2> x;
      cholesky.solve_negative(units.cwiseProduct(b), x);
      CHECK((units.cwiseProduct(x) - wanted).norm() < 1e-15);
      M(1, 0) *= 3.5;  // 3.5² > 4·3
      CHECK_FALSE(cholesky.factor(M, Sized<2>::Ones(), 0));
    }
  }
}
