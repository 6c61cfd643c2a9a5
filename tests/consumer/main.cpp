// SPDX-License-Identifier: MIT
// The smallest program that shows that headers, language level and Eigen arrived.
#include <natgrad/natgrad.hpp>

#include <iostream>

struct Bowl {
  double value(const Eigen::Vector2d& x) const { return 0.5 * x.squaredNorm(); }
  void gradient(const Eigen::Vector2d& x, Eigen::Vector2d& g) const { g = x; }
};

int main() {
  const natgrad::GradientDescent optimizer{natgrad::FixedStep{1.0}};
  const auto result = natgrad::minimize(Bowl{}, Eigen::Vector2d{3.0, -4.0}, optimizer);
  std::cout << result << '\n';
  return result.converged() ? 0 : 1;
}
