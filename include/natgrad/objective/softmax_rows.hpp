// SPDX-License-Identifier: MIT
#pragma once

/// The row loss of softmax regression, for the kernels' passes: log Σₖ e^{mₖ} − m_y and p − e_y, free of overflow.

#include "natgrad/kernel/design.hpp"

#include <algorithm>

namespace natgrad::detail {

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
      const Column top = largest(margin);
      Column total = reference ? Column((-top).exp()) : Column(Column::Zero(count));
      for (Index k = 0; k < margin.cols(); ++k) {
        if (block.wants_residual()) {
          auto p = block.residual.col(k).segment(first, count);
          p = (margin.col(k) - top).exp();
          total += p;
        } else {
          total += (margin.col(k) - top).exp();
        }
      }
      const Column log_total = total.log() + top;
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
      const Column top = largest(part);
      Column total = reference ? Column((-top).exp()) : Column(Column::Zero(part.rows()));
      for (Index k = 0; k < part.cols(); ++k) {
        part.col(k) = (part.col(k) - top).exp();
        total += part.col(k);
      }
      for (Index k = 0; k < part.cols(); ++k) part.col(k) /= total;
    }
  }

 private:
  using Index = Eigen::Index;
  static constexpr int kChunk = 64;
  using Column = Eigen::Array<T, Eigen::Dynamic, 1, Eigen::ColMajor, kChunk, 1>;  // never on the heap

  template <class Margins>
  Column largest(const Margins& margin) const {
    Column top = margin.col(0);
    for (Index k = 1; k < margin.cols(); ++k) top = top.max(margin.col(k));
    return reference ? Column(top.max(T(0))) : top;
  }
};

}  // namespace natgrad::detail
