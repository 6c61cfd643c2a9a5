// SPDX-License-Identifier: MIT
#pragma once

/// A matrix that is factored once and is the metric at every point, under quasi-Newton memory that corrects it.

#include "natgrad/metric/cholesky.hpp"
#include "natgrad/metric/metric.hpp"

#include <algorithm>
#include <limits>

namespace natgrad {

template <class V>
class FactoredMatrix {
 public:
  using Scalar = ScalarOf<V>;

  /// M + λ·diag M, λ = 0 or where M is singular 1e-6; a column of zeros counts as one that is small. False where neither is positive
  /// definite.
  bool factor(const SquareMatrix<V>& M) {
    V scale = M.diagonal().cwiseAbs();
    root_diagonal_ = scale.cwiseSqrt();
    for (Index i = 0; i < scale.size(); ++i)
      scale[i] = std::max(scale[i], Scalar(std::numeric_limits<float>::min()));
    cholesky_.reserve(scale.size());
    return cholesky_.factor(M, scale, Scalar(0)) || cholesky_.factor(M, scale, Scalar(1e-6));
  }

  /// d ← −M⁻¹g. False where it is not finite.
  bool solve(const V& g, V& d) const {
    cholesky_.solve_negative(g, d);
    return all_finite(d);
  }

  /// √Dᵀ|x|, D = diag M
  Scalar size_of_terms(const V& x) const { return root_diagonal_.dot(x.cwiseAbs()); }

 private:
  Cholesky<V> cholesky_;
  V root_diagonal_;
};

template <class V>
class FixedMatrixState : public MetricState<V> {
 public:
  using Scalar = ScalarOf<V>;

  explicit FixedMatrixState(const FactoredMatrix<V>& matrix) : matrix_(&matrix) {}

  template <class Evaluator>
  bool prepare(Evaluator&, const Iterate<V>&) {
    return true;
  }
  bool solve(Scalar, const V& g, V& d) { return matrix_->solve(g, d); }
  bool descend(const V& g, V& d) { return matrix_->solve(g, d); }
  Scalar size_of_terms(const V& x) const { return matrix_->size_of_terms(x); }

 private:
  const FactoredMatrix<V>* matrix_;
};

/// The base of an Lbfgs. matrix outlives the run.
template <class Vector>
struct FixedMatrix {
  const FactoredMatrix<Vector>* matrix;

  template <class F, class V>
  static consteval bool requirements_hold() {
    return true;
  }

  template <class F, class V>
  FixedMatrixState<V> start(const F&, const V&) const {
    return FixedMatrixState<V>(*matrix);
  }
};

}  // namespace natgrad
