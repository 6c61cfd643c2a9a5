// SPDX-License-Identifier: MIT
#include "natgrad/core/centred_coordinates.hpp"

#include "support/catch.hpp"

#include <Eigen/LU>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

TEST_CASE("Centred coordinates are Tx, with (w, b + cᵀw) for each output (w, b)") {
  const VectorXd c{{3, -0.5, 0}};
  MatrixXd T = MatrixXd::Identity(6, 6);
  T.block(2, 0, 1, 3) += c.transpose();
  T.block(5, 3, 1, 3) += c.transpose();
  const VectorXd v{{1, 2, -1, 0.5, -3, 4}};
  detail::CentredCoordinates<VectorXd> coordinates;
  MatrixXd M = MatrixXd::Random(6, 6);
  M = (M * M.transpose()).eval();

  const auto check = [&](const MatrixXd& by) {
    CHECK((coordinates.turned(v) - by * v).norm() < 1e-14);
    CHECK((coordinates.turned_gradient(v) - by.inverse().transpose() * v).norm() < 1e-14);
    VectorXd back = by * v, gradient = v;
    coordinates.turn_back(back);
    CHECK((back - v).norm() < 1e-14);
    coordinates.turn_gradient_back(gradient);
    CHECK((gradient - by.transpose() * v).norm() < 1e-14);
    const MatrixXd whole = by.transpose() * M * by;
    const MatrixXd lower = M.triangularView<Eigen::Lower>();
    for (Eigen::Index i = 0; i < 6; ++i)
      CHECK(coordinates.diagonal_entry(lower, i) == Approx(whole(i, i)).epsilon(1e-13));
  };
  check(MatrixXd::Identity(6, 6));  // without a centre
  coordinates.set_centre(&c);
  check(T);
  coordinates.set_centre(nullptr);
  check(MatrixXd::Identity(6, 6));
}
