// SPDX-License-Identifier: MIT
// expect: natgrad: a stop rule must be callable as
// expect: V is the plain vector type of x0
// errors: 1
#include "objectives.hpp"

#include <optional>

const auto rule = [](const natgrad::Progress<Eigen::Vector2d>&) -> std::optional<natgrad::Status> {
  return {};
};

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{}, rule); }
