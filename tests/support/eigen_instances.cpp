// SPDX-License-Identifier: MIT
#include "support/eigen_instances.hpp"

NATGRAD_TEST_EIGENSOLVER(, Eigen::MatrixXd)
NATGRAD_TEST_EIGENSOLVER(, Eigen::Matrix2d)
NATGRAD_TEST_EIGENSOLVER(, Eigen::Matrix3d)
