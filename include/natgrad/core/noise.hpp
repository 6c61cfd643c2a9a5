// SPDX-License-Identifier: MIT
#pragma once

/// How far rounding may put the computed f off: estimated at each point, or measured there.

#include "natgrad/core/iterate.hpp"

#include <algorithm>

namespace natgrad::detail {

template <class Scalar>
class Noise {
 public:
  /// ε(100|f| + |∇f|ᵀ|x|) + ε²xᵀDx, or what was measured where that is more. Computed once at a point.
  template <class V, class Metric>
  Scalar operator()(const Iterate<V>& at, const Metric& metric) {
    if (!(known_ >= Scalar(0))) {
      const Scalar eps = epsilon<Scalar>();
      Scalar terms(0);
      for (Index i = 0; i < at.x.size(); ++i)
        terms += Eigen::numext::abs(at.gradient[i]) * Eigen::numext::abs(at.x[i]);
      known_ =
          eps * (Scalar(100) * Eigen::numext::abs(at.value) + terms) + eps * eps * metric.scaled_square(at.x);
      if (known_ < measured_) known_ = measured_;
    }
    return known_;
  }

  /// f was seen to be off by so much: twice that is its noise, until it falls by a thousand times as much.
  void measured(const Scalar& seen) { measured_ = Scalar(2) * seen; }

  void after_fall(const Scalar& fall) {
    if (fall > Scalar(1000) * measured_) measured_ = Scalar(0);
  }

  /// Another point, or the same to be looked at again.
  void forget_point() { known_ = Scalar(-1); }

 private:
  Scalar known_ = Scalar(-1);
  Scalar measured_ = Scalar(0);
};

}  // namespace natgrad::detail
