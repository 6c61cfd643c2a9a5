// SPDX-License-Identifier: MIT
#pragma once

/// y as a model keeps it, and a sentence for each thing that it is taken for.

#include "natgrad/core/require.hpp"

#include <concepts>

namespace natgrad::detail {

/// y: n×1 of the scalar of X; `model` is named in what is thrown.
template <class Vector, class Y>
Vector response(const char* model, const Y& y) {
  constexpr bool eigen = requires {
    y.cols();
    typename Y::Scalar;
  };
  static_assert(eigen,
                "natgrad: y must be an Eigen vector; a std::vector is one in Eigen::Map<const "
                "Eigen::VectorXd>(y.data(), y.size()).");
  if constexpr (eigen) {
    constexpr bool same = std::same_as<typename Y::Scalar, typename Vector::Scalar>;
    static_assert(
        same,
        "natgrad: y must hold the same scalar as X, as y.cast<double>() does beside doubles; "
        "GeneralizedLinearModel<Family>{X, y} is of doubles, GeneralizedLinearModel{Family{}, X, y} "
        "of X's scalar.");
    if constexpr (same) {
      require(y.cols() == 1, {model, "y.cols()"}, y.cols(), "one column: X comes first, then y");
      return Vector(y);
    }
  }
  return {};
}

}  // namespace natgrad::detail
