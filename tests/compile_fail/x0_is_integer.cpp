// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs x0 to hold real floating-point numbers
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithHessian{}, Eigen::VectorXi(2), natgrad::GradientDescent{}); }
