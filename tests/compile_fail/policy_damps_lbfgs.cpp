// SPDX-License-Identifier: MIT
// expect: natgrad: search.damp(lambda) needs a metric that can be damped
// errors: 1
#include "objectives.hpp"

struct Policy {
  template <class Search>
  typename Search::Step operator()(Search& search) const {
    return search.damp(1.0) ? 1.0 : 0.5;
  }
};

int main() { natgrad::minimize(WithGradient{}, x0, natgrad::LimitedMemoryBfgs{Policy{}}); }
