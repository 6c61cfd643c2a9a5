// SPDX-License-Identifier: MIT
// expect: natgrad: the objective's value(x) and gradient(x, g) must be const member functions
// errors: 1
#include "objectives.hpp"

struct Counting : WithValue {
  int calls = 0;
  void gradient(const VectorXd& x, VectorXd& g) { g = ++calls * x; }
};

int main() { natgrad::minimize(Counting{}, x0, natgrad::GradientDescent{}); }
