// SPDX-License-Identifier: MIT
// expect: natgrad: GeodesicAcceleration needs gradient_bend(x, v, out), how the gradient bends along v: use LeastSquares, or LevenbergMarquardt.
// errors: 1
#include <natgrad/natgrad.hpp>

int main() {
  const natgrad::Quadratic f{Eigen::MatrixXd(Eigen::MatrixXd::Identity(2, 2)),
                             Eigen::VectorXd(Eigen::VectorXd::Ones(2))};
  natgrad::minimize(f, Eigen::VectorXd(Eigen::VectorXd::Zero(2)),
                    natgrad::Newton{natgrad::GeodesicAcceleration{}});
}
