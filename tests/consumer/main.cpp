// SPDX-License-Identifier: MIT
// The smallest program that shows that headers, language level and Eigen arrived.
#include <natgrad/natgrad.hpp>

#include <iostream>

struct Bowl {
  double value(const Eigen::Vector2d& x) const { return 0.5 * x.squaredNorm(); }
  void gradient(const Eigen::Vector2d& x, Eigen::Vector2d& g) const { g = x; }
  void hessian(const Eigen::Vector2d&, Eigen::Matrix2d& H) const { H.setIdentity(); }
};

int main() {
  const auto result = natgrad::minimize(Bowl{}, Eigen::Vector2d{3.0, -4.0}, natgrad::Newton{});
  std::cout << result << '\n';
  return result.converged() ? 0 : 1;
}
