// SPDX-License-Identifier: MIT
// expect: natgrad: autodiff calls f with numbers that carry their derivatives: write f for any scalar
// errors: 1
#include "objectives.hpp"
int main() {
  natgrad::minimize(natgrad::autodiff([](const Eigen::Vector2d& x) { return x.squaredNorm(); }), x0,
                    natgrad::Newton{});
}
