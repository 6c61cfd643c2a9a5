// SPDX-License-Identifier: MIT
#pragma once

/// How many standard errors a mean may miss what is expected, in any of m comparisons, for a stated rate of false alarms.

#include "natgrad/core/vector.hpp"

#include <cmath>

namespace natgrad::detail {

/// z with P(|Z| > z) = false_alarm/comparisons for a standard normal Z (Bonferroni): by bisection of erfc.
inline double normal_threshold(double false_alarm, Index comparisons) {
  const double rate = false_alarm / static_cast<double>(comparisons);
  double low = 0, high = 40;
  for (int k = 0; k < 100; ++k) {
    const double middle = 0.5 * (low + high);
    (std::erfc(middle * 0.7071067811865476) > rate ? low : high) = middle;
  }
  return high;
}

/// The same for Student's t with ν degrees of freedom, where the standard error was estimated: from z by Wallace's
/// approximation (1959), z = (8ν + 1)/(8ν + 3)·√(ν·ln(1 + t²/ν)), good to 0.2 % for ν ≥ 10.
inline double student_threshold(double false_alarm, Index comparisons, Index freedom) {
  const auto nu = static_cast<double>(freedom);
  const double z = normal_threshold(false_alarm, comparisons) * (8 * nu + 3) / (8 * nu + 1);
  return std::sqrt(nu * std::expm1(z * z / nu));
}

}  // namespace natgrad::detail
