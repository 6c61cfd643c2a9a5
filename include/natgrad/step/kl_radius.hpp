// SPDX-License-Identifier: MIT
#pragma once

/// α = min(1, √(2·radius)/√(dᵀMd)): a step of a given KL divergence, halved until f does not rise (Schulman et al. 2015).

#include "natgrad/core/objective.hpp"
#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"

#include <cmath>

namespace natgrad {

struct KlRadius {
  double radius = 0.01;  ///< δ > 0 in nats: KL(x ‖ x + αd) ≈ ½α²dᵀFd ≤ δ
  double shrink = 0.8;   ///< of α at each rejected trial, in (0, 1); less where KL is above 150δ
  int max_trials = 60;

  template <class Metric, class F, class V>
  static consteval bool requirements_hold() {
    constexpr bool meant = !requires { requires Metric::is_uncentred_empirical; };
    static_assert(meant,
                  "natgrad: KlRadius over EmpiricalFisher means nothing, because gᵀF⁻¹g ≤ 1 holds for it at "
                  "every point: use "
                  "ExpectedFisher, MonteCarloFisher or CenteredFisher.");
    return meant;
  }

  template <class Search>
  typename Search::Step operator()(Search& search) const {
    using Scalar = typename Search::Scalar;
    const Scalar length = search.metric_norm();
    Scalar alpha = Scalar(std::sqrt(2 * radius)) / length;
    if (!(alpha < Scalar(1))) alpha = Scalar(1);
    for (int trial = 0; trial < max_trials; ++trial) {
      const Scalar share = allowed_share(search, alpha);
      if (share >= Scalar(1) && search.sufficient(alpha, Scalar(1e-4))) return alpha;
      alpha *= share < Scalar(0.1) ? share : Scalar(shrink);
    }
    return NoStep{"no step within the KL radius lowers f"};
  }

  void validate() const {
    using detail::require;
    require(radius > 0 && radius - radius == 0, "KlRadius.radius", radius, "a finite number > 0");
    require(shrink > 0 && shrink < 1, "KlRadius.shrink", shrink, "a number in (0, 1)");
    require(max_trials >= 1, "KlRadius.max_trials", max_trials, "a count ≥ 1");
  }

 private:
  /// Of α, what leaves the divergence itself, where the objective can measure it, within the half more that the quadratic model is
  /// allowed: √(1.5δ/KL), as KL ~ α². Between 0.01, where KL is infinite too, and 1.
  template <class Search, class Scalar>
  Scalar allowed_share(Search& search, Scalar alpha) const {
    if constexpr (HasKl<typename Search::Objective, typename Search::Vector>) {
      const Scalar divergence = search.kl(alpha);
      if (divergence <= Scalar(1.5 * radius)) return Scalar(1);
      const Scalar share = Eigen::numext::sqrt(Scalar(1.5 * radius) / divergence);
      return share >= Scalar(0.01) ? share : Scalar(0.01);
    } else {
      return Scalar(1);
    }
  }
};

}  // namespace natgrad
