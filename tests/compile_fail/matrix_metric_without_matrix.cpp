// SPDX-License-Identifier: MIT
// expect: natgrad: MatrixMetric needs a function of (const V& x, SquareMatrix<V>& M)
// errors: 1
#include "objectives.hpp"

int main() {
  const natgrad::MatrixMetric metric{[](const Eigen::VectorXd& x) { return x; }};
  natgrad::minimize(WithFisher{}, x0, natgrad::SteepestDescent{metric, natgrad::Armijo{}});
}
