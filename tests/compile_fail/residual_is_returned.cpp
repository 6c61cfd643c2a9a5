// SPDX-License-Identifier: MIT
// expect: the residual of LeastSquares must be callable as (const V& x, R& r)
// errors: 1
#include "objectives.hpp"

int main() {
  const natgrad::LeastSquares f(
      2, [](const Eigen::VectorXd& x) { return x; },
      [](const Eigen::VectorXd&, auto& J) { J.setIdentity(); });
  natgrad::minimize(f, x0, natgrad::LimitedMemoryBfgs{});
}
