// SPDX-License-Identifier: MIT
#pragma once

/// What every metric's run state answers, with the answers of a metric that has nothing special to say.
///
/// A metric is a small options type with `start<F, V>(f, x0)`, which makes its run state; where it needs something of the objective,
/// `requirements_hold<F, V>()` says so at compile time in a sentence. The run state has
///
///     bool prepare(Evaluator& f, const Iterate<V>& at)   evaluate M at a new point; false: not finite
///     bool solve(λ, g, d)                                d ← −(M + λD)⁻¹g; false: M + λD is not positive definite
///     bool descend(g, d)                                 d ← a descent direction, whatever M is
///     Scalar curvature(), scaled_norm()                  dᵀMd and ‖d‖_D of the last d
///
/// and what it wants to say otherwise than below. It may also have
///
///     bool within(radius, g, d)                          with can_bound: d ← argmin gᵀd + ½dᵀMd in ‖d‖_D ≤ radius
///     bool propose(f, at, d)                             a step to a better point outright: taken if it lowers f
///     bool changes()                                     M is another from here on: what Lbfgs remembers of it is void
///     void times(v, out)                                 out ← Mv
///     std::string detail()                               more for the message of the result

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/evaluator.hpp"

#include <string_view>

namespace natgrad {

template <class V>
struct MetricState {
  using Scalar = ScalarOf<V>;

  static constexpr bool can_damp = false;       ///< solve() honours λ
  static constexpr bool can_bound = false;      ///< within(radius, g, d) is there
  static constexpr bool has_curvature = false;  ///< M models ∇²f: a last look tells a minimum from a saddle
  static constexpr bool is_uncentred_empirical =
      false;  ///< M is made of scores as they are: a policy may refuse it

  /// α = 1 is the natural length.
  bool knows_length() const { return true; }

  /// M has a negative eigenvalue, by more than rounding.
  bool indefinite() const { return false; }

  /// d ← a direction of negative curvature, of the size of x
  bool negative_curvature(const Iterate<V>&, V&) const { return false; }

  /// The last d came of an M with an eigenvalue of 0, but for rounding.
  bool met_singular() const { return false; }

  /// d ← a direction of descent and of no curvature
  bool flat_direction(const V&, V&) { return false; }

  /// Drops what is remembered of points before the one prepared; false where nothing is.
  bool forget() { return false; }

  /// What looks like a mistake in what the objective gives, for the message; empty: nothing
  std::string_view warning() const { return {}; }

  /// λ of the last d
  Scalar damping() const { return Scalar(0); }

  /// ‖g‖_{D⁻¹}
  Scalar dual_norm(const V& g) const { return detail::norm(g); }

  /// xᵀDx
  Scalar scaled_square(const V&) const { return Scalar(0); }

  /// √Dᵀ|x|: the size of the terms that f is made of at x, before they cancel
  Scalar size_of_terms(const V&) const { return Scalar(0); }

  /// max√D·√Dᵀ|x| ≥ (|M||x|)ᵢ, as |Mᵢⱼ| ≤ √(DᵢDⱼ) where M ≥ 0: times ε, the rounding of a gradient at x
  Scalar gradient_noise(const V&) const { return Scalar(0); }

  std::string_view name() const { return {}; }
};

}  // namespace natgrad
