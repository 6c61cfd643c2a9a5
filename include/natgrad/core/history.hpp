// SPDX-License-Identifier: MIT
#pragma once

/// What a run keeps of the points that it has left: the lowest, to be given back should it end in a failure above that, and how
/// large the gradient was.

#include "natgrad/core/iterate.hpp"

namespace natgrad::detail {

template <class V>
class History {
 public:
  using Scalar = ScalarOf<V>;

  explicit History(const V& start) : start_(start), lowest_(start.size()) {}

  /// A step has gone from `left` to f = value.
  void leave(const Iterate<V>& left, const Scalar& value) {
    if (left.gradient_norm > largest_gradient_) largest_gradient_ = left.gradient_norm;
    if (!(left.value < value) || (has_lowest_ && lowest_.value <= left.value)) return;
    lowest_ = left;
    has_lowest_ = true;
  }

  /// Puts `at` back to the lowest point. False where no point was lower.
  bool put_back(Iterate<V>& at) {
    if (!has_lowest_ || !(lowest_.value < at.value)) return false;
    swap(at, lowest_);
    return true;
  }

  /// x0
  const V& start() const { return start_; }

  /// The largest ‖∇f‖∞
  const Scalar& largest_gradient() const { return largest_gradient_; }

 private:
  V start_;
  Iterate<V> lowest_;
  Scalar largest_gradient_ = Scalar(0);
  bool has_lowest_ = false;
};

}  // namespace natgrad::detail
