// SPDX-License-Identifier: MIT
#pragma once

/// The first α that a search tries along d.

#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <limits>

namespace natgrad::detail {

template <class Scalar>
class FirstLength {
 public:
  template <class Search>
  Scalar operator()(Search& search) {
    asked_ = true;
    return share_ * (forgotten_ ? unknown(search) : likely(search));
  }

  /// Whether a policy has asked since the last step: a search that found nothing may then begin at another length.
  bool asked() const { return asked_; }

  /// The length that the last step or the metric gave is far beyond a first step's, and may give way to it. Not where no length
  /// would show a decrease that underflows.
  template <class Search>
  bool misleads(Search& search) const {
    const bool underflows = !(Eigen::numext::abs(search.slope()) >= std::numeric_limits<Scalar>::min());
    return asked_ && !forgotten_ && !underflows && likely(search) > Scalar(100) * unknown(search);
  }

  void forget() { forgotten_ = true; }

  /// Nine tenths of it, so that f is asked at no point twice.
  void vary() { share_ = Scalar(0.9); }

  void after_step() { asked_ = forgotten_ = false; }
  void after_turn() { share_ = Scalar(1); }

 private:
  /// 1 where the metric knows the length, else what the last step teaches (Nocedal & Wright, 3.60)
  template <class Search>
  static Scalar likely(Search& search) {
    if (search.metric().knows_length()) return Scalar(1);
    const auto& last = search.previous();
    if (search.iteration() == 0 || !(last.length > Scalar(0))) return unknown(search);
    const Scalar guess = Scalar(2) * (search.value() - last.value) / search.slope();
    const Scalar same_decrease = last.length * last.slope / search.slope();
    using std::max;
    using std::min;
    const Scalar resolved = Scalar(16) * epsilon<Scalar>() * max_norm(search.at().x)
                          / max_norm(search.direction());  // moves x at all
    if (!(guess > Scalar(0))) return max(same_decrease, resolved);
    return max(min(max(guess, Scalar(0.1) * same_decrease), Scalar(10) * same_decrease), resolved);
  }

  /// A step of the identity metric has no unit: 1 % of x at first (Hager & Zhang 2006, I0). From 0 the slope promises a fifth
  /// of f, which is exact for a quadratic that falls by a tenth: about what explanatory variables explain.
  template <class Search>
  static Scalar unknown(Search& search) {
    const auto& at = search.at();
    const Scalar size = max_norm(at.x);
    const Scalar longest = max_norm(search.direction());
    if (size > Scalar(0)) return Scalar(0.01) * size / longest;
    if (at.value != Scalar(0)) return Scalar(0.2) * Eigen::numext::abs(at.value / search.slope());
    return Scalar(1) / longest;
  }

  Scalar share_ = Scalar(1);
  bool asked_ = false;
  bool forgotten_ = false;
};

}  // namespace natgrad::detail
