// SPDX-License-Identifier: MIT
// expect: natgrad: gradient must write in place and return nothing
// errors: 1
#include "objectives.hpp"

struct ByValue : WithValue {
  VectorXd gradient(const VectorXd& x) const { return 2 * x; }
};

int main() { natgrad::minimize(ByValue{}, x0, natgrad::GradientDescent{}); }
