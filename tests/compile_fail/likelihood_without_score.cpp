// SPDX-License-Identifier: MIT
// expect: likelihood needs score(x, i, s) of the model
// errors: 1
#include "objectives.hpp"

struct Model {
  double value(const Eigen::VectorXd& x) const { return x.squaredNorm(); }
  natgrad::Index sample_count() const { return 3; }
  Eigen::VectorXd score(const Eigen::VectorXd& x, natgrad::Index) const { return x; }
};

int main() { natgrad::minimize(natgrad::likelihood(Model{}), x0, natgrad::LimitedMemoryBfgs{}); }
