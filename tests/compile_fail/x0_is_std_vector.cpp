// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs x0 to be an Eigen column vector
// errors: 1
#include "objectives.hpp"

#include <vector>

int main() { natgrad::minimize(WithHessian{}, std::vector<double>{1, 2}, natgrad::GradientDescent{}); }
