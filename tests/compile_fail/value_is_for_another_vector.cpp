// SPDX-License-Identifier: MIT
// expect: natgrad: value(x) must return the scalar of x
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithHessian{}, Eigen::VectorXf(2), natgrad::GradientDescent{}); }
