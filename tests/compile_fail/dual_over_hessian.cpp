// SPDX-License-Identifier: MIT
// expect: natgrad: Dual needs rows R
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithHessian{}, x0, natgrad::Newton{natgrad::Armijo{}, natgrad::Dual{}}); }
