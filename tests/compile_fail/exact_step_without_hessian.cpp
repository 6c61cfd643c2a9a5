// SPDX-License-Identifier: MIT
// expect: natgrad: ExactStep needs hessian_times(x, v, Hv) or hessian(x, H)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{natgrad::ExactStep{}}); }
