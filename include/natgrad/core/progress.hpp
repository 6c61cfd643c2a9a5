// SPDX-License-Identifier: MIT
#pragma once

/// What stop rules and observers see: the point the run stands on, before its next step.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/counts.hpp"

namespace natgrad {

template <class V>
struct Progress {
  using Scalar = ScalarOf<V>;

  Index iteration;       ///< steps accepted so far
  const V& x;            ///< the point
  Scalar value;          ///< f(x)
  const V& gradient;     ///< ∇f(x)
  Scalar gradient_norm;  ///< ‖∇f(x)‖∞
  Scalar step;           ///< α of the step that led here; 0 at x0
  Scalar damping;        ///< λ of the step that led here; 0 at x0
  Scalar initial_value;  ///< f(x0)
  Scalar value_change;   ///< f(x) − f(previous x); 0 at x0
  const Counts& counts;  ///< calls so far

  /// ‖x − previous x‖∞; 0 at x0
  Scalar step_norm() const { return previous_ ? detail::distance(x, *previous_) : Scalar(0); }

  /// ‖x − x0‖∞
  Scalar travelled() const { return detail::distance(x, *start_); }

  /// Wall time since the start. Read on demand: the clock costs more than a small problem's iteration.
  double seconds() const { return seconds_(run_); }

  /// ½·∇fᵀ(M + λD)⁻¹∇f at x, the decrease that the metric's model promises. Solves once where it was not known yet.
  Scalar decrement() const { return decrement_(run_); }

  const V* previous_;
  const V* start_;
  void* run_;
  double (*seconds_)(void*);
  Scalar (*decrement_)(void*);
};

}  // namespace natgrad
