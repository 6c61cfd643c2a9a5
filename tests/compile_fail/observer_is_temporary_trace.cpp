// SPDX-License-Identifier: MIT
// expect: natgrad: this Trace ends with the call and nothing can read it
// errors: 1
#include "objectives.hpp"

int main() {
  natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{}, natgrad::StopWhen{}, natgrad::Trace{});
}
