// SPDX-License-Identifier: MIT
#pragma once

/// Σ wᵢsᵢ/n = −∇(f − penalty), and the same score whichever member and whichever block of rows it is read from.

#include "natgrad/check/compare.hpp"
#include "natgrad/check/differences.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/fisher/penalty.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace natgrad::detail {

/// S ← scores of rows first … first + S.rows() − 1, from whichever member the objective has.
template <class F, class V>
void read_scores(const F& f, const V& x, Index first, Scores<V>& S) {
  if constexpr (HasScores<F, V>) {
    f.scores(x, first, S);
  } else {
    V row(x.size());
    for (Index i = 0; i < S.rows(); ++i) {
      f.score(x, first + i, row);
      S.row(i) = row.transpose();
    }
  }
}

/// Calls read(first, S), then use(first, S), for 256 rows at a time.
template <class V, class Read, class Use>
void each_block(Index n, Index d, const Read& read, const Use& use) {
  for (Index first = 0; first < n; first += 256) {
    Scores<V> S(std::min<Index>(256, n - first), d);
    read(first, S);
    use(first, S);
  }
}

template <class V, class F>
double weight_of(const F& f, Index i) {
  if constexpr (HasSampleWeight<F, V>) {
    return static_cast<double>(f.sample_weight(i));
  } else {
    return 1;
  }
}

template <class F, class V>
void full_gradient(const F& f, const V& x, V& g) {
  if constexpr (HasGradient<F, V>) {
    f.gradient(x, g);
  } else {
    f.value_and_gradient(x, g);
  }
}

/// Relative rounding of a sum of n terms in this scalar.
template <class Scalar>
double rounding_of_sum(Index n) {
  return static_cast<double>(epsilon<Scalar>()) * (64 + 4 * std::sqrt(static_cast<double>(n)));
}

/// d×2: Σ wᵢsᵢ/n, and beside it the mean of |wᵢsᵢ|, by which its rounding is measured.
template <class F, class V>
Table mean_score(const F& f, const V& x) {
  const Index n = f.sample_count(), d = x.size();
  Table sums(d, 2);
  each_block<V>(
      n, d, [&](Index first, Scores<V>& S) { read_scores(f, x, first, S); },
      [&](Index first, const Scores<V>& S) {
        for (Index i = 0; i < S.rows(); ++i) {
          const double share = weight_of<V>(f, first + i) / static_cast<double>(n);
          for (Index j = 0; j < d; ++j) {
            const double part = share * static_cast<double>(S(i, j));
            sums(j, 0) += part;
            sums(j, 1) += std::abs(part);
          }
        }
      });
  return sums;
}

/// Without a penalty: the mean score is −∇f.
template <class F, class V>
Check check_mean_score(const F& f, const V& x, double tolerance) {
  const Index n = f.sample_count(), d = x.size();
  V g(d);
  full_gradient(f, x, g);
  const Table sums = mean_score(f, x);
  const double rounding = rounding_of_sum<ScalarOf<V>>(n);
  Check check = Comparison{"mean score",
                           "-∇f",
                           Table::of(d, 1, [&](Index i, Index) { return sums(i, 0); }),
                           Table::of(d, 1, [&](Index i, Index) { return -static_cast<double>(g[i]); }),
                           Table::of(d, 1, [&](Index i, Index) { return rounding * sums(i, 1); }),
                           tolerance,
                           usual_faults(n)}
                    .judge();
  if (check.sentence.find("does not agree with") != std::string::npos)
    check.sentence += " Where f has a penalty, say so by penalty_hessian(x, P), P ← its ∇².";
  return check;
}

/// ∂/∂x of the mean score and of ∇f, by the same differences.
struct Slopes {
  Table score, gradient, uncertainty;
};

template <class F, class V>
Slopes slopes_of_scores(const F& f, const V& x, const Table& penalty, double tolerance) {
  using Scalar = ScalarOf<V>;
  const Index d = x.size();
  const auto both = [&](const V& at) {
    V g(d);
    full_gradient(f, at, g);
    const Table mean = mean_score(f, at);
    Values<Scalar> out;
    for (Index i = 0; i < d; ++i) out.push_back(Scalar(mean(i, 0)));
    for (Index i = 0; i < d; ++i) out.push_back(g[i]);
    return out;
  };
  const auto rounding = noise(both, x);
  const double size = penalty.size_of_largest();
  Slopes slopes{Table(d, d), Table(d, d), Table(d, d)};
  for (Index j = 0; j < d; ++j) {
    const auto enough = [&](std::size_t, const Derivative<Scalar>& found) {
      return static_cast<double>(found.uncertainty)
          <= 0.1 * tolerance * std::fmax(size, std::abs(static_cast<double>(found.value)));
    };
    const auto found = differentiate(both, x, j, rounding, enough);
    for (Index i = 0; i < d; ++i) {
      const auto& score = found[static_cast<std::size_t>(i)];
      const auto& gradient = found[static_cast<std::size_t>(i + d)];
      slopes.score(i, j) = static_cast<double>(score.value);
      slopes.gradient(i, j) = static_cast<double>(gradient.value);
      slopes.uncertainty(i, j) = 2 * static_cast<double>(score.uncertainty + gradient.uncertainty);
    }
  }
  return slopes;
}

/// With a penalty, of which only the Hessian is known: ∂(mean score)/∂x = ∇²penalty − ∇²f.
template <class F, class V>
Check check_penalized_score(const F& f, const V& x, const Table& penalty, double tolerance) {
  const Slopes slopes = slopes_of_scores(f, x, penalty, tolerance);
  const auto faults = usual_faults(f.sample_count());
  const auto difference = [&](Index i, Index j, double p) { return p - slopes.gradient(i, j); };
  const Comparison compare{"derivative of the mean score",
                           "∇²penalty - ∇²f",
                           slopes.score,
                           penalty.map(difference),
                           slopes.uncertainty,
                           tolerance,
                           faults};
  const Check check = compare.judge();
  if (check.ok || compare.fault()) return check;

  const Table left = slopes.score.map([&](Index i, Index j, double s) { return s + slopes.gradient(i, j); });
  const Comparison other{
      "penalty_hessian", "∇²(f + mean log-likelihood)", penalty, left, slopes.uncertainty, tolerance, faults};
  const Comparison none{"",
                        "",
                        slopes.score,
                        slopes.gradient.map([](Index, Index, double g) { return -g; }),
                        slopes.uncertainty,
                        tolerance};
  Check answer = other.fault() ? other.judge() : check;
  if (none.judge().ok)
    answer.sentence = "The scores contain the penalty, which belongs to penalty_hessian alone.";
  return answer;
}

/// Rows read in one block, one by one, and in blocks of seven are the same rows.
template <class V, class Read>
Check check_blocks(const std::string& member, Index n, Index d, const Read& read) {
  const Index rows = std::min<Index>(n, 50), first = n - rows;
  Scores<V> whole(rows, d);
  read(first, whole);
  const Table wanted = Table::copy(whole);
  const double rounding =
      64 * static_cast<double>(epsilon<ScalarOf<V>>()) * std::fmax(1e-300, wanted.size_of_largest());
  Check check;
  for (Index size : {Index(1), Index(7)}) {
    Table given(rows, d);
    for (Index i = 0; i < rows; i += size) {
      Scores<V> S(std::min(size, rows - i), d);
      read(first + i, S);
      for (Index r = 0; r < S.rows(); ++r) {
        for (Index j = 0; j < d; ++j) given(i + r, j) = static_cast<double>(S(r, j));
      }
    }
    check = Comparison{member + " in blocks of " + std::to_string(size),
                       "the same rows in one block",
                       given,
                       wanted,
                       Table(rows, d, rounding),
                       0,
                       {},
                       "Row i must depend on first + i alone; is `first` used?"}
                .judge();
    if (!check.ok) break;
  }
  return check;
}

/// score(x, i, s) gives row i of scores(x, 0, S).
template <class F, class V>
Check check_single_score(const F& f, const V& x, double tolerance) {
  const Index rows = std::min<Index>(f.sample_count(), 256), d = x.size();
  Scores<V> S(rows, d);
  f.scores(x, 0, S);
  Table given(rows, d);
  V row(d);
  for (Index i = 0; i < rows; ++i) {
    f.score(x, i, row);
    for (Index j = 0; j < d; ++j) given(i, j) = static_cast<double>(row[j]);
  }
  const Table wanted = Table::copy(S);
  const Table rounding(rows, d, 64 * static_cast<double>(epsilon<ScalarOf<V>>()) * wanted.size_of_largest());
  return Comparison{"score", "scores", given, wanted, rounding, tolerance, usual_faults(f.sample_count())}
      .judge();
}

/// All that scores can be asked without drawing labels.
template <class F, class V>
void check_scores(const F& f, const V& x, double tolerance, CheckReport& report) {
  const Index n = f.sample_count(), d = x.size();
  if constexpr (HasScores<F, V>) {
    report.add(check_blocks<V>("scores", n, d, [&](Index first, Scores<V>& S) { f.scores(x, first, S); }));
  }
  if constexpr (HasScores<F, V> && HasScore<F, V>) report.add(check_single_score(f, x, tolerance));
  Table penalty(d, d);
  if constexpr (Penalty<F, V>::present) {
    SquareMatrix<V> P = SquareMatrix<V>::Zero(d, d);
    add_penalty(f, x, P);
    penalty = Table::copy(P);
  }
  // a penalty whose Hessian is zero is taken for none
  const bool penalized = penalty.size_of_largest() > 0 || !penalty.all_finite();
  report.add(penalized ? check_penalized_score(f, x, penalty, tolerance) : check_mean_score(f, x, tolerance));
}

}  // namespace natgrad::detail
