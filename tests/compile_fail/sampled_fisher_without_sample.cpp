// SPDX-License-Identifier: MIT
// expect: natgrad: SampledFisher needs sample(rows, seed) and fisher(x, F)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithFisher{}, x0, natgrad::NaturalGradient{natgrad::SampledFisher{}}); }
