// SPDX-License-Identifier: MIT
#pragma once

/// Scores stream in blocks of rows that stay in cache; the n×d score matrix never exists.

#include "natgrad/core/objective.hpp"

#include <algorithm>

namespace natgrad {

/// S ← scores of rows first … first + S.rows() − 1, from whichever form the objective has.
template <class F, class V>
void fill_scores(const F& f, const V& x, Index first, Scores<V>& S, V& row) {
  if constexpr (HasScores<F, V>) {
    f.scores(x, first, S);
  } else {
    for (Index i = 0; i < S.rows(); ++i) {
      f.score(x, first + i, row);
      S.row(i) = row.transpose();
    }
  }
}

/// Row i of S ← √wᵢ·row i: a weight multiplies the outer product of its score, as so many copies of the sample would.
template <class F, class V>
void weigh_rows(const F& f, Index first, Scores<V>& S) {
  if constexpr (HasSampleWeight<F, V>) {
    for (Index i = 0; i < S.rows(); ++i)
      S.row(i) *= Eigen::numext::sqrt(ScalarOf<V>(f.sample_weight(first + i)));
  }
}

/// Two blocks, the whole ones and the shorter last one: resizing would allocate.
template <class V>
class ScoreBlocks {
 public:
  ScoreBlocks() = default;
  ScoreBlocks(Index samples, Index dimension, Index rows = 0)
      : samples_(samples),
        rows_(std::min(samples, rows > 0 ? rows : rows_that_fit(dimension))),
        dimension_(dimension) {}

  /// Calls fill(first, S), then use(first, S), for block after block.
  template <class Fill, class Use>
  void each(const Fill& fill, const Use& use) {
    if (whole_.rows() != rows_) {  // only a form that streams needs the memory
      whole_.resize(rows_, dimension_);
      last_.resize(rows_ > 0 ? samples_ % rows_ : 0, dimension_);
    }
    for (Index first = 0; first < samples_; first += rows_) {
      Scores<V>& S = samples_ - first >= rows_ ? whole_ : last_;
      fill(first, S);
      use(first, S);
    }
  }

 private:
  /// 128 KiB of rows; at least 256 of them, and d where that is no more than 16 MiB: with fewer, adding up Gram matrices costs
  /// more than their products.
  static Index rows_that_fit(Index dimension) {
    const Index bytes = dimension * static_cast<Index>(sizeof(ScalarOf<V>));
    const Index square = std::min<Index>(dimension, (Index(1) << 24) / bytes);
    return std::max(std::clamp<Index>(131072 / bytes, 256, 4096), square);
  }

  Index samples_ = 0;
  Index rows_ = 0;
  Index dimension_ = 0;
  Scores<V> whole_;
  Scores<V> last_;
};

}  // namespace natgrad
