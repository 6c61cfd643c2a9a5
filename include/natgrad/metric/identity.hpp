// SPDX-License-Identifier: MIT
#pragma once

/// M = I: steepest descent in the Euclidean metric, d = −∇f/(1 + λ).

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/metric/metric.hpp"

namespace natgrad {

template <class V>
class IdentityState : public MetricState<V> {
 public:
  using Scalar = ScalarOf<V>;

  static constexpr bool can_damp = true;
  static constexpr bool can_bound = true;

  template <class Evaluator>
  bool prepare(Evaluator&, const Iterate<V>&) {
    return true;
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    lambda_ = lambda;
    d = g;
    detail::scale(d, Scalar(Scalar(-1) / (Scalar(1) + lambda)));
    squared_norm_ = detail::dot(d, d);
    return true;
  }

  bool descend(const V& g, V& d) { return solve(Scalar(0), g, d); }

  /// d ← −∇f, shortened to the radius
  bool within(Scalar radius, const V& g, V& d) {
    using std::max;
    const Scalar norm = detail::norm(g);
    return solve(max(Scalar(0), norm / radius - Scalar(1)), g, d);
  }

  Scalar curvature() const { return squared_norm_; }
  Scalar scaled_norm() const {
    using std::sqrt;
    return sqrt(squared_norm_);
  }
  Scalar damping() const { return lambda_; }
  bool knows_length() const { return false; }

 private:
  Scalar lambda_ = Scalar(0);
  Scalar squared_norm_ = Scalar(0);
};

/// The Euclidean metric.
struct Identity {
  template <class F, class V>
  static consteval bool requirements_hold() {
    return true;
  }

  template <class F, class V>
  IdentityState<V> start(const F&, const V&) const {
    return {};
  }
};

}  // namespace natgrad
