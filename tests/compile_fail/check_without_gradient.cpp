// SPDX-License-Identifier: MIT
// expect: natgrad: check_derivatives needs value(x) and gradient(x, g)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::check_derivatives(WithValue{}, x0); }
