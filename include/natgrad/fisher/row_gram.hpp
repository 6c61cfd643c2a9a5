// SPDX-License-Identifier: MIT
#pragma once

/// SᵀS and S·diag(w)·Sᵀ of a block of rows S, lower triangles: by the data kernels where the numbers are built in and many.

#include "natgrad/core/vector.hpp"
#include "natgrad/kernel/gram.hpp"

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
      M.template triangularView<Eigen::Lower>() += share * scratch;
      return;
    }
  }
  M.template selfadjointView<Eigen::Lower>().rankUpdate(S.transpose(), share);
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

}  // namespace natgrad::detail
