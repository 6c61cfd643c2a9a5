// SPDX-License-Identifier: MIT
#pragma once

/// Wolfe or, near the optimum, approximate Wolfe: (2δ − 1)φ′(0) ≥ φ′(α) ≥ σφ′(0) (Hager & Zhang 2005, SIAM J. Optim. 16, 170).

#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/core/vector.hpp"
#include "natgrad/step/cubic.hpp"

#include <algorithm>

namespace natgrad {

struct HagerZhang {
  double decrease = 0.1;   ///< δ in (0, ½)
  double curvature = 0.9;  ///< σ in [δ, 1)
  double expansion = 5;    ///< ρ > 1: growth of α while f still falls; the slopes may ask for up to ρ²
  double shrink = 0.66;    ///< γ in (0, 1): a bracket that shrinks less is halved
  int max_trials = 50;

  template <class Search>
  typename Search::Step operator()(Search& search) const {
    return Line<Search>{*this, search}.find();
  }

  void validate() const {
    using detail::require;
    require(decrease > 0 && decrease < 0.5, "HagerZhang.decrease", decrease, "a number in (0, 0.5)");
    require(curvature >= decrease && curvature < 1, "HagerZhang.curvature", curvature,
            "a number in [decrease, 1)");
    require(expansion > 1 && expansion - expansion == 0, "HagerZhang.expansion", expansion,
            "a finite number > 1");
    require(shrink > 0 && shrink < 1, "HagerZhang.shrink", shrink, "a number in (0, 1)");
    require(max_trials >= 1, "HagerZhang.max_trials", max_trials, "a count ≥ 1");
  }

 private:
  /// The algorithm's names: an interval [a, b] with φ(a) ≤ φ(0) + ε, φ′(a) < 0 and φ′(b) ≥ 0 holds an acceptable α.
  template <class Search>
  struct Line {
    using Scalar = typename Search::Scalar;
    using Point = detail::Point<Scalar>;

    const HagerZhang& options;
    Search& search;
    Point zero{Scalar(0), search.value(), search.slope()};
    Scalar limit = zero.value + search.noise();
    int trials = 0;
    Point accepted{Scalar(0), Scalar(0), Scalar(0)};

    typename Search::Step find() {
      Point a = zero, b = zero;
      if (bracket(a, b)) return accepted.alpha;
      while (trials < options.max_trials && b.alpha > a.alpha) {
        const Scalar width = b.alpha - a.alpha;
        if (secant_squared(a, b)) return accepted.alpha;
        if (b.alpha - a.alpha > Scalar(options.shrink) * width) {
          if (update(a, b, Scalar(0.5) * (a.alpha + b.alpha))) return accepted.alpha;
        }
        if (b.alpha - a.alpha >= width) break;
      }
      if (a.alpha > Scalar(0) && a.value < zero.value && search.usable(a.alpha)) return a.alpha;
      return NoStep{"no α in the bracket satisfies a Wolfe condition"};
    }

    Point at(Scalar alpha) {
      ++trials;
      const Scalar value = search.value(alpha);
      return {alpha, value, is_finite(value) ? search.slope(alpha) : value};
    }

    bool accepts(const Point& p) {
      const Scalar delta = Scalar(options.decrease), sigma = Scalar(options.curvature);
      if (!is_finite(p.value) || !is_finite(p.slope) || !(p.slope >= sigma * zero.slope)) return false;
      const bool wolfe = p.value <= zero.value + delta * p.alpha * zero.slope;
      const bool approximate =
          p.slope <= (delta + delta - Scalar(1)) * zero.slope && search.within_noise(p.alpha);
      if (wolfe || approximate) accepted = p;
      return wolfe || approximate;
    }

    /// Beyond c: where the line through the slopes at a and c crosses 0, within reason; ρ·c where it does not rise.
    Scalar extrapolated(const Point& a, const Point& c) const {
      const Scalar rho = Scalar(options.expansion), rise = c.slope - a.slope;
      if (!(rise > Scalar(0))) return rho * c.alpha;
      const Scalar zero_slope = c.alpha - (c.alpha - a.alpha) * c.slope / rise;
      return std::clamp(zero_slope, std::min(rho, Scalar(2)) * c.alpha, rho * rho * c.alpha);
    }

    /// B0 – B3: expand until φ′ ≥ 0 or f rises, towards where the slopes point (a first step has no scale, and the paper's
    /// fivefold growth alone would end it short of that). True when an acceptable α was met on the way.
    bool bracket(Point& a, Point& b) {
      Scalar alpha = search.initial_length();
      while (trials < options.max_trials) {
        const Point c = at(alpha);
        if (accepts(c)) return true;
        if (!is_finite(c.value)) {  // outside the domain: nothing is known but that it is too far
          alpha = a.alpha + Scalar(0.1) * (alpha - a.alpha);
          continue;
        }
        b = c;
        if (c.slope >= Scalar(0)) return false;
        if (c.value > limit) return squeeze(a, b);
        alpha = extrapolated(a, c);
        a = c;
      }
      return false;
    }

    /// U3: φ(b) too high with φ′(b) < 0: bisect until φ′ ≥ 0.
    bool squeeze(Point& a, Point& b) {
      while (trials < options.max_trials && b.alpha > a.alpha) {
        const Point c = at(Scalar(0.5) * (a.alpha + b.alpha));
        if (accepts(c)) return true;
        if (!(c.slope < Scalar(0))) {
          b = c;
          return false;
        }
        (c.value <= limit ? a : b) = c;
      }
      return false;
    }

    /// U0 – U3: narrows [a, b] by a point c inside it.
    bool update(Point& a, Point& b, Scalar alpha) {
      if (!(alpha > a.alpha && alpha < b.alpha)) return false;
      const Point c = at(alpha);
      if (accepts(c)) return true;
      if (!(c.slope < Scalar(0))) {
        b = c;
      } else if (c.value <= limit) {
        a = c;
      } else {
        b = c;
        return squeeze(a, b);
      }
      return false;
    }

    /// Where the line through both slopes crosses 0, but a hundredth of the width inside [from, to]: a slope of 1e30 at one
    /// end would put it into the rounding of the other.
    static Scalar secant(const Point& a, const Point& b, Scalar from, Scalar to) {
      const Scalar c = (a.alpha * b.slope - b.alpha * a.slope) / (b.slope - a.slope);
      const Scalar margin = Scalar(0.01) * (to - from);
      if (c > from && c < from + margin) return from + margin;
      if (c < to && c > to - margin) return to - margin;
      return c;
    }

    /// S1 – S4: a secant step, and a second one from the end that moved.
    bool secant_squared(Point& a, Point& b) {
      const Point old_a = a, old_b = b;
      const Scalar c = secant(a, b, a.alpha, b.alpha);
      if (update(a, b, c)) return true;
      if (c == b.alpha) return update(a, b, secant(old_b, b, a.alpha, b.alpha));
      if (c == a.alpha) return update(a, b, secant(old_a, a, a.alpha, b.alpha));
      return false;
    }
  };
};

}  // namespace natgrad
