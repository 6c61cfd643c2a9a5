// SPDX-License-Identifier: MIT
/// Errors in units of the last place.
#pragma once

#include <cmath>
#include <limits>

namespace natgrad::test {

/// |value − exact| in units of the last place of exact, gradual underflow included.
template <class T>
double ulps(T value, long double exact) {
  constexpr T infinity = std::numeric_limits<T>::infinity();
  const T size = std::fabs(static_cast<T>(exact));
  if (std::isinf(size))
    return std::isinf(value) && std::signbit(value) == std::signbit(exact)
             ? 0
             : std::numeric_limits<double>::infinity();
  const T unit = std::nextafter(size, infinity) - size;
  return static_cast<double>(std::fabs(static_cast<long double>(value) - exact)
                             / static_cast<long double>(unit));
}

}  // namespace natgrad::test
