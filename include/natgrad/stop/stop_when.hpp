// SPDX-License-Identifier: MIT
#pragma once

/// The shipped stop rule: each member is one inequality, and the first that holds ends the run.

#include "natgrad/core/counts.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/core/verdict.hpp"
#include "natgrad/stop/any_of.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace natgrad {

/// A tolerance that may be left out. (An empty std::optional copied on makes g++ warn of a number that was never written.)
class Tolerance {
 public:
  constexpr Tolerance() = default;
  constexpr Tolerance(double value) : value_(value), set_(true) {}

  constexpr explicit operator bool() const { return set_; }
  constexpr double operator*() const { return value_; }
  constexpr double value_or(double other) const { return set_ ? value_ : other; }
  friend constexpr bool operator==(const Tolerance&, const Tolerance&) = default;

 private:
  double value_ = 0;
  bool set_ = false;
};

struct StopWhen {
  /// converged when ‖∇f(x)‖∞ ≤ gradient_norm. Unset: 1e-8 (½√ε where that is more), and then the metric must agree
  /// that nothing is left to gain, and no entry of x left to move by a millionth of itself or of how far it came, so that units do not decide; without curvature,
  /// as by GradientDescent and LimitedMemoryBfgs, each entry of ∇f must have fallen to a thousandth of its largest, or be too
  /// small to change f.
  Tolerance gradient_norm{};
  /// converged when ½·∇fᵀ(M + λD)⁻¹∇f ≤ decrement, in the units of f (Boyd & Vandenberghe 2004, 9.5.1); 0: off
  double decrement = 0;
  /// converged when |f(x) − f(previous x)| ≤ value_change·(f(x0) − f(x)): no shift or scale of f matters; 0: off
  double value_change = 0;
  /// converged when ‖x − previous x‖∞ ≤ step_norm·‖x − x0‖∞: no shift or scale of x matters; 0: off
  double step_norm = 0;
  /// max_iterations when iterations ≥ max_iterations
  Index max_iterations = 10'000;
  /// max_evaluations when counts.values ≥ max_evaluations, in the middle of a line search too
  Index max_evaluations = std::numeric_limits<Index>::max();
  /// max_seconds when seconds ≥ max_seconds, in the middle of a line search or of a solve by conjugate gradients too
  double max_seconds = std::numeric_limits<double>::infinity();

  template <class V>
  EIGEN_ALWAYS_INLINE Verdict judge(const Progress<V>& now) const {
    if (const Verdict limit = limits(now)) {
      const Verdict test = tests(now);  // at a limit a test that holds is believed: there is no going on
      return test ? Verdict{test.status, Claim::certain, test.reason} : limit;
    }
    return tests(now);
  }

  template <class V>
  std::optional<Status> operator()(const Progress<V>& now) const {
    return judge(now).status;
  }

  Budget budget() const { return {max_evaluations, max_seconds}; }

  void validate() const {
    using detail::require;
    if (gradient_norm) require(*gradient_norm >= 0, "StopWhen.gradient_norm", *gradient_norm, "a number ≥ 0");
    require(decrement >= 0, "StopWhen.decrement", decrement, "a number ≥ 0");
    require(value_change >= 0, "StopWhen.value_change", value_change, "a number ≥ 0");
    require(step_norm >= 0, "StopWhen.step_norm", step_norm, "a number ≥ 0");
    require(max_iterations >= 0, "StopWhen.max_iterations", max_iterations, "a count ≥ 0");
    require(max_evaluations >= 1, "StopWhen.max_evaluations", max_evaluations,
            "a count ≥ 1: f(x0) is always evaluated");
    require(max_seconds >= 0, "StopWhen.max_seconds", max_seconds, "a time ≥ 0");
  }

  /// Rules combine with | and &.
  using StopRuleOperand = void;

 private:
  template <class Scalar>
  static double default_gradient_norm() {
    return std::max(1e-8, 0.5 * std::sqrt(static_cast<double>(epsilon<Scalar>())));
  }

  template <class V>
  EIGEN_ALWAYS_INLINE Verdict limits(const Progress<V>& now) const {
    const auto count = [](Index i) { return static_cast<double>(i); };
    if (now.iteration >= max_iterations) {
      return {Status::max_iterations, Claim::certain, {"iterations", count(now.iteration), "", 0, ""}};
    }
    if (now.counts.values >= max_evaluations) {
      return {
          Status::max_evaluations, Claim::certain, {"evaluations of f", count(now.counts.values), "", 0, ""}};
    }
    if (max_seconds < std::numeric_limits<double>::infinity() && !(now.seconds() < max_seconds)) {
      return {Status::max_seconds, Claim::certain, {"seconds", now.seconds(), "", 0, ""}};
    }
    return {};
  }

  template <class V>
  EIGEN_ALWAYS_INLINE Verdict tests(const Progress<V>& now) const {
    using Scalar = ScalarOf<V>;
    const double norm = static_cast<double>(now.gradient_norm);
    const double allowed = gradient_norm.value_or(default_gradient_norm<Scalar>());
    if (norm <= allowed) {
      return {Status::converged,
              gradient_norm ? Claim::gradient : Claim::gradient_by_default,
              {"‖∇f(x)‖∞", norm, "gradient_norm", allowed, ""}};
    }
    if (now.iteration > 0 && value_change > 0) {
      const double change = std::abs(static_cast<double>(now.value_change));
      const double bound = value_change * static_cast<double>(now.initial_value - now.value);
      if (bound > 0
          && change <= bound)  // f below f(x0): two points of a circle are as high, and are no minimum
        return certain({"|f(x) − f(previous x)|", change, "value_change·(f(x0) − f(x))", bound, ""});
    }
    if (now.iteration > 0 && step_norm > 0) {
      const double step = static_cast<double>(now.step_norm());
      const double bound = step_norm * static_cast<double>(now.travelled());
      if (step <= bound) return certain({"‖x − previous x‖∞", step, "step_norm·‖x − x0‖∞", bound, ""});
    }
    if (decrement > 0) {
      const double promised = static_cast<double>(now.decrement());
      if (promised <= decrement) return certain({"½·∇fᵀ(M + λD)⁻¹∇f", promised, "decrement", decrement, ""});
    }
    return {};
  }

  static Verdict certain(const Reason& reason) { return {Status::converged, Claim::certain, reason}; }
};

}  // namespace natgrad
