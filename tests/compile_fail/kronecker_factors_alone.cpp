// SPDX-License-Identifier: MIT
// expect: natgrad: NaturalGradient has Kronecker factors of the objective and no fisher(x, F)
// expect: use NaturalGradient{LevenbergMarquardt{}, Kronecker{}}
// errors: 1
#include "objectives.hpp"

struct FactorsOnly : WithGradient {
  void fisher_factors(const VectorXd& x, Eigen::Index, MatrixXd& A, MatrixXd& G) const {
    A.setIdentity(x.size(), x.size());
    G.setIdentity(1, 1);
  }
};

int main() { natgrad::minimize(FactorsOnly{}, x0, natgrad::NaturalGradient{}); }
