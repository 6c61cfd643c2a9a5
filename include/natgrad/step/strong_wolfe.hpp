// SPDX-License-Identifier: MIT
#pragma once

/// φ(α) ≤ φ(0) + c₁αφ′(0) and |φ′(α)| ≤ c₂|φ′(0)|, by bracket and zoom (Nocedal & Wright 2006, alg. 3.5 and 3.6).

#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/core/vector.hpp"
#include "natgrad/step/cubic.hpp"

#include <limits>

namespace natgrad {

struct StrongWolfe {
  double sufficient_decrease = 1e-4;  ///< c₁ in (0, ½)
  double curvature = 0.9;             ///< c₂ in (c₁, 1); .1 for nonlinear conjugate gradients
  int max_trials = 40;

  template <class Search>
  typename Search::Step operator()(Search& search) const {
    using Scalar = typename Search::Scalar;
    using Point = detail::Point<Scalar>;
    const Point zero{Scalar(0), search.value(), search.slope()};
    Point low = zero;
    Scalar alpha = search.initial_length();
    for (int trial = 0; trial < max_trials; ++trial) {
      const Point here{alpha, search.value(alpha), unknown<Scalar>()};
      if (!decreases(search, here) || (trial > 0 && here.value >= low.value)) {
        return zoom(search, zero, low, here, max_trials - trial);
      }
      const Point at{alpha, here.value, search.slope(alpha)};
      if (flat(zero, at)) return alpha;
      if (!(at.slope < Scalar(0))) return zoom(search, zero, at, low, max_trials - trial);
      low = at;
      alpha *= Scalar(4);
    }
    return low.alpha;  // f still falls, and as steeply: the longest step tried is the best
  }

  void validate() const {
    using detail::require;
    require(sufficient_decrease > 0 && sufficient_decrease < 0.5, "StrongWolfe.sufficient_decrease",
            sufficient_decrease, "a number in (0, 0.5)");
    require(curvature > sufficient_decrease && curvature < 1, "StrongWolfe.curvature", curvature,
            "a number in (sufficient_decrease, 1)");
    require(max_trials >= 1, "StrongWolfe.max_trials", max_trials, "a count ≥ 1");
  }

 private:
  /// A slope that was not asked for: in many objectives it costs as much as f again.
  template <class Scalar>
  static Scalar unknown() {
    return std::numeric_limits<Scalar>::quiet_NaN();
  }

  template <class Search, class Point>
  bool decreases(Search& search, const Point& here) const {
    return search.sufficient(here.alpha, typename Search::Scalar(sufficient_decrease));
  }

  template <class Point>
  bool flat(const Point& zero, const Point& here) const {
    using Scalar = decltype(here.slope + here.slope);
    return Eigen::numext::abs(here.slope) <= Scalar(curvature) * -zero.slope;
  }

  /// low satisfies the decrease and is the best so far; the interval to high contains a point that satisfies both.
  template <class Search, class Point>
  typename Search::Step zoom(Search& search, const Point& zero, Point low, Point high, int trials) const {
    using Scalar = typename Search::Scalar;
    for (; trials > 0; --trials) {
      // Once: the search keeps the lowest trial and the latest, and would evaluate this one again.
      if (!(high.slope == high.slope) && is_finite(high.value)) high.slope = search.slope(high.alpha);
      const Scalar alpha = detail::cubic_minimiser(low, high);
      if (alpha == low.alpha || alpha == high.alpha) break;
      Point here{alpha, search.value(alpha), unknown<Scalar>()};
      if (!decreases(search, here)) {
        high = here;
        continue;
      }
      here.slope = search.slope(alpha);
      if (flat(zero, here))
        return alpha;  // whatever low is: near the optimum f no longer tells the two apart
      if (here.value >= low.value) {
        high = here;
        continue;
      }
      if (here.slope * (high.alpha - low.alpha) >= Scalar(0)) high = low;
      low = here;
    }
    if (low.alpha > Scalar(0) && search.usable(low.alpha)) return low.alpha;
    return NoStep{"no α in the bracket satisfies the strong Wolfe conditions"};
  }
};

}  // namespace natgrad
