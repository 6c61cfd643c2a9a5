// SPDX-License-Identifier: MIT
// expect: natgrad: Newton needs hessian(x, H): give the objective `void hessian(const V& x, SquareMatrix<V>& H) const`
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::Newton{}); }
