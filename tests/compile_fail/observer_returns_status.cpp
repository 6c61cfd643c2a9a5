// SPDX-License-Identifier: MIT
// expect: an observer only watches, and its Status would be lost
// errors: 1
#include "objectives.hpp"

int main() {
  natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{}, natgrad::StopWhen{},
                    [](const auto&) { return natgrad::Status::stopped; });
}
