// SPDX-License-Identifier: MIT
// expect: natgrad: Diagonal needs the diagonal of a matrix: hessian(x, H) or hessian_diagonal(x, D)
// errors: 1
#include "objectives.hpp"

struct ProductOnly : WithGradient {
  void hessian_times(const VectorXd&, const VectorXd& v, VectorXd& Hv) const { Hv = 2 * v; }
};

int main() { natgrad::minimize(ProductOnly{}, x0, natgrad::Newton{natgrad::Armijo{}, natgrad::Diagonal{}}); }
