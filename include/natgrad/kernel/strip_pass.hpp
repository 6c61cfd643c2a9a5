// SPDX-License-Identifier: MIT
#pragma once
/// A whole pass over few columns by the loss itself: a strip of rows stays in the nearest cache between its margins and products.

#include <cstddef>

namespace natgrad::kernel {

/// Of so many columns a strip of some rows stays in the nearest cache.
inline constexpr std::ptrdiff_t few_columns = 32;

/// One row's loss with its derivatives by the margin, ∂loss/∂m and ∂²loss/∂m²
template <class T>
struct LossTerms {
  T loss, residual, curvature;
};

/// Σ loss at the margins X v + offset, with p = d + 1 at X v + v_d + offset.
template <class T>
struct StripPass {
  const T* x = nullptr;       ///< rows×d by columns, d ≤ few_columns
  std::ptrdiff_t stride = 0;  ///< from column to column
  std::ptrdiff_t rows = 0, d = 0;
  std::ptrdiff_t p = 0;       ///< d, or d + 1 with an intercept
  const T* v = nullptr;       ///< p parameters
  const T* offset = nullptr;  ///< known terms of the margins, one a row; or null
  const T* label = nullptr;   ///< one a row
  T* products = nullptr;      ///< out: ∂/∂v is added to these p sums; or null
  T* curvature = nullptr;     ///< out: one a row; or null
  std::ptrdiff_t ahead = 0;   ///< so many rows further down memory is asked for the same columns; or 0
};

/// The same by plain loops, for every floating-point type. terms(margin, label): LossTerms of a row
template <class T, class Terms>
T pass_row_by_row(const StripPass<T>& pass, const Terms& terms) {
  T sum(0);
  for (std::ptrdiff_t i = 0; i < pass.rows; ++i) {
    T margin = pass.p > pass.d ? pass.v[pass.d] : T(0);
    if (pass.offset) margin += pass.offset[i];
    for (std::ptrdiff_t j = 0; j < pass.d; ++j) margin += pass.x[j * pass.stride + i] * pass.v[j];
    const LossTerms<T> row = terms(margin, pass.label[i]);
    sum += row.loss;
    if (pass.curvature) pass.curvature[i] = row.curvature;
    if (!pass.products) continue;
    for (std::ptrdiff_t j = 0; j < pass.d; ++j)
      pass.products[j] += row.residual * pass.x[j * pass.stride + i];
    if (pass.p > pass.d) pass.products[pass.d] += row.residual;
  }
  return sum;
}

}  // namespace natgrad::kernel
