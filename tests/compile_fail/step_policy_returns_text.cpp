// SPDX-License-Identifier: MIT
// expect: natgrad: a step policy must be callable as
// errors: 1
#include "objectives.hpp"

struct Text {
  template <class Search>
  const char* operator()(Search&) const {
    return "far";
  }
};

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::GradientDescent{Text{}}); }
