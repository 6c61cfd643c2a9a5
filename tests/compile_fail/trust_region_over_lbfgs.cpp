// SPDX-License-Identifier: MIT
// expect: natgrad: TrustRegion needs a metric that solves within a radius
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::LimitedMemoryBfgs{natgrad::TrustRegion{}}); }
