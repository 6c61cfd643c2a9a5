// SPDX-License-Identifier: MIT
// expect: natgrad: ConjugateGradient needs a product
// errors: 1
#include "objectives.hpp"

int main() {
  const natgrad::NaturalGradient optimizer{natgrad::MovingAverage{natgrad::ExpectedFisher{}},
                                           natgrad::Armijo{}, natgrad::ConjugateGradient{}};
  natgrad::minimize(WithFisher{}, x0, optimizer);
}
