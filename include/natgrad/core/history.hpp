// SPDX-License-Identifier: MIT
#pragma once

/// What a run keeps of the points that it has left: the lowest, to be given back should it end in a failure above that, and how
/// large the gradient was.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/iterate.hpp"

#include <algorithm>

namespace natgrad::detail {

template <class V, bool keeps_entries>
class History {
 public:
  using Scalar = ScalarOf<V>;

  explicit History(const V& start) : start_(start), lowest_(start.size()) {
    if constexpr (keeps_entries) largest_entries_ = zeros<V>(start.size());
  }

  /// A step has gone from `left` to f = value.
  void leave(const Iterate<V>& left, const Scalar& value) {
    if (left.gradient_norm > largest_gradient_) largest_gradient_ = left.gradient_norm;
    if constexpr (keeps_entries) {
      for (Index i = 0; i < left.gradient.size(); ++i)
        largest_entries_[i] = std::max(largest_entries_[i], Scalar(Eigen::numext::abs(left.gradient[i])));
    }
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

  /// An entry of ∇f is not below a thousandth of its largest, whatever its units are, by more than rounding; and were x to change
  /// by as much as itself along it, or by 1 from 0, f would by a millionth: it has not settled. Nor has one that never halved,
  /// where x has yet to grow from next to nothing.
  bool has_unsettled_entry(const Iterate<V>& at) const {
    if constexpr (keeps_entries) {
      const Scalar rounding = Scalar(4) * epsilon<Scalar>() * largest_gradient_;
      const Scalar least = Scalar(1e-6) * Eigen::numext::abs(at.value);
      for (Index i = 0; i < at.x.size(); ++i) {
        const Scalar size = Eigen::numext::abs(at.gradient[i]);
        const Scalar change = at.x[i] == Scalar(0) ? Scalar(1) : Scalar(Eigen::numext::abs(at.x[i]));
        const Scalar largest = largest_entries_[i];
        const bool never_halved = largest > Scalar(0) && size > Scalar(0.5) * largest;
        if (size > rounding && size > Scalar(1e-3) * largest && (never_halved || size * change > least))
          return true;
      }
    }
    return false;
  }

 private:
  V start_;
  Iterate<V> lowest_;
  V largest_entries_;  // of ∇f
  Scalar largest_gradient_ = Scalar(0);
  bool has_lowest_ = false;
};

}  // namespace natgrad::detail
