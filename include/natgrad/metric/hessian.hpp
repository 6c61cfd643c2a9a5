// SPDX-License-Identifier: MIT
#pragma once

/// M = ∇²f(x): steepest descent in the local curvature.

#include "natgrad/metric/automatic.hpp"
#include "natgrad/metric/hessian_source.hpp"
#include "natgrad/metric/solve.hpp"

namespace natgrad {

/// The Hessian metric with a way to solve.
template <class Solve = Automatic>
struct Hessian {
  Solve solve{};

  template <class F, class V>
  static consteval bool requirements_hold() {
    constexpr bool known = HasHessian<F, V> || HasHessianTimes<F, V>;
    static_assert(
        known || !HasAnyFisher<F, V>,
        "natgrad: Newton needs hessian(x, H), and this objective has a Fisher or Gauss-Newton matrix "
        "in its place: use NaturalGradient{}.");
    static_assert(known || HasAnyFisher<F, V>,
                  "natgrad: Newton needs hessian(x, H): give the objective `void hessian(const V& x, "
                  "SquareMatrix<V>& H) "
                  "const`, or pass the Hessian to function(value, gradient, hessian).");
    if constexpr (known) {
      return detail::solve_fits<Solve, HessianSource<F, V>>();
    } else {
      return false;
    }
  }

  template <class F, class V>
  auto start(const F& f, const V& x0) const {
    return detail::start_solve(solve, HessianSource<F, V>(x0.size()), f, x0);
  }

  void validate() const { solve.validate(); }
};

}  // namespace natgrad
