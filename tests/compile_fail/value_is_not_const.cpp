// SPDX-License-Identifier: MIT
// expect: natgrad: the objective's value(x) and gradient(x, g) must be const member functions
// errors: 1
#include "objectives.hpp"

struct Counting {
  int calls = 0;
  double value(const VectorXd& x) { return ++calls, x.squaredNorm(); }
  void gradient(const VectorXd& x, VectorXd& g) const { g = 2 * x; }
};

int main() { natgrad::minimize(Counting{}, x0, natgrad::GradientDescent{}); }
