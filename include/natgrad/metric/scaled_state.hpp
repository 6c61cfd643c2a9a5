// SPDX-License-Identifier: MIT
#pragma once

/// What the forms that can be damped share: D, the figures of the last d, and d within a radius by a search for λ.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/metric/metric.hpp"
#include "natgrad/metric/scale.hpp"

#include <algorithm>

namespace natgrad {

template <class V>
class ScaledState : public MetricState<V> {
 public:
  using Scalar = ScalarOf<V>;

  static constexpr bool can_damp = true;
  static constexpr bool can_bound = true;
  static constexpr bool has_curvature = true;

  Scalar curvature() const { return curvature_; }
  Scalar scaled_norm() const { return Eigen::numext::sqrt(scaled_square_); }
  /// vᵀ|diag M|v: what a D that stands in for an empty row, or is of an earlier point, says nothing of
  Scalar scaled_square(const V& v) const { return weighted_square(v, size_); }
  Scalar size_of_terms(const V& x) const {
    Scalar sum(0);
    for (Index i = 0; i < x.size(); ++i) sum += Eigen::numext::sqrt(size_[i]) * Eigen::numext::abs(x[i]);
    return sum;
  }
  Scalar gradient_noise(const V& x) const { return Eigen::numext::sqrt(size_.maxCoeff()) * size_of_terms(x); }
  Scalar dual_norm(const V& g) const { return Eigen::numext::sqrt(inverse_weighted_square(g, D_)); }
  Scalar damping() const { return lambda_; }

  /// D becomes that of the point alone. False where it all but is.
  bool forget() {
    bool differs = false;
    for (Index i = 0; i < D_.size(); ++i) differs = differs || D_[i] > Scalar(2) * scale_of(i, Scalar(0));
    for (Index i = 0; differs && i < D_.size(); ++i) D_[i] = scale_of(i, Scalar(0));
    return differs;
  }

 protected:
  /// damping: λ beside the policy's. kept: see scale.hpp
  ScaledState(Index dimension, double damping, bool scale_free, double kept)
      : D_(detail::zeros<V>(dimension)),
        own_damping_(Scalar(damping)),
        size_(dimension),
        kept_(Scalar(kept)),
        scale_free_(scale_free) {}

  /// D ← max(|diag M|, kept·D), 1 where that is zero; or all ones. False where the diagonal is not finite.
  bool set_scale(const V& diagonal) {
    if (!all_finite(diagonal)) return false;
    for (Index i = 0; i < size_.size(); ++i) size_[i] = Eigen::numext::abs(diagonal[i]);
    for (Index i = 0; i < D_.size(); ++i) D_[i] = scale_of(i, kept_ * D_[i]);
    return true;
  }

  /// Keeps what is asked about d. False where it is not finite.
  bool measure(const V& d, const Scalar& curvature) {
    scaled_square_ = weighted_square(d, D_);
    curvature_ = curvature > Scalar(0) ? curvature : Scalar(0);
    return is_finite(scaled_square_) && is_finite(curvature);
  }

  /// The λ of M + λD that makes ‖d‖_D the radius, or λ = 0 where d stays within it: 1/‖d(λ)‖ is nearly linear in λ (Moré &
  /// Sorensen 1983), so that a few of state's solves find it; none touches the data.
  template <class State>
  bool solve_within(State& state, Scalar radius, const V& g, V& d) {
    const bool solved = state.solve(Scalar(0), g, d) || state.descend(g, d);
    if (solved && scaled_norm() <= radius) return true;
    Scalar low(0), high = dual_norm(g) / radius;  // M + λD ≥ λD where M ≥ 0
    Scalar last_lambda(0), last_inverse = solved ? Scalar(1) / scaled_norm() : Scalar(0);
    if (state.indefinite()) {
      for (int raises = 0; raises < 60; ++raises, high *= Scalar(2)) {
        if (state.solve(high, g, d) && scaled_norm() <= radius) break;
        low = high;
      }
      last_lambda = high;
      last_inverse = Scalar(1) / scaled_norm();
    }
    Scalar lambda = low + Scalar(0.1) * (high - low);
    for (int trial = 0; trial < 40; ++trial) {
      if (!state.solve(lambda, g, d)) {
        low = lambda;
        lambda = Scalar(0.5) * (low + high);
        continue;
      }
      const Scalar length = scaled_norm();
      if (length <= radius && length >= Scalar(0.995) * radius) return true;
      (length > radius ? low : high) = lambda;
      const Scalar inverse = Scalar(1) / length;
      const Scalar wanted = Scalar(1) / (Scalar(0.9975) * radius);
      const Scalar next = lambda + (wanted - inverse) * (lambda - last_lambda) / (inverse - last_inverse);
      last_lambda = lambda;
      last_inverse = inverse;
      lambda = next > low && next < high ? next : Scalar(0.5) * (low + high);
    }
    return state.solve(high, g, d);
  }

  V D_;
  Scalar own_damping_;
  Scalar lambda_ = Scalar(0);
  Scalar curvature_ = Scalar(0);
  Scalar scaled_square_ = Scalar(0);

 private:
  Scalar scale_of(Index i, const Scalar& least) const {
    const Scalar scale = std::max(size_[i], least);
    return scale_free_ && scale > Scalar(0) ? scale : Scalar(1);
  }

  V size_;  // |diag M|
  Scalar kept_;
  bool scale_free_;
};

}  // namespace natgrad
