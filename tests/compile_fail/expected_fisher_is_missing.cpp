// SPDX-License-Identifier: MIT
// expect: natgrad: ExpectedFisher needs fisher(x, F)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithScore{}, x0, natgrad::NaturalGradient{natgrad::ExpectedFisher{}}); }
