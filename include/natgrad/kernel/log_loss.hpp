// SPDX-License-Identifier: MIT
#pragma once
/// Logistic loss of a margin m with label y in [0, 1]: log(1 + e^m) − y·m, with its two derivatives, without cancellation.

#include "natgrad/kernel/design.hpp"

#include <cmath>

namespace natgrad::kernel {

/// One row's loss, ∂loss/∂m = σ(m) − y and ∂²loss/∂m² = σ(m)(1 − σ(m)).
template <class T>
struct LogLoss {
  T loss, residual, curvature;
};

/// Plain scalar code, for every floating-point type; the reference for the vector code.
/// With t = e^{−|m|}, q = t/(1+t) = σ(−|m|) and c = 1 − y where m ≥ 0, y elsewhere:
///     loss = c·|m| + log1p(t)      σ(m) − y = ±(c − q)      σ(1−σ) = q/(1+t)
/// Only terms ≥ 0 are added, so that a tiny loss keeps its digits, and c = 0 at m = ±∞ gives 0. NaN gives NaN.
template <class T>
LogLoss<T> log_loss(T margin, T label) {
  using std::abs, std::exp, std::log1p;
  const bool positive = margin >= T(0);
  const T size = abs(margin);
  const T t = exp(-size);
  const T inverse = T(1) / (T(1) + t);
  const T q = t * inverse;
  const T c = positive ? T(1) - label : label;
  return {(c == T(0) ? T(0) : c * size) + log1p(t), positive ? c - q : q - c, q * inverse};
}

/// The same for n rows. weight: n sample weights or null. residual, curvature: n values out, or null.
/// Arrays need no alignment and must not overlap, except that residual may be margin itself.
/// Returns Σ weightᵢ·lossᵢ. A weight of 0 takes the row out, unless its margin is NaN.
template <class T>
T log_loss(const T* margin, const T* label, const T* weight, Index n, T* residual, T* curvature) {
  T sum(0);
  for (Index i = 0; i < n; ++i) {
    const LogLoss<T> row = log_loss(margin[i], label[i]);
    const T w = weight ? weight[i] : T(1);
    sum += w == T(0) && row.loss > T(0) ? T(0) : w * row.loss;
    if (residual) residual[i] = w * row.residual;
    if (curvature) curvature[i] = w * row.curvature;
  }
  return sum;
}

/// The row loss of logistic regression, for the passes of linear_pass.hpp.
template <class T>
struct LogisticRows {
  const T* label;             ///< n labels in [0, 1]
  const T* weight = nullptr;  ///< n sample weights ≥ 0, or null

  T operator()(RowBlock<T>& block) const {
    return log_loss<T>(block.margin.data(), label + block.first, weight ? weight + block.first : nullptr,
                       block.rows(), block.wants_residual() ? block.residual.data() : nullptr,
                       block.wants_curvature() ? block.curvature.data() : nullptr);
  }
};

}  // namespace natgrad::kernel
