// SPDX-License-Identifier: MIT
// expect: natgrad: KlRadius over EmpiricalFisher means nothing
// errors: 1
#include "objectives.hpp"

int main() {
  const natgrad::NaturalGradient optimizer{natgrad::MovingAverage{natgrad::EmpiricalFisher{}},
                                           natgrad::KlRadius{}};
  natgrad::minimize(WithScore{}, x0, optimizer);
}
