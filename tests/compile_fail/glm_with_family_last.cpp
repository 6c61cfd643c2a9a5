// SPDX-License-Identifier: MIT
// expect: a GeneralizedLinearModel needs its family
// errors: 1
#include "objectives.hpp"

int main() {
  natgrad::GeneralizedLinearModel model{Eigen::MatrixXd(4, 2), Eigen::VectorXd(4), natgrad::Poisson{}};
}
