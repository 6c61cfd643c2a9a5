// SPDX-License-Identifier: MIT
#pragma once

/// d = argmin ∇fᵀd + ½dᵀMd within ‖d‖_D ≤ radius; the radius follows ρ (Nocedal & Wright 2006, alg. 4.1). αd, α > 1, where f is
/// all but linear along a d that the radius does not hold back.

#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/step/reduction.hpp"
#include "natgrad/step/stretch.hpp"

namespace natgrad {

struct TrustRegion {
  double initial_radius = 0;   ///< in ‖·‖_D; 0: a tenth of ‖∇f‖_{D⁻¹}
  double accept_ratio = 1e-4;  ///< accept when ρ > accept_ratio, in [0, ¼)
  double growth = 4;           ///< of the radius when ρ > ¾ at the boundary, > 1
  int max_trials = 100;

  template <class Metric, class F, class V>
  static consteval bool requirements_hold() {
    static_assert(
        Metric::can_bound,
        "natgrad: TrustRegion needs a metric that solves within a radius, as quasi-Newton memory does "
        "not: use HagerZhang, StrongWolfe or Armijo; a run state of your own says `static constexpr "
        "bool can_bound = true` and has bool within(radius, g, d).");
    return Metric::can_bound;
  }

  template <class Scalar>
  class Run {
   public:
    explicit Run(const TrustRegion& options) : options_(options), radius_(Scalar(options.initial_radius)) {}

    template <class Search>
    typename Search::Step operator()(Search& search) {
      if (!(radius_ > Scalar(0))) radius_ = first_radius(search);
      if (const Scalar alpha = longer(search); alpha > Scalar(1) && stretch_.pays(search, alpha))
        return {alpha, Scalar(0)};
      for (int trial = 0; trial < options_.max_trials && radius_ > Scalar(0); ++trial) {
        if (!search.within(radius_)) break;
        const Scalar length = search.scaled_norm();
        const Scalar ratio = detail::reduction_ratio(search, Scalar(options_.accept_ratio));
        if (ratio > Scalar(options_.accept_ratio) && search.usable(Scalar(1))) {
          if (ratio > Scalar(0.75) && length > Scalar(0.99) * radius_) radius_ *= Scalar(options_.growth);
          if (ratio < Scalar(0.25)) radius_ = shrunk(search, length);
          if (search.damping() == Scalar(0)) stretch_.learn(ratio);
          return {Scalar(1), search.damping()};
        }
        radius_ = shrunk(search, length);
      }
      return NoStep{"no radius makes the step lower f"};
    }

    /// Back to the radius of a start.
    bool forget() {
      const bool differs = radius_ > Scalar(0);
      radius_ = Scalar(options_.initial_radius);
      stretch_ = {};
      return differs;
    }

   private:
    template <class Search>
    Scalar first_radius(Search& search) const {
      const Scalar dual = search.gradient_norm();
      return dual > Scalar(0) ? Scalar(0.1) * dual : Scalar(1);
    }

    /// The α > 1 that the last step asks for, within the radius, which grows where it holds α back.
    template <class Search>
    Scalar longer(Search& search) {
      const Scalar alpha = stretch_.take();
      if (!(alpha > Scalar(1)) || !search.within(radius_) || search.damping() > Scalar(0)) return Scalar(1);
      const Scalar most = radius_ / search.scaled_norm();
      if (!(alpha > most)) return alpha;
      radius_ *= Scalar(options_.growth);
      return most;
    }

    /// The length at which the parabola through f(x), ∇fᵀd and f(x + d) has its minimum, in [.1, .5] of the step.
    template <class Search>
    Scalar shrunk(Search& search, Scalar length) const {
      const Scalar slope = search.slope();
      const Scalar bend = search.value(Scalar(1)) - search.value() - slope;
      Scalar share = Scalar(-0.5) * slope / bend;
      if (!(share >= Scalar(0.1))) share = Scalar(0.1);
      if (share > Scalar(0.5)) share = Scalar(0.5);
      return share * length;
    }

    const TrustRegion& options_;
    Scalar radius_;
    detail::Stretch<Scalar> stretch_;
  };

  template <class Scalar>
  Run<Scalar> start() const {
    return Run<Scalar>(*this);
  }

  void validate() const {
    using detail::require;
    using detail::require_non_negative;
    require_non_negative("TrustRegion.initial_radius", initial_radius);
    require(accept_ratio >= 0 && accept_ratio < 0.25, "TrustRegion.accept_ratio", accept_ratio,
            "a number in [0, 0.25)");
    require(growth > 1 && growth - growth == 0, "TrustRegion.growth", growth, "a finite number > 1");
    require(max_trials >= 1, "TrustRegion.max_trials", max_trials, "a count ≥ 1");
  }
};

}  // namespace natgrad
