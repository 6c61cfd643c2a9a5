// SPDX-License-Identifier: MIT
#pragma once

/// The row loss of a generalised linear model, for the kernels' passes: loss, ∂loss/∂η and one of its two curvatures.

#include "natgrad/kernel/design.hpp"
#include "natgrad/objective/curvature_memory.hpp"
#include "natgrad/objective/families.hpp"

#include <limits>

namespace natgrad::detail {

template <class T, class Family, class Link, Curvature curvature>
struct GlmRows {
  const T* response;  ///< n responses
  const T* weight;    ///< n weights ≥ 0, or null
  const Family& family;
  const Link& link;

  T operator()(kernel::RowBlock<T>& block) const {
    T sum(0);
    for (Eigen::Index i = 0; i < block.rows(); ++i) {
      const T w = weight ? weight[block.first + i] : T(1);
      const T eta = block.margin[i];
      RowTerms<T> row{};
      if (w != T(0))
        row = link.contains(eta) ? family.terms(link, response[block.first + i], eta) : outside();
      sum += w * row.loss;
      if (block.wants_residual()) block.residual[i] = w * row.residual;
      if (block.wants_curvature())
        block.curvature[i] = w * (curvature == Curvature::observed ? row.observed : row.expected);
    }
    return sum;
  }

 private:
  static RowTerms<T> outside() { return {std::numeric_limits<T>::infinity(), T(0), T(0), T(0)}; }
};

}  // namespace natgrad::detail
