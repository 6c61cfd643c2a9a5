// SPDX-License-Identifier: MIT
// expect: a step policy must be callable as (Search& search) and return Step
// errors: 1
#include "objectives.hpp"

struct Policy {
  bool operator()(auto& search) { return search.value(1.0) < search.value(); }
};

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{Policy{}}); }
