// SPDX-License-Identifier: MIT
#pragma once

/// The minimiser of the cubic through two points with their slopes, kept away from both ends (Nocedal & Wright 2006, 3.59).

#include <Eigen/Core>

namespace natgrad::detail {

/// One end of a bracket: α, φ(α), φ′(α).
template <class Scalar>
struct Point {
  Scalar alpha, value, slope;
};

/// Where the cubic has no minimiser, or an end is not finite: the middle.
template <class Scalar>
Scalar cubic_minimiser(const Point<Scalar>& a, const Point<Scalar>& b) {
  using Eigen::numext::sqrt;
  const Scalar width = b.alpha - a.alpha;
  const Scalar middle = a.alpha + Scalar(0.5) * width;
  const Scalar d1 = a.slope + b.slope - Scalar(3) * (b.value - a.value) / width;
  const Scalar square = d1 * d1 - a.slope * b.slope;
  if (!(square >= Scalar(0))) return middle;
  const Scalar d2 = width < Scalar(0) ? Scalar(-sqrt(square)) : Scalar(sqrt(square));
  const Scalar share =
      (b.slope + d2 - d1) / (b.slope - a.slope + Scalar(2) * d2);  // of the way back from b to a
  if (!(share >= Scalar(0) && share <= Scalar(1))) return middle;
  const Scalar kept = share < Scalar(0.1) ? Scalar(0.1) : share > Scalar(0.9) ? Scalar(0.9) : share;
  return b.alpha - kept * width;
}

}  // namespace natgrad::detail
