// SPDX-License-Identifier: MIT
// expect: natgrad: an observer must be callable as
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{}, natgrad::StopWhen{}, 7); }
