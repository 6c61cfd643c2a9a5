// SPDX-License-Identifier: MIT
// expect: natgrad: Kronecker needs fisher_factors(x, layer, A, G)
// errors: 1
#include "objectives.hpp"

int main() {
  natgrad::minimize(
      WithFisher{}, x0,
      natgrad::NaturalGradient{natgrad::ExpectedFisher{}, natgrad::Armijo{}, natgrad::Kronecker{}});
}
