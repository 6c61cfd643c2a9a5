// SPDX-License-Identifier: MIT
// expect: natgrad: Newton needs hessian(x, H)
// errors: 1
#include "objectives.hpp"

const auto f = natgrad::function([](const VectorXd& x) { return x.squaredNorm(); },
                                 [](const VectorXd& x, VectorXd& g) { g = 2 * x; });

int main() { natgrad::minimize(f, x0, natgrad::Newton{}); }
