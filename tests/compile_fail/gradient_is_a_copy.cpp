// SPDX-License-Identifier: MIT
// expect: natgrad: minimize needs gradient(x, g)
// errors: 1
#include "objectives.hpp"

struct OfFloat : WithValue {
  void gradient(const VectorXd& x, Eigen::VectorXf& g) const { g = x.cast<float>(); }
};

int main() { natgrad::minimize(OfFloat{}, x0, natgrad::GradientDescent{}); }
