// SPDX-License-Identifier: MIT
// expect: natgrad: a stop rule must be callable as
// errors: 1
#include "objectives.hpp"

const auto rule = [](const natgrad::Progress<VectorXd>&) { return "now"; };

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{}, rule); }
