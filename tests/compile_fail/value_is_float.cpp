// SPDX-License-Identifier: MIT
// expect: natgrad: value(x) must return the scalar of x
// errors: 1
#include "objectives.hpp"

struct Single {
  float value(const VectorXd& x) const { return static_cast<float>(x.sum()); }
  void gradient(const VectorXd&, VectorXd& g) const { g.setOnes(); }
};

int main() { natgrad::minimize(Single{}, x0, natgrad::GradientDescent{}); }
