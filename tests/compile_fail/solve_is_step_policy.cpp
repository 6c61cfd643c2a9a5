// SPDX-License-Identifier: MIT
// expect: a step policy comes before it, and a kind of Fisher matrix first of all
// errors: 1
#include "objectives.hpp"

int main() { natgrad::minimize(WithHessian{}, x0, natgrad::Newton{natgrad::Dense{}, natgrad::Armijo{}}); }
