// SPDX-License-Identifier: MIT
// expect: how the system is solved is the argument after it
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithFisher{}, x0, natgrad::NaturalGradient{natgrad::Dense{}}); }
