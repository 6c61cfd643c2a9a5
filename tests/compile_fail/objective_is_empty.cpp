// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs value(x)
// errors: 1
#include "objectives.hpp"

struct Nothing {};

int main() { natgrad::minimize(Nothing{}, x0, natgrad::GradientDescent{}); }
