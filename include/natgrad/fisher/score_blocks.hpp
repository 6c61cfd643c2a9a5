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

/// Two blocks, the whole ones and the shorter last one: resizing would allocate.
template <class V>
class ScoreBlocks {
 public:
  ScoreBlocks() = default;
  ScoreBlocks(Index samples, Index dimension)
      : samples_(samples), whole_(std::min(samples, rows_that_fit(dimension)), dimension),
        last_(whole_.rows() ? samples % whole_.rows() : 0, dimension) {}

  /// Calls fill(first, S), then use(first, S), for block after block.
  template <class Fill, class Use>
  void each(const Fill& fill, const Use& use) {
    for (Index first = 0; first < samples_; first += whole_.rows()) {
      Scores<V>& S = samples_ - first >= whole_.rows() ? whole_ : last_;
      fill(first, S);
      use(first, S);
    }
  }

 private:
  /// 128 KiB of rows, and at least 64 of them: fewer make the products slow.
  static Index rows_that_fit(Index dimension) {
    const Index bytes = dimension * static_cast<Index>(sizeof(ScalarOf<V>));
    return std::clamp<Index>(131072 / bytes, 64, 4096);
  }

  Index samples_ = 0;
  Scores<V> whole_;
  Scores<V> last_;
};

}  // namespace natgrad
