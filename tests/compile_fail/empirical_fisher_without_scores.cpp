// SPDX-License-Identifier: MIT
// expect: natgrad: EmpiricalFisher needs sample_count() and score(x, i, s) or scores(x, first, S)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithFisher{}, x0, natgrad::NaturalGradient{natgrad::EmpiricalFisher{}}); }
