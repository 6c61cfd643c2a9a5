// SPDX-License-Identifier: MIT
#pragma once

/// M = ∇²f(x): steepest descent in the local curvature.

#include "natgrad/fisher/automatic.hpp"
#include "natgrad/metric/dense.hpp"

namespace natgrad {

/// Reads ∇²f from the objective.
template <class V>
struct HessianSource {
  template <class Evaluator>
  bool evaluate(Evaluator& f, const Iterate<V>& at, SquareMatrix<V>& H) {
    f.hessian(at.x, H);
    return true;
  }
  static constexpr std::string_view name() { return "metric: Hessian, Cholesky"; }
  static constexpr std::string_view modified_name() {
    return "metric: Hessian, Cholesky; |eigenvalues| where it was not positive definite";
  }
};

/// The Hessian metric with a way to solve.
template <class Solve = Automatic>
struct Hessian {
  Solve solve{};

  template <class F, class V>
  static consteval bool requirements_hold() {
    static_assert(HasHessian<F, V>,
                  "natgrad: Newton needs hessian(x, H): give the objective `void hessian(const V& x, SquareMatrix<V>& H) "
                  "const`, or pass the Hessian to function(value, gradient, hessian).");
    return HasHessian<F, V>;
  }

  template <class F, class V>
  auto start(const F&, const V& x0) const {
    return DenseState<V, HessianSource<V>>({}, dense_options(), x0.size());
  }

  void validate() const { solve.validate(); }

 private:
  Dense dense_options() const { return {solve.damping, solve.scale_free}; }
};

}  // namespace natgrad
