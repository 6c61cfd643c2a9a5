// SPDX-License-Identifier: MIT
// expect: natgrad: Newton needs hessian(x, H), and this objective has a Fisher or Gauss-Newton matrix in its place: use NaturalGradient{}
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithFisher{}, x0, natgrad::Newton{}); }
