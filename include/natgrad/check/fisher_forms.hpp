// SPDX-License-Identifier: MIT
#pragma once

/// The expected Fisher matrix as each member gives it, and what any such matrix must be: a mean of squares.

#include "natgrad/check/compare.hpp"
#include "natgrad/check/kl_curvature.hpp"
#include "natgrad/check/scores.hpp"
#include "natgrad/core/objective.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace natgrad::detail {

struct FisherForm {
  std::string name;
  Table matrix;
};

/// fisher, fisher_rows and fisher_times, as far as f has them.
template <class F, class V>
std::vector<FisherForm> fisher_forms(const F& f, const V& x) {
  const Index d = x.size();
  std::vector<FisherForm> forms;
  if constexpr (HasFisher<F, V>) {
    SquareMatrix<V> M(d, d);
    f.fisher(x, M);
    forms.push_back({"fisher", Table::copy(M)});
  }
  if constexpr (HasFisherRows<F, V>) {
    Table M(d, d);
    const auto n = static_cast<double>(f.sample_count());
    each_block<V>(
        f.sample_count(), d, [&](Index first, Scores<V>& S) { f.fisher_rows(x, first, S); },
        [&](Index, const Scores<V>& S) {
          for (Index i = 0; i < S.rows(); ++i) {
            for (Index k = 0; k < d; ++k) {
              for (Index j = 0; j < d; ++j)
                M(j, k) += static_cast<double>(S(i, j)) * static_cast<double>(S(i, k)) / n;
            }
          }
        });
    forms.push_back({"fisher_rows", std::move(M)});
  }
  if constexpr (HasFisherTimes<F, V>) {
    Table M(d, d);
    V unit = V::Zero(d), column(d);
    for (Index j = 0; j < d; ++j) {
      unit[j] = ScalarOf<V>(1);
      f.fisher_times(x, unit, column);
      for (Index i = 0; i < d; ++i) M(i, j) = static_cast<double>(column[i]);
      unit[j] = ScalarOf<V>(0);
    }
    forms.push_back({"fisher_times", std::move(M)});
  }
  return forms;
}

/// How a fault shows in F against the mean square of drawn scores.
inline std::vector<Fault> faults_of_squares(Index n) {
  std::vector<Fault> faults = usual_faults(n);
  faults.push_back({0.25, "the sampled scores have a factor 2 too many, which their squares show as 4"});
  faults.push_back({4, "the sampled scores lack a factor 2, which their squares show as 4"});
  if (n > 2) {
    const double squared = static_cast<double>(n) * static_cast<double>(n);
    faults.push_back(
        {squared, "wrong normalisation, each sampled score is divided by n: only their mean should be"});
    faults.push_back({1 / squared, "wrong normalisation, each sampled score is multiplied by n"});
  }
  return faults;
}

/// No eigenvalue of the matrix, scaled to a unit diagonal, is below −tolerance: by elimination, row by row.
inline bool positive_semidefinite(const Table& M, double tolerance) {
  const Table scales = M.scales();
  Table A = M.map([&](Index i, Index j, double entry) {
    return (scales(i, j) > 0 ? entry / scales(i, j) : 0) + (i == j ? 2 * tolerance : 0);
  });
  for (Index k = 0; k < A.rows(); ++k) {
    if (!(A(k, k) > 0)) return false;
    for (Index j = k + 1; j < A.rows(); ++j) {
      for (Index i = j; i < A.rows(); ++i) A(i, j) -= A(i, k) * A(j, k) / A(k, k);
    }
  }
  return true;
}

/// M = s sᵀ to 1e-6, with s in the first column of `mean`.
inline bool is_square_of(const Table& M, const Table& mean) {
  for (Index j = 0; j < M.columns(); ++j) {
    for (Index i = 0; i < M.rows(); ++i) {
      const double square = mean(i) * mean(j);
      if (!(std::abs(M(i, j) - square) <= 1e-6 * std::abs(square))) return false;
    }
  }
  return M.size_of_largest() > 0;
}

/// M = s sᵀ for some s: every row is a multiple of the one with the largest diagonal entry.
inline bool rank_one(const Table& M) {
  Index p = 0;
  for (Index i = 1; i < M.rows(); ++i) p = M(i, i) > M(p, p) ? i : p;
  const Table scales = M.scales();
  for (Index j = 0; j < M.columns(); ++j) {
    for (Index i = 0; i < M.rows(); ++i) {
      if (!(std::abs(M(i, j) * M(p, p) - M(i, p) * M(p, j)) <= 1e-8 * scales(i, j) * M(p, p))) return false;
    }
  }
  return M.rows() > 1;
}

struct Estimate {
  Table value, uncertainty;
};

/// ∇²KL, from differences with steps of about a hundredth of a standard error of one sample, and half of them.
template <class F, class V>
Estimate extrapolated_kl_curvature(const F& f, const V& x, const Table& fisher) {
  using Scalar = ScalarOf<V>;
  const auto eps = static_cast<double>(epsilon<Scalar>());
  V h(x.size());
  for (Index j = 0; j < x.size(); ++j) {
    const double error = fisher(j, j) > 0 ? 1 / std::sqrt(fisher(j, j)) : 1;
    const double size = std::fmax(1, std::abs(static_cast<double>(x[j])));
    h[j] = Scalar(2 * std::pow(eps, 1.0 / 6) * std::fmin(error, size));  // a flat likelihood has no scale
  }
  const Table coarse = Table::copy(kl_curvature_by(f, x, h));
  h *= Scalar(0.5);
  const Table fine = Table::copy(kl_curvature_by(f, x, h));
  const double rounding = 64 * eps + 4 * std::abs(static_cast<double>(f.kl(x, x)));
  return {fine.map([&](Index i, Index j, double entry) { return (4 * entry - coarse(i, j)) / 3; }),
          fine.map([&](Index i, Index j, double entry) {
            return std::abs(entry - coarse(i, j)) + rounding / static_cast<double>(h[i] * h[j]);
          })};
}

}  // namespace natgrad::detail
