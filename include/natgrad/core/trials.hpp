// SPDX-License-Identifier: MIT
#pragma once

/// The trial points of one search: the lowest so far and the latest, so that whichever is accepted is known already.

#include "natgrad/core/iterate.hpp"

#include <array>

namespace natgrad {

template <class V>
struct Trial {
  using Scalar = ScalarOf<V>;

  explicit Trial(Index dimension) : point(dimension) {}

  Iterate<V> point;
  Scalar length = Scalar(0);  ///< α; 0: nothing here
};

template <class V>
class Trials {
 public:
  using Scalar = ScalarOf<V>;

  explicit Trials(Index dimension) : trials_{Trial<V>(dimension), Trial<V>(dimension)} {}

  /// The trial at α, or nullptr.
  Trial<V>* find(const Scalar& alpha) {
    for (Trial<V>& t : trials_) {
      if (t.length == alpha && alpha != Scalar(0)) return &t;
    }
    return nullptr;
  }

  /// A trial at the same point: two α may round to one.
  template <class Expression>
  const Trial<V>* at(const Expression& x) const {
    for (const Trial<V>& t : trials_) {
      if (t.length != Scalar(0) && t.point.x == x) return &t;
    }
    return nullptr;
  }

  /// Where the next trial goes: an empty place, else that of the higher.
  Trial<V>& place() {
    Trial<V>&first = trials_[0], &second = trials_[1];
    if (first.length == Scalar(0)) return first;
    if (second.length == Scalar(0)) return second;
    return first.point.value < second.point.value ? second : first;
  }

  void drop() {
    for (Trial<V>& t : trials_) t.length = Scalar(0);
  }

 private:
  std::array<Trial<V>, 2> trials_;
};

}  // namespace natgrad
