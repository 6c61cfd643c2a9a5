// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs x0 to be an Eigen column vector
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithHessian{}, 1.0, natgrad::GradientDescent{}); }
