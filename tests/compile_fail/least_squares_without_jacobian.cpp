// SPDX-License-Identifier: MIT
// expect: natgrad: LeastSquares needs the Jacobian of the residuals: LeastSquares{n, r, autodiff_jacobian(r)}
// errors: 1
#include "objectives.hpp"

int main() {
  const natgrad::LeastSquares f{3, [](const VectorXd& x, VectorXd& r) { r = x; }};
}
