// SPDX-License-Identifier: MIT
// expect: natgrad: y must be an Eigen vector; a std::vector is one in Eigen::Map
// errors: 1
#include "objectives.hpp"

#include <vector>

int main() {
  const Eigen::MatrixXd X = Eigen::MatrixXd::Ones(2, 1);
  const std::vector<double> y{0, 1};
  const natgrad::LogisticRegression f(X, y);
}
