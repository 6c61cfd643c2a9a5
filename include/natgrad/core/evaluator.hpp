// SPDX-License-Identifier: MIT
#pragma once

/// The objective as the loop sees it: every capability in one form, derived where it is missing, and counted.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/counts.hpp"
#include "natgrad/core/iterate.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"

#include <limits>

namespace natgrad {

template <class F, class V>
class Evaluator {
 public:
  using Objective = F;
  using Vector = V;
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;

  Evaluator(const F& objective, const Budget& budget)
      : f_(objective), budget_(budget), start_(Clock::now()) {}

  const F& objective() const { return f_; }
  const Counts& counts() const { return counts_; }
  Counts& counts() { return counts_; }

  const Budget& budget() const { return budget_; }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  /// The budget allows no further evaluation of f; f(x0) it always allows. The clock is read only where a limit was set.
  bool spent() const {
    if (counts_.values == 0) return false;
    return counts_.values >= budget_.evaluations
        || (budget_.seconds < std::numeric_limits<double>::infinity() && !(seconds() < budget_.seconds));
  }

  /// at.value ← f(at.x), and the gradient too where the objective has both in one pass. NaN once the budget is spent.
  EIGEN_ALWAYS_INLINE void evaluate(Iterate<V>& at) {
    at.has_gradient = false;
    if (spent()) {
      at.value = std::numeric_limits<Scalar>::quiet_NaN();
    } else if constexpr (HasValueAndGradient<F, V>) {
      fused(at);
    } else {
      ++counts_.values;
      at.value = f_.value(at.x);
    }
  }

  /// at.gradient ← ∇f(at.x), unless it is known already.
  void complete(Iterate<V>& at) {
    if (at.has_gradient) return;
    if constexpr (HasGradient<F, V>) {
      ++counts_.gradients;
      f_.gradient(at.x, at.gradient);
      remember_gradient(at);
    } else {
      fused(at);
    }
  }

  /// H ← ∇²f(x)
  void hessian(const V& x, Matrix& H) {
    ++counts_.hessians;
    f_.hessian(x, H);
  }

  /// Hv ← ∇²f(x)·v, through the matrix where there is no product.
  void hessian_times(const V& x, const V& v, V& Hv) {
    if constexpr (HasHessianTimes<F, V>) {
      ++counts_.products;
      f_.hessian_times(x, v, Hv);
    } else {
      scratch_.resize(x.size(), x.size());
      hessian(x, scratch_);
      if (scratch_.rows() != x.size() || scratch_.cols() != x.size())
        detail::reject("hessian(x, H): H.rows()", scratch_.rows(), "the size of x, as H.cols()");
      const Index d = v.size();
      detail::set_zero(Hv, d);
      kernel::add_columns(scratch_.data(), d, d, d, v.data(), Hv.data());
    }
  }

  /// out ← how ∇f bends along v: for residuals Jᵀ·∂²r/∂v²/n
  void gradient_bend(const V& x, const V& v, V& out) {
    ++counts_.products;
    f_.gradient_bend(x, v, out);
  }

 private:
  void fused(Iterate<V>& at) {
    ++counts_.values;
    ++counts_.gradients;
    at.value = f_.value_and_gradient(at.x, at.gradient);
    remember_gradient(at);
  }

  void remember_gradient(Iterate<V>& at) {
    if (at.gradient.size() != at.x.size())
      detail::reject("gradient(x, g): g.size()", at.gradient.size(),
                     "the size of x: write into g as it comes");
    at.gradient_norm = max_norm(at.gradient);
    at.has_gradient = true;
  }

  const F& f_;
  Budget budget_;
  Clock::time_point start_;
  Counts counts_;
  Matrix scratch_;  // only where a product is asked of an objective that has the matrix alone
};

}  // namespace natgrad
