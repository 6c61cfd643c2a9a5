// SPDX-License-Identifier: MIT
// expect: natgrad: NaturalGradient needs fisher(x, F), or sample_count() with score(x, i, s)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::NaturalGradient{}); }
