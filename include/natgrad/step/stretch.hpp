// SPDX-License-Identifier: MIT
#pragma once

/// α > 1 where M is far too large, as an empirical Fisher matrix is far from the optimum: f is then all but linear along d, and
/// ρ = (f(x) − f(x + d)) / (−½∇fᵀd) → 2.

#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <utility>

namespace natgrad::detail {

/// The length of the next step by an undamped model, from what the last one gave.
template <class Scalar>
class Stretch {
 public:
  /// ρ of a step d = −M⁻¹∇f
  void learn(const Scalar& ratio) {
    if (ratio > Scalar(kLinear)) next_ = to_minimum(Scalar(1), ratio);
  }

  /// The α to try at this point, 1 for none: a point is asked once.
  Scalar take() { return std::exchange(next_, Scalar(1)); }

  /// Whether f falls at αd by a quarter of what M/α promises. Learns from it.
  template <class Search>
  bool pays(Search& search, const Scalar& alpha) {
    const Scalar promised = Scalar(-0.5) * alpha * search.slope();
    const Scalar ratio = (search.value() - search.value(alpha)) / promised;
    if (search.is_blind(promised) || !(ratio > Scalar(0.25)) || !search.usable(alpha)) return false;
    next_ = to_minimum(alpha, ratio);
    return true;
  }

 private:
  static constexpr double kLinear = 1.8;  // f bends by a fifth of what M says

  /// Where f as a parabola has its minimum.
  static Scalar to_minimum(const Scalar& alpha, const Scalar& ratio) {
    return alpha / std::max(Scalar(2) - ratio, Scalar(0.1));
  }

  Scalar next_ = Scalar(1);
};

}  // namespace natgrad::detail
