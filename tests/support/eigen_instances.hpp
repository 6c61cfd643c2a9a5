// SPDX-License-Identifier: MIT
/// Eigen's symmetric eigensolver, compiled once for all tests: it is most of what each Newton<V> costs to compile.
#pragma once

#include <Eigen/Eigenvalues>

#define NATGRAD_TEST_EIGENSOLVER(linkage, Matrix)                                                         \
  linkage template Eigen::SelfAdjointEigenSolver<Matrix>& Eigen::SelfAdjointEigenSolver<Matrix>::compute( \
      const Eigen::EigenBase<Matrix>&, int);

NATGRAD_TEST_EIGENSOLVER(extern, Eigen::MatrixXd)
NATGRAD_TEST_EIGENSOLVER(extern, Eigen::Matrix2d)
NATGRAD_TEST_EIGENSOLVER(extern, Eigen::Matrix3d)
