// SPDX-License-Identifier: MIT
#pragma once

/// Products of a block of rows S: SᵀS and S·diag(w)·Sᵀ, lower triangles, Sv and Sᵀy: by the data kernels where the numbers
/// are built in and many.

#include "natgrad/core/vector.hpp"
#include "natgrad/kernel/gram.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <type_traits>

namespace natgrad::detail {

template <class V>
inline constexpr bool use_kernels =
    std::is_floating_point_v<ScalarOf<V>>&& V::RowsAtCompileTime == Eigen::Dynamic;

/// M ← M + share·SᵀS; scratch is d×d.
template <class V>
void add_columns_gram(const Scores<V>& S, const ScalarOf<V>& share, SquareMatrix<V>& M,
                      SquareMatrix<V>& scratch) {
  if constexpr (use_kernels<V>) {
    if (S.cols() >= 32
        && 4 * S.rows()
               >= S.cols()) {  // with fewer rows the sum of two matrices would cost more than it saves
      scratch.resize(S.cols(), S.cols());
      kernel::gram(kernel::Design<Scores<V>>{S}, nullptr, scratch);
      for (Index j = 0; j < M.cols(); ++j) {
        for (Index i = j; i < M.rows(); ++i) M(i, j) += share * scratch(i, j);
      }
      return;
    }
  }
  if constexpr (V::RowsAtCompileTime == 1) {
    M(0, 0) += share
             * kernel::dot(S.data(), S.data(), S.rows());  // Eigen takes a row of n numbers for a vector of n
  } else {
    M.template selfadjointView<Eigen::Lower>().rankUpdate(S.transpose(), share);
  }
}

/// K ← R·diag(w)·Rᵀ, w all positive, or null for 1. weighted is scratch of the size of R, where it is needed.
template <class V, class Gram>
void rows_gram(const Scores<V>& R, const ScalarOf<V>* w, Gram& K, Scores<V>& weighted) {
  K.setZero(R.rows(), R.rows());
  if constexpr (use_kernels<V>) {
    const Eigen::Transpose<const Scores<V>> columns(R);
    kernel::gram(kernel::Design<Eigen::Transpose<const Scores<V>>>{columns}, w, K);
  } else if (w) {
    weighted = R;
    for (Index i = 0; i < R.rows(); ++i) {
      for (Index j = 0; j < R.cols(); ++j) weighted(i, j) *= Eigen::numext::sqrt(w[j]);
    }
    K.template selfadjointView<Eigen::Lower>().rankUpdate(weighted);
  } else {
    K.template selfadjointView<Eigen::Lower>().rankUpdate(R);
  }
}

/// The first R.rows() numbers of out ← Rv; out grows where it must, and never shrinks: blocks differ in length.
template <class V, class Out>
void rows_times(const Scores<V>& R, const V& v, Out& out) {
  if (out.size() < R.rows()) out.resize(R.rows());
  for (Index i = 0; i < R.rows(); ++i) out[i] = ScalarOf<V>(0);
  kernel::add_columns_transposed(R.data(), R.cols(), R.cols(), R.rows(), v.data(), out.data());
}

/// out ← out + Rᵀy, y one number a row
template <class V>
void add_rows_transposed(const Scores<V>& R, const ScalarOf<V>* y, V& out) {
  kernel::add_columns(R.data(), R.cols(), R.cols(), R.rows(), y, out.data());
}

}  // namespace natgrad::detail
