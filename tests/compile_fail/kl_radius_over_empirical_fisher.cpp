// SPDX-License-Identifier: MIT
// expect: natgrad: KlRadius over EmpiricalFisher means nothing
// errors: 1
#include "objectives.hpp"

int main() {
  natgrad::minimize(WithScore{}, x0,
                    natgrad::NaturalGradient{natgrad::EmpiricalFisher{}, natgrad::KlRadius{}});
}
