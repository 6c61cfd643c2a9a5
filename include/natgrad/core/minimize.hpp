// SPDX-License-Identifier: MIT
#pragma once

/// THE loop: x ← x − α·(M(x) + λD)⁻¹∇f(x), for every objective, metric, step policy, stop rule and observer.

#include "natgrad/core/requirements.hpp"
#include "natgrad/core/run.hpp"
#include "natgrad/stop/stop_when.hpp"

#include <utility>

namespace natgrad {

/// Watches nothing.
struct Silent {
  template <class V>
  void operator()(const Progress<V>&) const {}
};

namespace detail {

template <class Run, class Stop, class Observer>
Ending iterate(Run& run, Stop& stop, Observer& observer) {
  if (!run.evaluate_start()) return {Status::not_finite, {.remark = "at x0"}};
  for (;;) {
    const auto now = run.progress();
    observer(now);
    if (run.is_unbounded()) return run.unbounded();
    const Verdict verdict = judge(stop, now);
    if (verdict && !run.may_doubt(verdict)) return {*verdict.status, verdict.reason};
    if (run.stalls() && !run.begins_again()) return run.rounding_level();

    if (!run.prepare_metric()) return run.metric_failed();
    if ((verdict || run.is_stationary()) && run.at_saddle()) {
      if (run.leave_saddle()) continue;
      return {run.separated() ? Status::separable : Status::stationary,
              verdict ? verdict.reason : Reason{.remark = "∇f(x) = 0"}};
    }
    if (verdict) {  // the last look: is nothing left to gain?
      if (run.separated()) return {Status::separable, verdict.reason};
      if (!run.doubts(verdict)) return {*verdict.status, verdict.reason};
    }

    if (run.follow_proposal() || run.step() || run.step_afresh() || run.plunge()) continue;
    return run.no_way_down(verdict);
  }
}

}  // namespace detail

/// Minimises f from x0 by steepest descent in the optimizer's metric.
///
/// f          has the members the optimizer needs (core/objective.hpp); never copied
/// x0         any Eigen vector expression, finite, d ≥ 1 entries
/// optimizer  a metric with a step policy: GradientDescent, Newton, NaturalGradient, LimitedMemoryBfgs, or your own
/// stop       StopWhen{…}, rules joined by | and &, or any callable Progress → std::optional<Status>
/// observer   any callable taking const Progress<V>&, called at every point, x0 and the last included
///
/// Returns the last point; after a failure (Status from not_finite on, and precision_limit) the best finite one. Numerical failure
/// is a Status. Throws std::invalid_argument for a wrong size, a NaN in x0 or an option out of range, before anything is
/// evaluated, and for what f writes in a wrong size, where that is seen; what f, a rule or the observer throws passes through
/// unchanged.
template <class F, class X0, class Optimizer, class Stop = StopWhen, class Observer = Silent>
Result<PlainVector<X0>> minimize(const F& f, const X0& x0, const Optimizer& optimizer, Stop stop = {},
                                 Observer&& observer = {}) {
  using V = PlainVector<X0>;
  if constexpr (detail::requirements_hold<F, X0, Optimizer, Stop, Observer>()) {
    const auto& objective = detail::unwrap(f);
    const V start = x0;
    detail::check_arguments(objective, start, optimizer, stop);
    detail::Run run(objective, start, optimizer, budget_of(stop));
    return run.finish(detail::iterate(run, stop, observer));
  } else {
    return {};
  }
}

/// There is no default: which metric is right depends on what f can give.
template <class F, class X0>
Result<PlainVector<X0>> minimize(const F&, const X0&) {
  constexpr bool chosen = false && sizeof(F) > 0;
  static_assert(
      chosen,
      "natgrad: minimize needs an optimizer: minimize(f, x0, LimitedMemoryBfgs{}) with a gradient, "
      "minimize(f, x0, Newton{}) with a Hessian too, minimize(f, x0, NaturalGradient{}) with scores.");
  return {};
}

}  // namespace natgrad
