// SPDX-License-Identifier: MIT
// expect: natgrad: y must hold the same scalar as X, as y.cast<double>() does
// errors: 1
#include "objectives.hpp"

int main() {
  const Eigen::MatrixXd X = Eigen::MatrixXd::Ones(2, 1);
  const Eigen::VectorXi y{{0, 1}};
  const natgrad::GeneralizedLinearModel<natgrad::Poisson> f(X, y);
}
