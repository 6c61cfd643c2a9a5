// SPDX-License-Identifier: MIT
#pragma once
/// Logistic loss of a margin m with label y in [0, 1]: log(1 + e^m) − y·m, with its two derivatives, without cancellation.

#include "natgrad/kernel/design.hpp"
#include "natgrad/kernel/dispatch.hpp"
#include "natgrad/kernel/simd/log_loss.hpp"
#include "natgrad/kernel/strip_pass.hpp"

#include <cmath>

namespace natgrad::kernel {

/// One row's loss, ∂loss/∂m = σ(m) − y and ∂²loss/∂m² = σ(m)(1 − σ(m)).
template <class T>
using LogLoss = LossTerms<T>;

/// Plain scalar code, for every floating-point type, times a weight ≥ 0. With t = e^{−|m|}, q = t/(1 + t) = σ(−|m|)
/// and c = 1 − y where m ≥ 0, c = y elsewhere:
///     loss = c·|m| + log1p(t)      σ(m) − y = ±(c − q)      σ(1 − σ) = q − q²
/// Only terms ≥ 0 are added, so that a tiny loss keeps its digits, and c = 0 at m = ±∞ gives 0. NaN gives NaN.
template <class T>
LogLoss<T> log_loss(T margin, T label, T weight = T(1)) {
  using std::abs, std::exp, std::log1p;
  const bool negative = margin < T(0);
  const T size = abs(margin);
  const T t = exp(-size);
  const T q = t / (T(1) + t);
  const T c = negative ? label : T(1) - label;
  const T missed = weight * c;
  return {(missed == T(0) ? T(0) : missed * size) + weight * log1p(t), weight * (negative ? q - c : c - q),
          weight * (q - q * q)};
}

inline namespace NATGRAD_ABI {

/// The same for n rows. weight: n sample weights ≥ 0, or null. residual, curvature: n values out, or null.
/// No alignment is asked for; residual may be margin itself, nothing else may overlap.
/// Returns Σ weightᵢ·lossᵢ. A weight of 0 takes a row out, unless its margin is NaN. The vector code is within 4 ulp
/// of the true loss, residual and curvature of each row, as the plain code is.
template <class T>
T log_loss(const T* margin, const T* label, const T* weight, Index n, T* residual, T* curvature) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(log_loss<T>(margin, label, weight, n, residual, curvature))
  }
  T sum(0);
  for (Index i = 0; i < n; ++i) {
    const LogLoss<T> row = kernel::log_loss(margin[i], label[i], weight ? weight[i] : T(1));
    sum += row.loss;
    if (residual) residual[i] = row.residual;
    if (curvature) curvature[i] = row.curvature;
  }
  return sum;
}

/// A whole pass over few columns; see LogisticRows::strips.
template <class T>
T logistic_strips(const StripPass<T>& pass) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(logistic_strips<T>(pass))
  }
  return pass_row_by_row(pass,
                         [](const T& margin, const T& label) { return kernel::log_loss(margin, label); });
}

}  // namespace NATGRAD_ABI

/// The row loss of logistic regression, for the passes of linear_pass.hpp.
template <class T>
struct LogisticRows {
  const T* label;             ///< n labels in [0, 1]
  const T* weight = nullptr;  ///< n sample weights ≥ 0, or null

  /// With weights each row has a logarithm of its own, which costs more than the strips save.
  bool takes_strips() const { return !weight; }
  /// The whole pass over a block of few columns, from row `first` on
  T strips(StripPass<T> pass, Index first) const {
    pass.label = label + first;
    return logistic_strips(pass);
  }

  T operator()(RowBlock<T>& block) const {
    return log_loss<T>(block.margin.data(), label + block.first, weight ? weight + block.first : nullptr,
                       block.rows(), block.wants_residual() ? block.residual.data() : nullptr,
                       block.wants_curvature() ? block.curvature.data() : nullptr);
  }
};

}  // namespace natgrad::kernel
