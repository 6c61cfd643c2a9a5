// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs x0 to be an Eigen column vector
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithHessian{}, Eigen::RowVectorXd(2), natgrad::GradientDescent{}); }
