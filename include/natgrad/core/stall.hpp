// SPDX-License-Identifier: MIT
#pragma once

/// Whether a run still comes on: f falls by more than its noise, or the gradient by 1 %; and whether it may be given another chance.

#include "natgrad/core/iterate.hpp"

#include <limits>

namespace natgrad::detail {

template <class Scalar>
class Stall {
 public:
  /// The steps since it last did, this one included. noise() is called where the gradient has not fallen.
  template <class V, class Noise>
  int steps(const Iterate<V>& at, const Noise& noise) {
    if (at.gradient_norm < Scalar(0.99) * gradient_norm_ || at.value < value_ - noise()) {
      gradient_norm_ = at.gradient_norm;
      value_ = at.value;
      steps_ = 0;
    }
    return ++steps_;
  }

  /// The count begins again: once, and again only where f has fallen since.
  bool begin_again(const Scalar& value, const Scalar& noise) {
    if (!(value < begun_at_ - noise)) return false;
    *this = {};
    begun_at_ = value;
    return true;
  }

 private:
  Scalar gradient_norm_ = std::numeric_limits<Scalar>::infinity();
  Scalar value_ = std::numeric_limits<Scalar>::infinity();
  Scalar begun_at_ = std::numeric_limits<Scalar>::infinity();
  int steps_ = 0;
};

}  // namespace natgrad::detail
