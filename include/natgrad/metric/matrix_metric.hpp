// SPDX-License-Identifier: MIT
#pragma once

/// M(x) as a function of yours writes it.

#include "natgrad/metric/dense.hpp"

#include <concepts>
#include <limits>
#include <string_view>
#include <utility>

namespace natgrad {

namespace detail {

/// The function as a source of DenseState.
template <class V, class Write>
struct WrittenMatrix {
  const Write* write;

  template <class Evaluator>
  bool evaluate(Evaluator&, const Iterate<V>& at, SquareMatrix<V>& M) {
    M.setZero(at.x.size(), at.x.size());
    M.diagonal().setConstant(std::numeric_limits<ScalarOf<V>>::quiet_NaN());
    (*write)(at.x, M);
    return true;
  }

  static constexpr std::string_view name() { return "metric: your matrix, Cholesky"; }
  static constexpr std::string_view modified_name() {
    return "metric: your matrix, Cholesky; |eigenvalues| where it was not positive definite";
  }
};

/// Its zeros and its signs say nothing about ∇²f.
template <class V, class Write>
struct MatrixMetricState : DenseState<V, WrittenMatrix<V, Write>> {
  using DenseState<V, WrittenMatrix<V, Write>>::DenseState;
  static constexpr bool has_curvature = false;
  bool indefinite() const { return false; }
};

}  // namespace detail

/// The metric that `write` gives, called as (const V& x, SquareMatrix<V>& M) once at each point: M(x), d×d, symmetric, its lower
/// triangle at least. On entry M is zero off the diagonal and NaN on it, so that a diagonal M is `M.diagonal() = …`, and one that
/// is not written ends the run as metric_failed.
///
/// A step of α = 1 is the natural one where M is of the size of ∇²f, as an approximation of it is. Any step policy finds its
/// length in another M; those that damp or bound do so as for Newton's. Solved by Cholesky, d³/3 a point.
///
///     SteepestDescent{MatrixMetric{[](const VectorXd& x, MatrixXd& M) { … }}, LevenbergMarquardt{}}
template <class Write>
class MatrixMetric {
 public:
  explicit MatrixMetric(Write write, Dense solve = {}) : write_(std::move(write)), solve_(solve) {}

  template <class F, class V>
  static consteval bool requirements_hold() {
    constexpr bool callable = std::invocable<const Write&, const V&, SquareMatrix<V>&>;
    static_assert(callable,
                  "natgrad: MatrixMetric needs a function of (const V& x, SquareMatrix<V>& M) that writes "
                  "M(x), where V is "
                  "the plain vector type of x0: for Eigen::VectorXd, (const VectorXd& x, MatrixXd& M).");
    return callable;
  }

  template <class F, class V>
  auto start(const F&, const V& x0) const {
    return detail::MatrixMetricState<V, Write>({&write_}, solve_, x0.size());
  }

  void validate() const { solve_.validate(); }

 private:
  Write write_;
  Dense solve_;
};

}  // namespace natgrad
