// SPDX-License-Identifier: MIT
#pragma once

/// E[s] and E[s sᵀ] under labels drawn from the model, each entry with its standard error.

#include "natgrad/check/scores.hpp"
#include "natgrad/check/table.hpp"
#include "natgrad/core/objective.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace natgrad::detail {

/// Mean and standard error of independent tables (Welford 1962).
class RunningMean {
 public:
  RunningMean(Index rows, Index columns) : mean_(rows, columns), squares_(rows, columns) {}

  void add(const Table& value) {
    ++count_;
    for (Index j = 0; j < value.columns(); ++j) {
      for (Index i = 0; i < value.rows(); ++i) {
        const double before = value(i, j) - mean_(i, j);
        mean_(i, j) += before / count_;
        squares_(i, j) += before * (value(i, j) - mean_(i, j));
      }
    }
  }

  const Table& mean() const { return mean_; }
  Table standard_error() const {
    return squares_.map([&](Index, Index, double q) { return std::sqrt(q / (count_ * (count_ - 1))); });
  }

 private:
  Table mean_, squares_;
  double count_ = 0;
};

/// Over `passes` independent draws of all n labels.
struct ScoreMoments {
  explicit ScoreMoments(Index d) : first(d, 1), second(d, d), squares(d, 3) {}

  RunningMean first;   ///< d: Σ wᵢsᵢ/n of a pass
  RunningMean second;  ///< d×d: Σ wᵢsᵢsᵢᵀ/n of a pass
  Table squares;       ///< d×3: Σ q, Σ q² and max q of q = w·s², over all rows
  Index passes = 0;
  double rows = 0;  ///< passes·n
  double largest_weight = 0;

  /// As many rows as carry the sum Σ q of a coordinate: few where it is made by rare events.
  double effective_rows(Index j) const {
    return squares(j, 1) > 0 ? squares(j, 0) * squares(j, 0) / squares(j, 1) : rows;
  }

  /// The standard error of `second`: the spread between the passes; and where rare events make the sum, which a normal law
  /// describes badly, at least that of a Poisson count of events of the largest size seen, with the mean `expected`.
  Table second_error(const Table& expected) const {
    return second.standard_error().map([&](Index j, Index k, double error) {
      if (effective_rows(j) > 1000 && effective_rows(k) > 1000) return error;
      const double mean = std::sqrt(std::abs(expected(j, j) * expected(k, k)));
      const double event = std::sqrt(squares(j, 2) * squares(k, 2));
      return std::fmax(error, std::sqrt(mean * event / rows));
    });
  }

  /// Adds the score s of one row to the sums of its pass.
  void add_row(const std::vector<double>& s, double weight, Table& sum, Table& outer) {
    largest_weight = std::fmax(largest_weight, weight);
    for (Index j = 0; j < sum.rows(); ++j) {
      const double sj = s[static_cast<std::size_t>(j)], q = weight * sj * sj;
      sum(j) += weight * sj;
      squares(j, 0) += q;
      squares(j, 1) += q * q;
      squares(j, 2) = std::fmax(squares(j, 2), q);
      for (Index i = 0; i < sum.rows(); ++i) outer(i, j) += weight * sj * s[static_cast<std::size_t>(i)];
    }
  }
};

/// Draws at least `wanted_rows` rows, in at least 32 passes over the samples.
template <class F, class V>
ScoreMoments draw_moments(const F& f, const V& x, Index wanted_rows, std::uint64_t seed) {
  const Index n = f.sample_count(), d = x.size();
  ScoreMoments moments(d);
  moments.passes = std::max<Index>(32, (wanted_rows + n - 1) / n);
  moments.rows = static_cast<double>(moments.passes * n);
  std::vector<double> s(static_cast<std::size_t>(d));
  for (Index pass = 0; pass < moments.passes; ++pass) {
    const std::uint64_t pass_seed = seed + static_cast<std::uint64_t>(pass) * 0x9E3779B97F4A7C15u;
    Table sum(d, 1), outer(d, d);
    const auto read = [&](Index from, Scores<V>& S) { f.sampled_scores(x, from, pass_seed, S); };
    each_block<V>(n, d, read, [&](Index from, const Scores<V>& S) {
      for (Index i = 0; i < S.rows(); ++i) {
        for (Index j = 0; j < d; ++j) s[static_cast<std::size_t>(j)] = static_cast<double>(S(i, j));
        moments.add_row(s, weight_of<V>(f, from + i), sum, outer);
      }
    });
    const auto mean = [&](Index, Index, double total) { return total / static_cast<double>(n); };
    moments.first.add(sum.map(mean));
    moments.second.add(outer.map(mean));
  }
  return moments;
}

}  // namespace natgrad::detail
