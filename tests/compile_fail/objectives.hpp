// SPDX-License-Identifier: MIT
/// The objectives of the programs that must not compile: each gives what its name says and no more.
#pragma once

#include <natgrad/natgrad.hpp>

#include <Eigen/Core>

using Eigen::MatrixXd;
using Eigen::VectorXd;

struct WithValue {
  double value(const VectorXd& x) const { return x.squaredNorm(); }
};

struct WithGradient : WithValue {
  void gradient(const VectorXd& x, VectorXd& g) const { g = 2 * x; }
};

struct WithHessian : WithGradient {
  void hessian(const VectorXd& x, MatrixXd& H) const { H = 2 * MatrixXd::Identity(x.size(), x.size()); }
};

struct WithFisher : WithGradient {
  void fisher(const VectorXd& x, MatrixXd& F) const { F = 2 * MatrixXd::Identity(x.size(), x.size()); }
};

struct WithScore : WithGradient {
  Eigen::Index sample_count() const { return 1; }
  void score(const VectorXd& x, Eigen::Index, VectorXd& s) const { s = -2 * x; }
};

inline const VectorXd x0 = VectorXd::Ones(3);
