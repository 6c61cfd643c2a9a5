// SPDX-License-Identifier: MIT
// expect: natgrad: LeastSquares takes the number of residuals first
// errors: 1
#include "objectives.hpp"

int main() {
  const natgrad::LeastSquares f{[](const VectorXd& x, VectorXd& r) { r = x; },
                                [](const VectorXd&, MatrixXd& J) { J.setIdentity(); }, 3};
}
