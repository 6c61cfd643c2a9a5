// SPDX-License-Identifier: MIT
#include "support/algebra.hpp"

#include <Eigen/Eigenvalues>
#include <Eigen/LU>
#include <Eigen/QR>

namespace natgrad::test {

Eigen::VectorXd solve(const Eigen::MatrixXd& A, const Eigen::VectorXd& b) { return A.fullPivLu().solve(b); }

Eigen::MatrixXd solve(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B) { return A.fullPivLu().solve(B); }

Eigen::MatrixXd pseudo_inverse(const Eigen::MatrixXd& A) {
  return A.completeOrthogonalDecomposition().pseudoInverse();
}

Eigen::Matrix<long double, Eigen::Dynamic, 1> symmetric_eigenvalues(
    const Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>& A) {
  using Matrix = Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>;
  return Eigen::SelfAdjointEigenSolver<Matrix>(A, Eigen::EigenvaluesOnly).eigenvalues();
}

Eigen::MatrixXd orthogonal(const Eigen::MatrixXd& A) { return A.householderQr().householderQ(); }

}  // namespace natgrad::test
