// SPDX-License-Identifier: MIT
#pragma once
/// Softmax loss of a row of margins with label y: log Σₖ e^{mₖ} − m_y, and its gradient p − e_y, without cancellation.

#include "natgrad/kernel/design.hpp"
#include "natgrad/kernel/dispatch.hpp"
#include "natgrad/kernel/simd/softmax_loss.hpp"

#include <cmath>

namespace natgrad::kernel {

/// Plain scalar code for row i. With top = maxₖ mₖ, eₖ = e^{mₖ − top}, own = e_y and others = Σ_{k≠y} eₖ:
///     loss = (top − m_y) + log1p(others + (own − 1))      p_y − 1 = −others/(own + others)
/// Only terms ≥ 0 are added: where p_y is all but 1, neither the loss nor 1 − p_y can be had from the whole sum.
template <class T>
T softmax_loss_of_row(const SoftmaxMargins<T>& x, Index i, Index own_column, const T& weight, T* residual,
                      Index ldr) {
  using std::exp, std::log1p;
  const auto margin = [&](Index k) { return k < 0 ? T(0) : x.margin[k * x.stride + i]; };
  if (weight == T(0)) {
    for (Index k = 0; residual && k < x.columns; ++k) residual[k * ldr + i] = T(0);
    return T(0);
  }
  T top = margin(0), own(0), others(0), own_margin(0);
  for (Index k = 1; k < x.columns; ++k) top = margin(k) > top ? margin(k) : top;
  if (x.reference && top < T(0)) top = T(0);
  for (Index k = x.reference ? -1 : 0; k < x.columns; ++k) {
    const T m = margin(k), e = exp(m - top);
    if (k == own_column) own_margin = m;
    (k == own_column ? own : others) += e;
    if (residual && k >= 0) residual[k * ldr + i] = e;
  }
  const T scale = weight / (own + others);
  for (Index k = 0; residual && k < x.columns; ++k) residual[k * ldr + i] *= scale;
  if (residual && own_column >= 0) residual[own_column * ldr + i] = -others * scale;
  return weight * ((top - own_margin) + log1p(others + (own - T(1))));
}

inline namespace NATGRAD_ABI {

/// Σᵢ weightᵢ·lossᵢ of all rows. label: a class for each row, from 0, or null for none, where the residual is p; weight: weights ≥ 0, or null for 1. A weight of 0 takes a row
/// out. residual: rows × columns values out, columns ldr apart, or null; it may be margin itself.
template <class T>
T softmax_loss(const SoftmaxMargins<T>& x, const int* label, const T* weight, T* residual, Index ldr) {
  if constexpr (Vectorizable<T>) {
    NATGRAD_RETURN_VECTORIZED(softmax_loss<T>(x, label, weight, residual, ldr))
  }
  T sum(0);
  for (Index i = 0; i < x.rows; ++i) {
    const Index own = label ? label[i] - (x.reference ? 1 : 0) : -2;
    sum += softmax_loss_of_row(x, i, own, weight ? weight[i] : T(1), residual, ldr);
  }
  return sum;
}

/// Margins → probabilities of the classes that have a column, in place.
template <class T>
void softmax(const SoftmaxMargins<T>& x, T* probability) {
  softmax_loss<T>(x, nullptr, nullptr, probability, x.stride);
}

}  // namespace NATGRAD_ABI
}  // namespace natgrad::kernel
