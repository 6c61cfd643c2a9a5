// SPDX-License-Identifier: MIT
#pragma once

/// The trial points of one search: the lowest so far and the latest, so that whichever is accepted is known already.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/iterate.hpp"

#include <array>
#include <cstddef>
#include <limits>

namespace natgrad {

template <class V>
struct Trial {
  using Scalar = ScalarOf<V>;

  explicit Trial(Index dimension) : point(dimension) {}

  Iterate<V> point;
  Scalar length = std::numeric_limits<Scalar>::quiet_NaN();  ///< α; NaN, which equals nothing: nothing here

  bool empty() const { return !(length == length); }
};

template <class V>
class Trials {
 public:
  using Scalar = ScalarOf<V>;

  explicit Trials(Index dimension) : trials_{Trial<V>(dimension), Trial<V>(dimension)} {}

  /// The trial at α, or nullptr.
  Trial<V>* find(const Scalar& alpha) {
    for (Trial<V>& t : trials_) {
      if (t.length == alpha) return &t;
    }
    return nullptr;
  }

  bool empty() const { return trials_[0].empty() && trials_[1].empty(); }

  /// A trial at x + αd: two α may round to one.
  const Trial<V>* at(const V& x, const Scalar& alpha, const V& d) const {
    for (const Trial<V>& t : trials_) {
      if (!t.empty() && detail::is_sum(t.point.x, x, alpha, d)) return &t;
    }
    return nullptr;
  }

  /// Where the next trial goes: an empty place, else that of the latest, unless it is lower than the lowest before it.
  Trial<V>& place() {
    if (trials_[latest_].empty()) return trials_[latest_];
    const Trial<V>& before = trials_[1 - latest_];
    if (before.empty() || trials_[latest_].point.value < before.point.value) latest_ = 1 - latest_;
    return trials_[latest_];
  }

  void drop() {
    for (Trial<V>& t : trials_) t.length = std::numeric_limits<Scalar>::quiet_NaN();
  }

 private:
  std::array<Trial<V>, 2> trials_;
  std::size_t latest_ = 0;
};

}  // namespace natgrad
