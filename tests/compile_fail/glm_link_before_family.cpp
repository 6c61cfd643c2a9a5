// SPDX-License-Identifier: MIT
// expect: a GeneralizedLinearModel is of a family first and then of a link: GeneralizedLinearModel<Binomial, Probit>{X, y}
// errors: 1
#include "objectives.hpp"

int main() {
  natgrad::GeneralizedLinearModel<natgrad::Probit, natgrad::Binomial> model{
      Eigen::MatrixXd(4, 2), Eigen::VectorXd(4), {.intercept = true}};
}
