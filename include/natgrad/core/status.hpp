// SPDX-License-Identifier: MIT
#pragma once

/// How a run ended. Each status is a sentence, and a sentence of advice.

#include <ostream>
#include <string_view>

namespace natgrad {

enum class Status {
  converged,        ///< a test named in the message holds at x
  precision_limit,  ///< no step improves f by more than its rounding error: as good as this arithmetic gives
  max_iterations,   ///< iterations = max_iterations
  max_evaluations,  ///< counts.values = max_evaluations
  max_seconds,      ///< seconds ≥ max_seconds
  stopped,          ///< a rule of the user's said so
  not_finite,       ///< f(x0) or ∇f(x0) is NaN or infinite
  unbounded,        ///< f falls to −∞
  separable,        ///< the data are separated: no maximum-likelihood estimate exists
  stationary,       ///< ∇f(x) = 0, the curvature is negative, and no way down was found
  step_failed,      ///< no acceptable step along a direction that promised one
  metric_failed,    ///< M(x) is not finite, or (M + λD)d = −g could not be solved
};

/// x is the answer.
constexpr bool is_usable(Status s) { return s == Status::converged || s == Status::precision_limit; }

/// A limit of StopWhen was met first.
constexpr bool is_limit(Status s) {
  return s == Status::max_iterations || s == Status::max_evaluations || s == Status::max_seconds;
}

/// The run could not go on.
constexpr bool is_failure(Status s) { return !is_usable(s) && !is_limit(s) && s != Status::stopped; }

/// The status as a word.
constexpr std::string_view to_string(Status status) {
  switch (status) {
    case Status::converged:
      return "converged";
    case Status::precision_limit:
      return "precision_limit";
    case Status::max_iterations:
      return "max_iterations";
    case Status::max_evaluations:
      return "max_evaluations";
    case Status::max_seconds:
      return "max_seconds";
    case Status::stopped:
      return "stopped";
    case Status::not_finite:
      return "not_finite";
    case Status::unbounded:
      return "unbounded";
    case Status::separable:
      return "separable";
    case Status::stationary:
      return "stationary";
    case Status::step_failed:
      return "step_failed";
    case Status::metric_failed:
      return "metric_failed";
  }
  return "unknown";
}

/// What it means and what to do about it.
constexpr std::string_view advice(Status status) {
  switch (status) {
    case Status::converged:
      return "The stopping test named here holds at x.";
    case Status::precision_limit:
      return "No step lowers f by more than its rounding error: x is as good as this arithmetic gives, and "
             "usable.";
    case Status::max_iterations:
      return "The iteration limit was reached first: raise max_iterations, or choose a metric with more "
             "curvature.";
    case Status::max_evaluations:
      return "The evaluation limit was reached first: raise max_evaluations.";
    case Status::max_seconds:
      return "The time limit was reached first: raise max_seconds.";
    case Status::stopped:
      return "A stop rule of yours ended the run.";
    case Status::not_finite:
      return "f or its gradient is NaN or infinite at x0: start inside the domain, check the formulas there, "
             "and that gradient(x, g) takes g by reference and writes all of it.";
    case Status::unbounded:
      return "f falls without bound along the last direction: check its sign, or add a penalty.";
    case Status::separable:
      return "The data are separated, so no finite estimate exists: add a ridge penalty, or drop the "
             "separating column.";
    case Status::stationary:
      return "The gradient is zero but the curvature is negative: not a minimum. Start from another point.";
    case Status::step_failed:
      return "No step was found that lowers f. Unless the reason below says why: check the gradient with "
             "check_derivatives(f, x), or f is not smooth.";
    case Status::metric_failed:
      return "The metric is not finite or could not be solved: check hessian, fisher or scores at x, or add "
             "damping.";
  }
  return "";
}

inline std::ostream& operator<<(std::ostream& out, Status status) { return out << to_string(status); }

}  // namespace natgrad
