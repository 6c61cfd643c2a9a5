// SPDX-License-Identifier: MIT
#include "natgrad/autodiff/eigen_scalar.hpp"

#include "support/catch.hpp"

#include <Eigen/Dense>

using natgrad::Jet;

namespace {

template <class J>
Eigen::Matrix<J, Eigen::Dynamic, 1> variables(const Eigen::VectorXd& x) {
  Eigen::Matrix<J, Eigen::Dynamic, 1> lifted = x.cast<J>();
  for (Eigen::Index i = 0; i < x.size(); ++i) lifted[i].derivative[static_cast<std::size_t>(i)] = 1;
  return lifted;
}

const Eigen::VectorXd point = Eigen::Vector3d(0.5, -2, 3);

}  // namespace

TEST_CASE("a real matrix times a vector of Jets has the matrix as its Jacobian") {
  using J = Jet<double, 3>;
  Eigen::MatrixXd A(2, 3);
  A << 1, 2, 3, 4, 5, 6;
  const Eigen::Matrix<J, Eigen::Dynamic, 1> product = A * variables<J>(point);
  for (Eigen::Index i = 0; i < 2; ++i) {
    CHECK(product[i].value == (A * point)[i]);
    for (Eigen::Index k = 0; k < 3; ++k) CHECK(product[i].derivative[static_cast<std::size_t>(k)] == A(i, k));
  }
}

TEST_CASE("Eigen's reductions, products and array functions work on Jets") {
  using J = Jet<double, 3>;
  const auto x = variables<J>(point);
  CHECK(x.squaredNorm().derivative[1] == 2 * point[1]);
  CHECK(x.norm().derivative[2] == Approx(point[2] / point.norm()));
  CHECK(x.dot(point.cast<J>()).derivative[2] == point[2]);
  CHECK((2 * x - x / 4).sum().derivative[0] == 1.75);
  CHECK(x.maxCoeff().derivative[2] == 1);
  CHECK(x.cwiseAbs().sum().derivative[1] == -1);
  CHECK(x.array().exp().sum().derivative[1] == std::exp(point[1]));
  CHECK(x.array().square().log().sum().derivative[1] == Approx(2 / point[1]));
  CHECK(x.array().pow(2).sum().derivative[1] == 2 * point[1]);
  CHECK(x.prod().derivative[0] == point[1] * point[2]);
  CHECK(x.allFinite());
}

TEST_CASE("a factorization of Jets differentiates the solution of a linear system") {
  using J = Jet<double, 1>;
  // (A + tI)z = b: dz/dt = −A⁻¹z at t = 0
  Eigen::Matrix2d A;
  A << 4, 1, 1, 3;
  const Eigen::Vector2d b(1, 2);
  J t(0);
  t.derivative[0] = 1;
  Eigen::Matrix<J, 2, 2> shifted = A.cast<J>();
  shifted.diagonal().array() += t;
  const Eigen::Matrix<J, 2, 1> z = shifted.llt().solve(b.cast<J>());
  const Eigen::Vector2d slope = -A.llt().solve(A.llt().solve(b));
  CHECK(z[0].derivative[0] == Approx(slope[0]));
  CHECK(z[1].derivative[0] == Approx(slope[1]));
}

TEST_CASE("finiteness is that of the value") {
  using J = Jet<double, 1>;
  CHECK(isfinite(J(1)));
  CHECK(isnan(log(J(-1))));
  CHECK(isinf(1 / J(0.0)));
}
