// SPDX-License-Identifier: MIT
#pragma once

/// E[s] = 0 and E[s sᵀ + ∇s] = 0 at the labels of f themselves, where these were drawn from the model at x (White 1982).

#include "natgrad/check/compare.hpp"
#include "natgrad/check/scores.hpp"
#include "natgrad/check/z_test.hpp"
#include "natgrad/core/objective.hpp"

#include <cmath>
#include <limits>
#include <vector>

namespace natgrad::detail {

/// Means over the rows; under the model every row of s and of s sᵀ + ∇s has mean 0, so that its square is its variance.
struct ObservedMoments {
  explicit ObservedMoments(Index d)
      : score(d, 1), score_square(d, 1), outer(d, d), slope(d, d), sum_square(d, d) {}

  Table score, score_square;       ///< d: w·s, (w·s)²
  Table outer, slope, sum_square;  ///< d×d: w·s sᵀ, w·∇s, (w·(s sᵀ + ∇s))²
};

/// Steps that are small beside the spread of the likelihood of one sample, 1/√mean(s²).
template <class F, class V>
V score_steps(const F& f, const V& x) {
  using Scalar = ScalarOf<V>;
  const auto n = static_cast<double>(f.sample_count());
  Table squares(x.size(), 1);
  each_block<V>(
      f.sample_count(), x.size(), [&](Index first, Scores<V>& S) { read_scores(f, x, first, S); },
      [&](Index, const Scores<V>& S) {
        for (Index i = 0; i < S.rows(); ++i) {
          for (Index j = 0; j < S.cols(); ++j) squares(j) += static_cast<double>(S(i, j) * S(i, j)) / n;
        }
      });
  V h(x.size());
  const double small = std::pow(static_cast<double>(epsilon<Scalar>()), 0.2);  // for fourth-order differences
  for (Index j = 0; j < x.size(); ++j) h[j] = Scalar(squares(j) > 0 ? small / std::sqrt(squares(j)) : small);
  return h;
}

/// ∂s/∂xⱼ of a block of rows, by central differences of fourth order.
template <class F, class V>
Table score_slope(const F& f, const V& x, Index j, ScalarOf<V> h, Index first, Index rows) {
  using Scalar = ScalarOf<V>;
  const auto at = [&](double steps) {
    V moved = x;
    moved[j] += Scalar(steps) * h;
    Scores<V> S(rows, x.size());
    read_scores(f, moved, first, S);
    return Table::copy(S);
  };
  const Table r1 = at(1), l1 = at(-1), r2 = at(2), l2 = at(-2);
  return r1.map([&](Index i, Index k, double) {
    return (8 * (r1(i, k) - l1(i, k)) - (r2(i, k) - l2(i, k))) / (12 * static_cast<double>(h));
  });
}

template <class F, class V>
ObservedMoments observed_moments(const F& f, const V& x) {
  const Index d = x.size();
  const auto n = static_cast<double>(f.sample_count());
  const V h = score_steps(f, x);
  ObservedMoments mean(d);
  const auto use = [&](Index first, const Scores<V>& S) {
    std::vector<Table> slopes;
    for (Index j = 0; j < d; ++j) slopes.push_back(score_slope(f, x, j, h[j], first, S.rows()));
    for (Index i = 0; i < S.rows(); ++i) {
      const double w = weight_of<V>(f, first + i);
      for (Index j = 0; j < d; ++j) {
        const double sj = w * static_cast<double>(S(i, j));
        mean.score(j) += sj / n;
        mean.score_square(j) += sj * sj / n;
        for (Index k = 0; k < d; ++k) {
          const double outer = sj * static_cast<double>(S(i, k)),
                       slope = w * slopes[static_cast<std::size_t>(j)](i, k);
          mean.outer(k, j) += outer / n;
          mean.slope(k, j) += slope / n;
          mean.sum_square(k, j) += (outer + slope) * (outer + slope) / n;
        }
      }
    }
  };
  each_block<V>(
      f.sample_count(), d, [&](Index first, Scores<V>& S) { read_scores(f, x, first, S); }, use);
  return mean;
}

/// How a fault of the scores shows in E[s sᵀ] against −E[∇s], of which one is of second degree in s.
inline std::vector<Fault> faults_of_scores(Index n) {
  std::vector<Fault> faults{{-1, "the sign of the scores is wrong, a minus is missing"},
                            {2, "the scores have a factor 2 too many"},
                            {0.5, "the scores lack a factor 2"},
                            {-2, "the scores have the wrong sign and a factor 2 too many"},
                            {-0.5, "the scores have the wrong sign and lack a factor 2"}};
  if (n > 2) {
    faults.push_back({1 / static_cast<double>(n),
                      "wrong normalisation, each score is divided by n: only their mean should be"});
    faults.push_back({static_cast<double>(n), "wrong normalisation, each score is multiplied by n"});
  }
  return faults;
}

template <class F, class V>
void check_observed_labels(const F& f, const V& x, double false_alarm, double tolerance,
                           CheckReport& report) {
  const Index d = x.size();
  const double root = std::sqrt(static_cast<double>(f.sample_count()));
  const double threshold = normal_threshold(false_alarm, d + d * (d + 1) / 2);
  const ObservedMoments mean = observed_moments(f, x);
  const auto error = [&](Index, Index, double square) { return threshold * std::sqrt(square) / root; };
  Comparison zero{"mean of the observed scores", "zero", mean.score, Table(d, 1),
                  mean.score_square.map(error),  0};
  zero.remark = "E[s] = 0 fails: the scores are not ∇log p, or the labels are not drawn from the model at x.";
  Comparison information{"E[s sᵀ] at the observed labels",
                         "-E[∇s]",
                         mean.outer,
                         mean.slope.map([](Index, Index, double slope) { return -slope; }),
                         mean.sum_square.map(error),
                         tolerance,
                         faults_of_scores(f.sample_count())};
  zero.clear_below =
      std::numeric_limits<double>::infinity();  // what is compared with zero has no size of its own
  information.clear_below = 0.5;
  report.add(zero.judge());
  report.add(information.judge());
}

}  // namespace natgrad::detail
