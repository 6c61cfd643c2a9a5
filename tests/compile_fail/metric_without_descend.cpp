// SPDX-License-Identifier: MIT
// expect: natgrad: a metric must have start<F, V>\(f, x0\), which makes its run state
// errors: 1
#include "objectives.hpp"

template <class V>
struct HalfState : natgrad::MetricState<V> {
  template <class Evaluator>
  bool prepare(Evaluator&, const natgrad::Iterate<V>&) {
    return true;
  }
  bool solve(double, const V& g, V& d) {
    d = -g;
    return true;
  }
};

struct Half {
  template <class F, class V>
  auto start(const F&, const V&) const {
    return HalfState<V>{};
  }
};

int main() { natgrad::minimize(WithFisher{}, x0, natgrad::SteepestDescent{Half{}, natgrad::Armijo{}}); }
