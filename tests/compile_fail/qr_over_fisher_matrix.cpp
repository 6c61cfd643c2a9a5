// SPDX-License-Identifier: MIT
// expect: natgrad: Qr needs rows R
// errors: 1
#include "objectives.hpp"

int main() {
  natgrad::minimize(WithFisher{}, x0,
                    natgrad::NaturalGradient{natgrad::ExpectedFisher{}, natgrad::Armijo{}, natgrad::Qr{}});
}
