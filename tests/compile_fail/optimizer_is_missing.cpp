// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs an optimizer: minimize(f, x0, LimitedMemoryBfgs{}) with a gradient
// errors: 1
#include "objectives.hpp"

int main() { return natgrad::minimize(WithGradient{}, x0).converged(); }
