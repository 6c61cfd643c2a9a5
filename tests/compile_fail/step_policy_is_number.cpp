// SPDX-License-Identifier: MIT
// expect: natgrad: a step of one length is FixedStep{0.1}
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{0.1}); }
