// SPDX-License-Identifier: MIT
#pragma once

/// Steps of the loop's own, which no policy sizes: to a proposed point, off a saddle, and down where there is no bottom.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/policy.hpp"

#include <cmath>
#include <limits>

namespace natgrad::detail {

/// Takes x + d if that lowers f by more than its noise.
template <class Search>
bool jump(Search& search, const typename Search::Vector& d) {
  using Scalar = typename Search::Scalar;
  search.turn(d);
  if (search.value(Scalar(1)) < search.value() - search.noise()
      && search.accept({Scalar(1), search.damping()}))
    return true;
  search.forget_direction();
  return false;
}

/// Takes the first of d, d/4, d/16, … that lowers f by more than its noise, or of d, −d, d/4, −d/4, …: at a saddle no side is known
/// to be the lower. d: changed on the way
template <class Search>
bool lower(Search& search, typename Search::Vector& d, bool either_side) {
  using Scalar = typename Search::Scalar;
  for (int lengths = 0; lengths < 20; ++lengths, scale(d, Scalar(0.25))) {
    if (jump(search, d)) return true;
    if (!either_side) continue;
    scale(d, Scalar(-1));
    if (jump(search, d)) return true;
    scale(d, Scalar(-1));
  }
  return false;
}

/// Takes x + td for the largest t whose td can be squared, if f falls by half of −t∇fᵀd at least there and on the way.
template <class Search>
bool plunge(Search& search, const typename Search::Vector& d) {
  using Scalar = typename Search::Scalar;
  using std::sqrt;
  const Scalar longest = sqrt(std::numeric_limits<Scalar>::max()) / max_norm(d);
  Scalar t = (Scalar(1) + max_norm(search.at().x)) / max_norm(d);
  if (search.turn(d)) {
    while (is_finite(t) && search.value(t) <= search.value() + Scalar(0.5) * t * search.slope()) {
      if (t >= longest) return search.accept({t, search.damping()});
      t = t / epsilon<Scalar>() < longest ? Scalar(t / epsilon<Scalar>()) : longest;
    }
  }
  search.forget_direction();
  return false;
}

}  // namespace natgrad::detail
