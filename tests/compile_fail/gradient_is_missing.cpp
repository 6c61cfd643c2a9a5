// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs gradient(x, g)
// expect: or wrap it in numeric_derivatives(f)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithValue{}, x0, natgrad::GradientDescent{}); }
