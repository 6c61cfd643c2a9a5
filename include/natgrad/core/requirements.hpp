// SPDX-License-Identifier: MIT
#pragma once

/// What minimize() asks of its arguments: at compile time one sentence a mistake, at run time one exception.

#include "natgrad/core/objective.hpp"
#include "natgrad/core/policy.hpp"
#include "natgrad/core/progress.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/core/search.hpp"
#include "natgrad/core/verdict.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

namespace natgrad::detail {

template <class F>
using Unwrapped = std::remove_cvref_t<decltype(unwrap(std::declval<const F&>()))>;

template <class X0>
consteval bool start_is_vector() {
  constexpr bool vector = VectorExpression<X0>;
  static_assert(
      vector,
      "natgrad: minimize needs x0 to be an Eigen column vector (Eigen::VectorXd, Eigen::Vector2d, a Map, a "
      "block or an expression with one column).");
  if constexpr (vector) {
    static_assert(
        RealScalar<typename X0::Scalar>,
        "natgrad: minimize needs x0 to hold real floating-point numbers (float, double, long double).");
    return RealScalar<typename X0::Scalar>;
  } else {
    return false;
  }
}

/// The first-order members, each wrong form with its own sentence.
template <class F, class V>
consteval bool objective_is_differentiable() {
  if constexpr (Differentiable<F, V>) {
    return true;
  } else if constexpr (ValueNotConst<F, V> || GradientNotConst<F, V>) {
    static_assert(!std::same_as<F, F>,
                  "natgrad: the objective's value(x) and gradient(x, g) must be const member functions.");
  } else if constexpr (ValueOfOtherType<F, V>) {
    static_assert(
        !std::same_as<F, F>,
        "natgrad: value(x) must return the scalar of x: `Scalar value(const V& x) const` (double for "
        "Eigen::VectorXd, float for Eigen::VectorXf).");
  } else if constexpr (!HasValue<F, V>) {
    static_assert(
        !std::same_as<F, F>,
        "natgrad: minimize needs value(x): give the objective `Scalar value(const V& x) const`, where V is "
        "the plain vector type of x0; or wrap a function in autodiff(f) or numeric_derivatives(f).");
  } else if constexpr (GradientByValue<F, V>) {
    static_assert(
        !std::same_as<F, F>,
        "natgrad: gradient must write in place and return nothing: `void gradient(const V& x, V& g) const`; "
        "g already has the right size.");
  } else {
    static_assert(
        !std::same_as<F, F>,
        "natgrad: minimize needs gradient(x, g): give the objective `void gradient(const V& x, V& g) const`, "
        "where V is the plain vector type of x0 (one for Vector2d needs an x0 of Vector2d); or wrap it in "
        "numeric_derivatives(f).");
  }
  return Differentiable<F, V>;
}

template <class T>
concept Optimizer = requires(const T& optimizer) {
  optimizer.metric();
  optimizer.step();
};

template <class Optimizer>
using MetricOf = std::remove_cvref_t<decltype(std::declval<const Optimizer&>().metric())>;
template <class Optimizer>
using PolicyOf = std::remove_cvref_t<decltype(std::declval<const Optimizer&>().step())>;

/// What the run state of each metric has; metric.hpp answers the rest.
template <class State, class F, class V>
concept MetricRunState = requires(State& state, Evaluator<F, V>& f, const Iterate<V>& at, const V& g, V& d) {
  { state.prepare(f, at) } -> std::same_as<bool>;
  { state.solve(ScalarOf<V>(0), g, d) } -> std::same_as<bool>;
  { state.descend(g, d) } -> std::same_as<bool>;
  { state.curvature() } -> std::convertible_to<ScalarOf<V>>;
  { state.scaled_norm() } -> std::convertible_to<ScalarOf<V>>;
  { state.knows_length() } -> std::same_as<bool>;
  { State::can_damp } -> std::convertible_to<bool>;
};

template <class Metric, class F, class V>
concept MetricOptions = requires(const Metric& metric, const F& f, const V& x0) {
  { metric.template start<F, V>(f, x0) } -> MetricRunState<F, V>;
};

/// What a metric asks of the objective it says itself.
template <class Metric, class F, class V>
consteval bool metric_is_served() {
  if constexpr (requires { Metric::template requirements_hold<F, V>(); }) {
    return Metric::template requirements_hold<F, V>();
  } else {
    return true;
  }
}

template <class Metric, class F, class V>
consteval bool metric_fits() {
  if constexpr (metric_is_served<Metric, F, V>()) {
    constexpr bool metric = MetricOptions<Metric, F, V>;
    static_assert(metric,
                  "natgrad: a metric must have start<F, V>(f, x0), which makes its run state, derived from "
                  "MetricState<V> and with bool prepare(f, at), bool solve(lambda, g, d), "
                  "bool descend(g, d), Scalar curvature() and Scalar scaled_norm(); MatrixMetric makes one "
                  "from a function that writes M(x).");
    return metric;
  } else {
    return false;
  }
}

template <class Policy, class Metric, class F, class V>
consteval bool policy_fits() {
  if constexpr (requires { Policy::template requirements_hold<Metric, F, V>(); }) {
    return Policy::template requirements_hold<Metric, F, V>();
  } else if constexpr (std::is_arithmetic_v<Policy>) {
    static_assert(!std::is_arithmetic_v<Policy>,
                  "natgrad: a step of one length is FixedStep{0.1}, not a number alone.");
    return false;
  } else {
    using RunState = decltype(detail::start<ScalarOf<V>>(std::declval<const Policy&>()));
    constexpr bool policy = StepPolicy<RunState, Search<Evaluator<F, V>, Metric>>;
    static_assert(policy,
                  "natgrad: a step policy must be callable as (Search& search) and return Step{α, λ}, "
                  "NoStep{reason} or the number α; how the system is solved is the argument after it.");
    return policy;
  }
}

template <class F, class V, class T>
consteval bool optimizer_fits() {
  constexpr bool optimizer = Optimizer<T>;
  static_assert(optimizer,
                "natgrad: the third argument of minimize must be an optimizer: GradientDescent{}, Newton{}, "
                "NaturalGradient{}, LimitedMemoryBfgs{} or SteepestDescent{metric, step}.");
  if constexpr (optimizer) {
    if constexpr (metric_fits<MetricOf<T>, F, V>()) {
      using State = decltype(std::declval<const MetricOf<T>&>().template start<F, V>(
          std::declval<const F&>(), std::declval<const V&>()));
      return policy_fits<PolicyOf<T>, State, F, V>();
    }
  }
  return false;
}

template <class F, class X0, class T, class Stop, class Observer>
consteval bool requirements_hold() {
  if constexpr (start_is_vector<X0>()) {
    using V = PlainVector<X0>;
    constexpr bool rule = StopRule<Stop, V>;
    static_assert(rule,
                  "natgrad: a stop rule must be callable as (const Progress<V>&) and return "
                  "std::optional<Status>; V is the plain vector type of x0. An observer is the argument "
                  "after it: minimize(f, x0, optimizer, StopWhen{}, observer).");
    constexpr bool observer = std::invocable<Observer&, const Progress<V>&>;
    static_assert(
        observer,
        "natgrad: an observer must be callable as (const Progress<V>&); V is the plain vector type of x0.");
    // A temporary: the observer of a name is deduced as a reference.
    constexpr bool lost = requires { requires Observer::is_read_afterwards; };
    static_assert(!lost,
                  "natgrad: this Trace ends with the call and nothing can read it: Trace trace; "
                  "minimize(f, x0, optimizer, StopWhen{}, trace).");
    if constexpr (objective_is_differentiable<Unwrapped<F>, V>()) {
      return optimizer_fits<Unwrapped<F>, V, T>() && rule && observer;
    }
  }
  return false;
}

template <class F, class V, class T, class Stop>
void check_arguments(const F& f, const V& x0, const T& optimizer, const Stop& stop) {
  require(x0.size() > 0, "x0.size()", x0.size(), "at least one entry");
  if constexpr (HasDimension<F>) require_dimension("x0.size()", x0.size(), Index(f.dimension()));
  require_finite("x0", x0);
  validate(optimizer.metric());
  validate(optimizer.step());
  validate(stop);
}

}  // namespace natgrad::detail
