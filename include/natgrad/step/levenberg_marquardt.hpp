// SPDX-License-Identifier: MIT
#pragma once

/// α = 1 and λ from the reduction ratio ρ = (f(x) − f(x + d)) / (−∇fᵀd − ½dᵀMd), d = −(M + λD)⁻¹∇f (Levenberg 1944,
/// Marquardt 1963; the update of λ after Nielsen 1999). α > 1 where f is all but linear along d.

#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/core/vector.hpp"
#include "natgrad/step/reduction.hpp"
#include "natgrad/step/stretch.hpp"

#include <algorithm>

namespace natgrad {

struct LevenbergMarquardt {
  double initial_damping = 0;    ///< λ at x0 ≥ 0
  double first_damping = 1e-3;   ///< λ when it has to rise from 0, > 0
  double accept_ratio = 1e-4;    ///< accept when ρ > accept_ratio, in [0, ¼)
  double least_damping = 1e-14;  ///< λ below this becomes 0
  int max_trials = 100;

  template <class Metric, class F, class V>
  static consteval bool requirements_hold() {
    static_assert(Metric::can_damp,
                  "natgrad: LevenbergMarquardt needs a metric that can be damped, as quasi-Newton memory "
                  "cannot: use HagerZhang, StrongWolfe or Armijo; a run state of your own says `static "
                  "constexpr bool can_damp = true` and honours lambda in solve(lambda, g, d).");
    return Metric::can_damp;
  }

  template <class Scalar>
  class Run {
   public:
    explicit Run(const LevenbergMarquardt& options)
        : options_(options), lambda_(Scalar(options.initial_damping)) {}

    template <class Search>
    typename Search::Step operator()(Search& search) {
      return step(search, [&](Scalar lambda) { return search.damp(lambda); });
    }

    /// damp(λ): d ← −(M + λD)⁻¹∇f, or what a policy makes of it. False where λ is too small for one.
    template <class Search, class Damp>
    EIGEN_ALWAYS_INLINE typename Search::Step step(Search& search, const Damp& damp) {
      if (const Scalar alpha = stretch_.take(); alpha > Scalar(1) && lambda_ == Scalar(0)) {
        if (damp(Scalar(0)) && stretch_.pays(search, alpha)) return {alpha, lambda_};
      }
      growth_ = Scalar(2);
      bool raised = false;
      for (int trial = 0; trial < options_.max_trials; ++trial) {
        if (!damp(lambda_)) {
          raise(Scalar(4));
          continue;
        }
        const Scalar ratio = detail::reduction_ratio(search, Scalar(options_.accept_ratio));
        if (ratio > Scalar(options_.accept_ratio) && search.usable(Scalar(1))) {
          const Scalar used = lambda_;
          if (used == Scalar(0)) stretch_.learn(ratio);
          constexpr bool newton = requires { requires Search::has_newton_model; };
          lambda_ = next(newton ? agreement(ratio) : ratio);
          if (lambda_ < Scalar(options_.least_damping) && !is_all(used, search)) lambda_ = Scalar(0);
          return {Scalar(1), used};
        }
        const Scalar there = search.value(Scalar(1));
        // d is lost in the rounding of x or f: λ is left from a point where D was far smaller
        const bool lost = there == search.value() || !is_finite(there);
        if (lost && !raised && lambda_ > Scalar(0) && search.is_blind(search.predicted_decrease(Scalar(1)))) {
          lambda_ = lambda_ > Scalar(options_.least_damping) ? Scalar(lambda_ / growth_) : Scalar(0);
          growth_ *= Scalar(2);
          continue;
        }
        // x + d = x to rounding: a larger λ changes nothing
        if (there == search.value() && search.metric_norm() == Scalar(0)) break;
        raised = true;
        raise(growth(ratio));
        growth_ *= Scalar(2);
      }
      return NoStep{"no damping makes the step lower f"};
    }

    /// Back to the λ of a start. False where it stands there.
    bool forget() {
      const Scalar fresh = Scalar(options_.initial_damping);
      const bool differs = lambda_ > fresh;
      lambda_ = fresh;
      stretch_ = {};
      return differs;
    }

   private:
    /// A ρ of 1.1 says as much of a model by ∇²f as one of 0.9; where f falls further still, λ always follows. Other models may
    /// promise too little up to the minimum, and want no λ for that.
    static Scalar agreement(Scalar ratio) {
      return ratio > Scalar(1) ? std::max(Scalar(2) - ratio, Scalar(0.8)) : ratio;
    }

    /// λ·max(1/9, 1 − (2ρ − 1)³): falls fast where the model is right, rises where it is not.
    Scalar next(Scalar ratio) const {
      const Scalar right = Scalar(2) * ratio - Scalar(1);
      Scalar factor = Scalar(1) - right * right * right;
      if (!(factor > Scalar(1) / Scalar(9))) factor = Scalar(1) / Scalar(9);
      const bool rises = lambda_ == Scalar(0) && factor > Scalar(1);
      return (rises ? Scalar(options_.first_damping) : lambda_) * factor;
    }

    /// −∇fᵀd = dᵀMd + λ‖d‖²: where λ gives d its length, as it does where f is linear, λ = 0 would give it none.
    template <class Search>
    static bool is_all(Scalar lambda, Search& search) {
      const Scalar length = search.scaled_norm();
      return lambda * length * length > Scalar(-0.5) * search.slope();
    }

    /// 2, 4, 8, … or the error of the model beside what it promised, 1 − ρ, where that is known and larger: a step that missed by
    /// far is not tried again at nearly its length.
    Scalar growth(Scalar ratio) const {
      const Scalar error = Scalar(1) - ratio;
      return error > growth_ && is_finite(error) ? std::max(growth_, std::min(error, Scalar(100))) : growth_;
    }

    void raise(Scalar factor) {
      lambda_ = lambda_ > Scalar(0) ? Scalar(lambda_ * factor) : Scalar(options_.first_damping);
    }

    const LevenbergMarquardt& options_;
    Scalar lambda_;
    detail::Stretch<Scalar> stretch_;
    Scalar growth_ = Scalar(2);
  };

  template <class Scalar>
  Run<Scalar> start() const {
    return Run<Scalar>(*this);
  }

  void validate() const {
    using detail::require;
    using detail::require_non_negative;
    require_non_negative("LevenbergMarquardt.initial_damping", initial_damping);
    require(first_damping > 0 && first_damping - first_damping == 0, "LevenbergMarquardt.first_damping",
            first_damping, "a finite number > 0");
    require(accept_ratio >= 0 && accept_ratio < 0.25, "LevenbergMarquardt.accept_ratio", accept_ratio,
            "a number in [0, 0.25)");
    require(least_damping >= 0, "LevenbergMarquardt.least_damping", least_damping, "a number ≥ 0");
    require(max_trials >= 1, "LevenbergMarquardt.max_trials", max_trials, "a count ≥ 1");
  }
};

}  // namespace natgrad
