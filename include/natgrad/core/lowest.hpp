// SPDX-License-Identifier: MIT
#pragma once

/// The lowest point that a run has left, to be given back should it end in a failure above that.

#include "natgrad/core/iterate.hpp"

namespace natgrad::detail {

template <class V>
class Lowest {
 public:
  explicit Lowest(Index dimension) : point_(dimension) {}

  /// A step has gone up from `left` to f = value.
  void keep(const Iterate<V>& left, const ScalarOf<V>& value) {
    if (!(left.value < value) || (known_ && point_.value <= left.value)) return;
    point_ = left;
    known_ = true;
  }

  /// Whether `at` has been put back to it.
  bool replace(Iterate<V>& at) {
    if (!known_ || !(point_.value < at.value)) return false;
    swap(at, point_);
    return true;
  }

 private:
  Iterate<V> point_;
  bool known_ = false;
};

}  // namespace natgrad::detail
