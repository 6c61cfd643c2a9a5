// SPDX-License-Identifier: MIT
#pragma once

/// Levenberg–Marquardt along a parabola: x + v + ½a, a the acceleration of the geodesic that starts with v (Transtrum & Sethna
/// 2012, Improvements to the Levenberg–Marquardt algorithm). For LeastSquares, where narrow valleys bend.

#include "natgrad/core/objective.hpp"
#include "natgrad/step/levenberg_marquardt.hpp"

namespace natgrad {

/// GeodesicAcceleration{}: a damping whose a is too long beside v is raised, as one whose step does not lower f. Each damping
/// costs two more evaluations of the residuals, one of J and two more solves.
struct GeodesicAcceleration {
  LevenbergMarquardt damping{};
  double most = 0.75;  ///< of 2‖a‖_D/‖v‖_D, > 0

  template <class Metric, class F, class V>
  static consteval bool requirements_hold() {
    constexpr bool bends = HasGradientBend<F, V>;
    static_assert(
        bends,
        "natgrad: GeodesicAcceleration needs gradient_bend(x, v, out), how the gradient bends along v: "
        "use LeastSquares, or LevenbergMarquardt.");
    return bends && LevenbergMarquardt::requirements_hold<Metric, F, V>();
  }

  template <class Scalar>
  class Run {
   public:
    explicit Run(const GeodesicAcceleration& options)
        : options_(options), run_(options.damping.start<Scalar>()) {}

    template <class Search>
    typename Search::Step operator()(Search& search) {
      return run_.step(
          search, [&](Scalar lambda) { return search.damp(lambda) && search.bend(Scalar(options_.most)); });
    }

    bool forget() { return run_.forget(); }

   private:
    const GeodesicAcceleration& options_;
    LevenbergMarquardt::Run<Scalar> run_;
  };

  template <class Scalar>
  Run<Scalar> start() const {
    return Run<Scalar>(*this);
  }

  void validate() const {
    damping.validate();
    detail::require(most > 0, "GeodesicAcceleration.most", most, "a number > 0");
  }
};

}  // namespace natgrad
