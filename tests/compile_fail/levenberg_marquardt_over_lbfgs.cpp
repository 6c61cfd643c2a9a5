// SPDX-License-Identifier: MIT
// expect: natgrad: LevenbergMarquardt needs a metric that can be damped
// errors: 1
#include "objectives.hpp"

int main() {
  natgrad::minimize(WithGradient{}, x0, natgrad::LimitedMemoryBfgs{natgrad::LevenbergMarquardt{}});
}
