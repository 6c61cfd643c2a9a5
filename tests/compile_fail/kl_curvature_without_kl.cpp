// SPDX-License-Identifier: MIT
// expect: natgrad: kl_curvature needs kl(x, x_new)
// errors: 1
#include "objectives.hpp"

int main() { natgrad::kl_curvature(WithFisher{}, x0, 1e-3); }
