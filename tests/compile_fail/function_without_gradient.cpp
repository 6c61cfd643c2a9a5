// SPDX-License-Identifier: MIT
// expect: natgrad: function(value, gradient) needs the gradient
// errors: 1
#include "objectives.hpp"

int main() {
  const auto f = natgrad::function([](const VectorXd& x) { return x.sum(); });
}
