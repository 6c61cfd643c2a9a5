// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs value(x): give the objective `Scalar value(const V& x) const`
// errors: 1
#include "objectives.hpp"

struct NoValue {
  void gradient(const VectorXd& x, VectorXd& g) const { g = x; }
};

int main() { natgrad::minimize(NoValue{}, x0, natgrad::GradientDescent{}); }
