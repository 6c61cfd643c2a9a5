// SPDX-License-Identifier: MIT
/// Every optimizer behind one type, on any smooth function behind one type, with the path it took: for laws that hold for all.
#pragma once

#include "natgrad/core/result.hpp"
#include "natgrad/stop/stop_when.hpp"

#include <Eigen/Core>

#include <functional>
#include <string>
#include <vector>

namespace natgrad::test {

/// f with ∇f, ∇²f and F(x)
struct Smooth {
  std::function<double(const Eigen::VectorXd&)> f;
  std::function<void(const Eigen::VectorXd&, Eigen::VectorXd&)> g;
  std::function<void(const Eigen::VectorXd&, Eigen::MatrixXd&)> H;
  std::function<void(const Eigen::VectorXd&, Eigen::MatrixXd&)> F = H;

  double value(const Eigen::VectorXd& x) const { return f(x); }
  void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& out) const { g(x, out); }
  void hessian(const Eigen::VectorXd& x, Eigen::MatrixXd& out) const { H(x, out); }
  void fisher(const Eigen::VectorXd& x, Eigen::MatrixXd& out) const { F(x, out); }
};

using Path = std::vector<Eigen::VectorXd>;

struct NamedOptimizer {
  std::string name;
  std::function<Result<Eigen::VectorXd>(const Smooth&, const Eigen::VectorXd&, const StopWhen&, Path*)>
      minimize;
};

/// Gradient descent and L-BFGS
const std::vector<NamedOptimizer>& first_order();

/// Newton and the natural gradient, their steps damped, within a radius, and along a line: all of these use D = diag M at most,
/// so that they do not see the units of x
const std::vector<NamedOptimizer>& second_order();

/// Newton and the natural gradient, undamped and along a line: nothing in them sees which coordinates x is given in
const std::vector<NamedOptimizer>& undamped();

const std::vector<NamedOptimizer>& every_optimizer();

/// s·f((x − t)/c), the same function in other units, and from another origin
Smooth in_units(const Smooth& f, double s, const Eigen::VectorXd& c, const Eigen::VectorXd& t);

/// ½(x − b)ᵀA(x − b) + ¼Σ(x − b)ᵢ⁴ + offset; A random with eigenvalues 1 … condition
struct Bowl {
  Eigen::VectorXd best, start;
  double lowest, highest;  ///< eigenvalues of A
  Smooth f;
};
Bowl random_bowl(unsigned seed, Eigen::Index size, double condition, double quartic = 1, double offset = 0);

}  // namespace natgrad::test
