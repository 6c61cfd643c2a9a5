// SPDX-License-Identifier: MIT
#pragma once
/// Poisson loss of a margin m = log μ with a count y ≥ 0: μ − y·m, with its two derivatives μ − y and μ.

#include "natgrad/kernel/design.hpp"
#include "natgrad/kernel/dispatch.hpp"
#include "natgrad/kernel/simd/poisson_loss.hpp"
#include "natgrad/kernel/strip_pass.hpp"

#include <cmath>

namespace natgrad::kernel {

/// Plain scalar code, for every floating-point type. y = 0 takes its term out, whatever m is.
template <class T>
LossTerms<T> poisson_loss(const T& margin, const T& label) {
  using std::exp;
  const T mean = exp(margin);
  return {mean - (label == T(0) ? T(0) : label * margin), mean - label, mean};
}

inline namespace NATGRAD_ABI {

/// The same for n rows; see kernel::log_loss. A weight of 0 takes a row out, whatever its terms are.
template <class T>
T poisson_loss(const T* margin, const T* label, const T* weight, Index n, T* residual, T* curvature) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(poisson_loss<T>(margin, label, weight, n, residual, curvature))
  }
  T sum(0);
  for (Index i = 0; i < n; ++i) {
    LossTerms<T> row{};
    if (!weight || weight[i] != T(0)) row = kernel::poisson_loss(margin[i], label[i]);
    const T factor = weight ? weight[i] : T(1);
    sum += factor * row.loss;
    if (residual) residual[i] = factor * row.residual;
    if (curvature) curvature[i] = factor * row.curvature;
  }
  return sum;
}

/// A whole pass over few columns; see PoissonRows::strips.
template <class T>
T poisson_strips(const StripPass<T>& pass) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(poisson_strips<T>(pass))
  }
  return pass_row_by_row(pass,
                         [](const T& margin, const T& label) { return kernel::poisson_loss(margin, label); });
}

}  // namespace NATGRAD_ABI

/// The row loss of Poisson regression under a logarithm, for the passes of linear_pass.hpp.
template <class T>
struct PoissonRows {
  const T* label;             ///< n counts ≥ 0
  const T* weight = nullptr;  ///< n sample weights ≥ 0, or null

  bool takes_strips() const { return !weight; }
  /// The whole pass over a block of few columns, from row `first` on
  T strips(StripPass<T> pass, Index first) const {
    pass.label = label + first;
    return poisson_strips(pass);
  }

  T operator()(RowBlock<T>& block) const {
    return poisson_loss<T>(block.margin.data(), label + block.first, weight ? weight + block.first : nullptr,
                           block.rows(), block.wants_residual() ? block.residual.data() : nullptr,
                           block.wants_curvature() ? block.curvature.data() : nullptr);
  }
};

}  // namespace natgrad::kernel
