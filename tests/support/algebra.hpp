// SPDX-License-Identifier: MIT
/// Reference answers of dense linear algebra, compiled once: Eigen's factorizations take a compiler seconds each.
#pragma once

#include <Eigen/Core>

namespace natgrad::test {

/// A⁻¹b by Gaussian elimination with complete pivoting
Eigen::VectorXd solve(const Eigen::MatrixXd& A, const Eigen::VectorXd& b);
Eigen::MatrixXd solve(const Eigen::MatrixXd& A, const Eigen::MatrixXd& B);
/// A⁺ by a complete orthogonal decomposition
Eigen::MatrixXd pseudo_inverse(const Eigen::MatrixXd& A);
/// ascending
Eigen::Matrix<long double, Eigen::Dynamic, 1> symmetric_eigenvalues(
    const Eigen::Matrix<long double, Eigen::Dynamic, Eigen::Dynamic>& A);
/// The Q of A = QR
Eigen::MatrixXd orthogonal(const Eigen::MatrixXd& A);

}  // namespace natgrad::test
