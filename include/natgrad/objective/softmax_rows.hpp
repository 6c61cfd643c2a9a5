// SPDX-License-Identifier: MIT
#pragma once

/// The row loss of softmax regression, for the kernels' passes: log Σₖ e^{mₖ} − m_y and p − e_y, free of overflow.

#include "natgrad/kernel/design.hpp"

#include <algorithm>

namespace natgrad::detail {

using Eigen::Index;

/// A few rows at once: vectors that are never on the heap.
inline constexpr int kChunk = 64;
template <class T>
using RowChunk = Eigen::Array<T, Eigen::Dynamic, 1, Eigen::ColMajor, kChunk, 1>;

/// maxₖ mₖ of each row, the margin 0 of a reference class included
template <class Margins>
auto largest_margin(const Margins& margin, bool reference) {
  RowChunk<typename Margins::Scalar> top = margin.col(0);
  for (Index k = 1; k < margin.cols(); ++k) top = top.max(margin.col(k));
  if (reference) top = top.max(typename Margins::Scalar(0));
  return top;
}

/// log Σₖ e^{mₖ} of each row
template <class Margins>
auto log_sum_exp(const Margins& margin, bool reference) {
  using Column = RowChunk<typename Margins::Scalar>;
  const Column top = largest_margin(margin, reference);
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
    T sum(0);
    for (Index first = 0; first < block.rows(); first += kChunk) {
      const Index count = std::min<Index>(kChunk, block.rows() - first);
      const auto margin = block.margin.middleRows(first, count);
      const RowChunk<T> top = largest_margin(margin, reference);
      RowChunk<T> total = reference ? RowChunk<T>((-top).exp()) : RowChunk<T>(RowChunk<T>::Zero(count));
      for (Index k = 0; k < margin.cols(); ++k) {
        if (block.wants_residual()) {
          auto p = block.residual.col(k).segment(first, count);
          p = (margin.col(k) - top).exp();
          total += p;
        } else {
          total += (margin.col(k) - top).exp();
        }
      }
      const RowChunk<T> log_total = total.log() + top;
      for (Index i = 0; i < count; ++i) {
        const Index row = block.first + first + i;
        const T w = weight ? weight[row] : T(1);
        const Index y = label[row] - (reference ? 1 : 0);
        if (w == T(0)) {
          if (block.wants_residual()) block.residual.row(first + i).setZero();
          continue;
        }
        sum += w * (log_total[i] - (y < 0 ? T(0) : margin(i, y)));
        if (!block.wants_residual()) continue;
        block.residual.row(first + i) *= w / total[i];
        if (y >= 0) block.residual(first + i, y) -= w;
      }
    }
    return sum;
  }

  /// margins → probabilities, in place
  template <class Matrix>
  void to_probabilities(Matrix& M) const {
    for (Index first = 0; first < M.rows(); first += kChunk) {
      auto part = M.middleRows(first, std::min<Index>(kChunk, M.rows() - first)).array();
      const RowChunk<T> top = largest_margin(part, reference);
      RowChunk<T> total = reference ? RowChunk<T>((-top).exp()) : RowChunk<T>(RowChunk<T>::Zero(part.rows()));
      for (Index k = 0; k < part.cols(); ++k) {
        part.col(k) = (part.col(k) - top).exp();
        total += part.col(k);
      }
      for (Index k = 0; k < part.cols(); ++k) part.col(k) /= total;
    }
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
