// SPDX-License-Identifier: MIT
#pragma once

/// Preconditioned conjugate gradients for Ax = b, with negative curvature and a trust region (Nocedal & Wright 2006, alg. 5.3
/// and 7.2).

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <algorithm>
#include <limits>

namespace natgrad {

template <class V>
class Krylov {
 public:
  using Scalar = ScalarOf<V>;

  enum class End {
    converged,  ///< √(rᵀC⁻¹r) ≤ tolerance·√(bᵀC⁻¹b), C the preconditioner
    iterations,
    no_curvature,  ///< pᵀAp ≤ 0 by more than rounding could explain: p is direction()
    boundary,      ///< ‖x‖_D = radius
    not_finite,
  };

  struct Limits {
    Scalar tolerance = Scalar(0);
    Index iterations = 0;
    Scalar radius = std::numeric_limits<Scalar>::infinity();
    const V* D = nullptr;  ///< of ‖x‖_D; also measures what is rounding in pᵀAp
  };

  /// The residual b − Ax of the x that run() begins with.
  void start(const V& residual) { r_ = residual; }

  /// times(p, Ap) and precondition(r, C⁻¹r) write in place. `b_norm` = √(bᵀC⁻¹b), or negative where x = 0 and r = b.
  template <class Times, class Precondition>
  End run(const Times& times, const Precondition& precondition, const Limits& limits, V& x,
          Scalar b_norm = Scalar(-1)) {
    z_.resize(x.size());
    Ap_.resize(x.size());
    precondition(r_, z_);
    Scalar rz = detail::dot(r_, z_);
    if (!is_finite(rz)) return End::not_finite;
    if (b_norm < Scalar(0)) b_norm = sqrt(rz);
    p_ = z_;
    iterations_ = 0;
    for (;;) {
      if (!(sqrt(rz) > limits.tolerance * b_norm) || rz == Scalar(0)) return End::converged;
      if (iterations_ >= limits.iterations) return End::iterations;
      times(p_, Ap_);
      ++iterations_;
      const Scalar bend = detail::dot(p_, Ap_);
      if (!is_finite(bend)) return End::not_finite;
      if (!(bend > (limits.D ? rounding(*limits.D) : Scalar(0)))) {
        if (limits.radius < std::numeric_limits<Scalar>::infinity()) step_to(limits, Scalar(0), true, x);
        return End::no_curvature;
      }
      const Scalar alpha = rz / bend;
      if (step_to(limits, alpha, false, x)) return End::boundary;
      kernel::add_scaled(Scalar(-alpha), Ap_.data(), r_.data(), r_.size());
      precondition(r_, z_);
      const Scalar next = detail::dot(r_, z_);
      if (!is_finite(next)) return End::not_finite;
      const Scalar kept = next / rz;
      for (Index j = 0; j < p_.size(); ++j) p_[j] = z_[j] + kept * p_[j];
      rz = next > Scalar(0) ? next : Scalar(0);
    }
  }

  const V& residual() const { return r_; }
  const V& direction() const { return p_; }

  /// A·direction()
  const V& product() const { return Ap_; }

  /// Below this pᵀAp is as good as zero, in the units of D.
  Scalar rounding(const V& D) const { return Scalar(4) * epsilon<Scalar>() * weighted_square(p_, D); }

  Index iterations() const { return iterations_; }

 private:
  static Scalar sqrt(const Scalar& a) { return Eigen::numext::sqrt(a > Scalar(0) ? a : Scalar(0)); }

  /// x ← x + αp, or to the boundary along p where that is nearer (or `always`); true at the boundary.
  bool step_to(const Limits& limits, Scalar alpha, bool always, V& x) {
    if (!(limits.radius < std::numeric_limits<Scalar>::infinity())) {
      kernel::add_scaled(alpha, p_.data(), x.data(), x.size());
      return false;
    }
    const V& D = *limits.D;
    const Scalar xx = weighted_square(x, D), pp = weighted_square(p_, D);
    Scalar xp(0);
    for (Index j = 0; j < x.size(); ++j) xp += x[j] * p_[j] * D[j];
    const Scalar room = std::max(Scalar(0), Scalar(limits.radius * limits.radius - xx));
    const Scalar longest = room / (xp + Eigen::numext::hypot(xp, sqrt(pp) * sqrt(room)));
    const bool outside = always || !(alpha < longest);
    if (outside) kernel::add_scaled(Scalar(-longest), Ap_.data(), r_.data(), r_.size());
    kernel::add_scaled(outside ? longest : alpha, p_.data(), x.data(), x.size());
    return outside;
  }

  V r_, z_, p_, Ap_;
  Index iterations_ = 0;
};

}  // namespace natgrad
