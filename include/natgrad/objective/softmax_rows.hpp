// SPDX-License-Identifier: MIT
#pragma once

/// The row loss of softmax regression, for the kernels' passes: log Σₖ e^{mₖ} − m_y and p − e_y, free of overflow.

#include "natgrad/kernel/softmax_loss.hpp"

#include <algorithm>

namespace natgrad::detail {

using Eigen::Index;

/// A few rows at once: vectors that are never on the heap.
inline constexpr int kChunk = 64;
template <class T>
using RowChunk = Eigen::Array<T, Eigen::Dynamic, 1, Eigen::ColMajor, kChunk, 1>;

/// log Σₖ e^{mₖ} of each row, the margin 0 of a reference class included
template <class Margins>
auto log_sum_exp(const Margins& margin, bool reference) {
  using Column = RowChunk<typename Margins::Scalar>;
  Column top = margin.col(0);
  for (Index k = 1; k < margin.cols(); ++k) top = top.max(margin.col(k));
  if (reference) top = top.max(typename Margins::Scalar(0));
  Column total = reference ? Column((-top).exp()) : Column(Column::Zero(margin.rows()));
  for (Index k = 0; k < margin.cols(); ++k) total += (margin.col(k) - top).exp();
  return Column(total.log() + top);
}

template <class T>
struct SoftmaxRows {
  const int* label;  ///< n labels
  const T* weight;   ///< n weights ≥ 0, or null
  bool reference;    ///< class 0 has the margin 0 and no column

  T operator()(kernel::RowBlock<T, Eigen::Dynamic>& block) const {
    const auto& m = block.margin;
    return kernel::softmax_loss<T>({m.data(), m.outerStride(), m.rows(), m.cols(), reference},
                                   label + block.first, weight ? weight + block.first : nullptr,
                                   block.wants_residual() ? block.residual.data() : nullptr,
                                   block.residual.outerStride());
  }

  /// margins → probabilities, in place
  template <class Matrix>
  void to_probabilities(Matrix& M) const {
    kernel::softmax<T>({M.data(), M.outerStride(), M.rows(), M.cols(), reference}, M.data());
  }
};

/// Σₖ pₖ·log(pₖ/qₖ) of two models, whose margins stand side by side: p's columns, then q's.
template <class T>
struct SoftmaxDivergence {
  const T* weight;
  bool reference;

  T operator()(kernel::RowBlock<T, Eigen::Dynamic>& block) const {
    const Index columns = block.margin.cols() / 2;
    T sum(0);
    for (Index first = 0; first < block.rows(); first += kChunk) {
      const Index count = std::min<Index>(kChunk, block.rows() - first);
      const auto p = block.margin.block(first, 0, count, columns);
      const auto q = block.margin.block(first, columns, count, columns);
      const RowChunk<T> log_total = log_sum_exp(p, reference);
      RowChunk<T> divergence = log_sum_exp(q, reference) - log_total;
      for (Index k = 0; k < columns; ++k) divergence += (p.col(k) - log_total).exp() * (p.col(k) - q.col(k));
      for (Index i = 0; i < count; ++i) {
        const T w = weight ? weight[block.first + first + i] : T(1);
        if (w != T(0)) sum += w * divergence[i];
      }
    }
    return sum;
  }
};

}  // namespace natgrad::detail
