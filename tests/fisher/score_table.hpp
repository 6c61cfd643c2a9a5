// SPDX-License-Identifier: MIT
/// A likelihood that is nothing but its scores, and a metric prepared at one point: what the tests of the forms ask about.
#pragma once

#include <natgrad/natgrad.hpp>

#include <Eigen/Core>

#include <cstdint>
#include <utility>

namespace natgrad::test {

using Vector = Eigen::VectorXd;
using Matrix = Eigen::MatrixXd;
using Rows = Scores<Vector>;

/// Scores that do not depend on x, in any kind; a penalty ½xᵀPx.
struct ScoreTable {
  Matrix S;
  Vector weights{};  // empty: 1
  Matrix P{};        // empty: 0

  Index sample_count() const { return S.rows(); }
  Index dimension() const { return S.cols(); }
  double weight(Index i) const {
    return weights.size() ? weights[i] * static_cast<double>(S.rows()) / weights.sum() : 1.0;
  }
  double sample_weight(Index i) const { return weight(i); }

  /// minus the mean score, plus the penalty's part
  Vector slope(const Vector& x) const;
  double value(const Vector& x) const;
  void gradient(const Vector& x, Vector& g) const { g = slope(x); }

  void scores(const Vector&, Index first, Rows& out) const;
  void sampled_scores(const Vector&, Index first, std::uint64_t seed, Rows& out) const;
  void fisher_rows(const Vector&, Index first, Rows& out) const;
  void penalty_hessian(const Vector& x, Matrix& out) const;

  /// M = F + P as a matrix, uncentred
  Matrix metric() const;
};

Matrix normal_matrix(Index rows, Index columns, unsigned seed);

/// A metric's run state at x, with all that it points to.
template <class F, class Metric>
class Prepared {
 public:
  using State = decltype(std::declval<const Metric&>().template start<F, Vector>(
      std::declval<const F&>(), std::declval<const Vector&>()));

  Prepared(const F& f, const Metric& metric, const Vector& x)
      : evaluator(f, Budget{}), at(x), state(metric.template start<F, Vector>(f, x)) {
    f.gradient(x, at.gradient);
    finite = state.prepare(evaluator, at);
    d = Vector::Zero(x.size());
  }

  bool solve(double lambda) { return state.solve(lambda, at.gradient, d); }
  bool descend() { return state.descend(at.gradient, d); }
  bool within(double radius) { return state.within(radius, at.gradient, d); }
  const Counts& counts() const { return std::as_const(evaluator).counts(); }

  Evaluator<F, Vector> evaluator;
  Iterate<Vector> at;
  State state;
  Vector d;
  bool finite = false;
};

template <class Kind, class Solve, class F>
auto prepared(const F& f, const Kind& kind, const Solve& solve, const Vector& x) {
  return Prepared<F, Fisher<Kind, Solve>>(f, Fisher<Kind, Solve>{kind, solve}, x);
}

/// −(M + λ·diag M)⁻¹g by a pivoted factorization of the matrix
Vector reference_step(const Matrix& M, double lambda, const Vector& g);

/// −D^{−½}(D^{−½}MD^{−½})⁺D^{−½}g
Vector minimum_norm_step(const Matrix& M, const Vector& g);

double relative_error(const Vector& a, const Vector& b);

}  // namespace natgrad::test
