// SPDX-License-Identifier: MIT
// expect: natgrad: the third argument of minimize must be an optimizer
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::StopWhen{}); }
