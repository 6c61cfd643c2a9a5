// SPDX-License-Identifier: MIT
// expect: natgrad: a step policy must be callable as
// errors: 1
#include "objectives.hpp"

struct Nothing {};

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{Nothing{}}); }
