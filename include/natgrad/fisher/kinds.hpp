// SPDX-License-Identifier: MIT
#pragma once

/// Which expectation F = E[s sᵀ] is taken in: the kind of Fisher matrix is a type, seen in the optimizer and in the result.

#include "natgrad/core/require.hpp"
#include "natgrad/fisher/factors.hpp"
#include "natgrad/fisher/fisher_source.hpp"

namespace natgrad {

/// A kind of Fisher matrix, told from a step policy, of which requirements_hold has one parameter more; nothing is instantiated.
template <class Kind>
concept FisherKind = requires {
  &Kind::template requirements_hold<void, void>;
};

/// F over labels drawn from the model, in closed form: the Fisher information, mean over samples.
///
/// It is the generalised Gauss–Newton matrix where f = mean loss(m(x)): an objective of that form gives
/// fisher_rows = √(∂²loss/∂m²)·∂m/∂x, or the product with them, fisher_times (Schraudolph 2002; Martens 2020, 9.2).
struct ExpectedFisher {
  template <class F, class V>
  static constexpr bool available = HasAnyFisher<F, V> || HasFisherFactors<F, V>;

  template <class F, class V>
  static consteval bool requirements_hold() {
    static_assert(
        available<F, V>,
        "natgrad: ExpectedFisher needs fisher(x, F): give the objective `void fisher(const V& x, "
        "SquareMatrix<V>& "
        "F) const`, fisher_rows or fisher_times, or use EmpiricalFisher, which needs only score(x, i, s).");
    return available<F, V>;
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    return FisherSource<F, V, ExpectedRows<F, V>>({}, f, x0);
  }
};

/// F over labels drawn from the model by a generator: its error falls as (n·draws)^−½.
struct MonteCarloFisher {
  Index draws = 1;         ///< labels a sample, ≥ 1
  std::uint64_t seed = 1;  ///< every point of a run sees the same draws

  template <class F, class V>
  static constexpr bool available = HasSampledScores<F, V>;

  template <class F, class V>
  static consteval bool requirements_hold() {
    static_assert(available<F, V>,
                  "natgrad: MonteCarloFisher needs sample_count() and sampled_scores(x, first, seed, S) of "
                  "the objective: the "
                  "scores at labels drawn from the model.");
    return available<F, V>;
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    return FisherSource<F, V, MonteCarloRows<F, V>>({draws, seed}, f, x0);
  }

  void validate() const { detail::require(draws >= 1, "MonteCarloFisher.draws", draws, "a count >= 1"); }
};

/// F = Σ sᵢsᵢᵀ/n over the labels observed, uncentred. Not the Fisher information: it misleads away from the optimum
/// (Kunstner, Hennig & Balles 2019), and gᵀF⁻¹g ≤ 1 always.
struct EmpiricalFisher {
  template <class F, class V>
  static constexpr bool available = HasAnyScores<F, V>;

  template <class F, class V>
  static consteval bool requirements_hold() {
    static_assert(available<F, V>,
                  "natgrad: EmpiricalFisher needs sample_count() and score(x, i, s) or scores(x, first, S) "
                  "of the objective, which write in place and return nothing.");
    return available<F, V>;
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    return FisherSource<F, V, EmpiricalRows<F, V>>(EmpiricalRows<F, V>(x0.size()), f, x0);
  }
};

/// F = Σ (sᵢ − s̄)(sᵢ − s̄)ᵀ/n, the covariance of the scores at the labels observed: it does not shrink a step by the
/// gradient that is part of every score.
struct CenteredFisher {
  template <class F, class V>
  static constexpr bool available = HasAnyScores<F, V>;

  template <class F, class V>
  static consteval bool requirements_hold() {
    static_assert(available<F, V>,
                  "natgrad: CenteredFisher needs sample_count() and score(x, i, s) or scores(x, first, S) of "
                  "the objective, which write in place and return nothing.");
    return available<F, V>;
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    return FisherSource<F, V, CenteredRows<F, V>>(CenteredRows<F, V>(x0.size()), f, x0);
  }
};

/// The expected Fisher where the objective has one, else Monte Carlo where it can sample, else the empirical; the result
/// says which.
struct BestFisher {
  template <class F, class V>
  static consteval bool requirements_hold() {
    constexpr bool available =
        ExpectedFisher::available<F,
                                  V> || MonteCarloFisher::available<F, V> || EmpiricalFisher::available<F, V>;
    static_assert(available,
                  "natgrad: NaturalGradient needs fisher(x, F), or sample_count() with score(x, i, s), of "
                  "the objective, which write in place and return nothing: `void score(const V& x, Index i, "
                  "V& s) const`.");
    return available;
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    if constexpr (ExpectedFisher::available<F, V>) {
      return ExpectedFisher{}.source(f, x0);
    } else if constexpr (MonteCarloFisher::available<F, V>) {
      return MonteCarloFisher{}.source(f, x0);
    } else {
      return EmpiricalFisher{}.source(f, x0);
    }
  }
};

}  // namespace natgrad
