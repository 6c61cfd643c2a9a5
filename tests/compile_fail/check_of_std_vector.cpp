// SPDX-License-Identifier: MIT
// expect: natgrad: a check needs x to be an Eigen column vector
// errors: 1
#include "objectives.hpp"

#include <vector>

int main() { natgrad::check_derivatives(WithGradient{}, std::vector<double>{1, 2}); }
