// SPDX-License-Identifier: MIT
// expect: natgrad: a metric must have start<F, V>\(f, x0\), which makes its run state
// errors: 1
#include "objectives.hpp"

struct Weights {
  Eigen::VectorXd weight;
};

int main() { natgrad::minimize(WithFisher{}, x0, natgrad::SteepestDescent{Weights{x0}, natgrad::Armijo{}}); }
