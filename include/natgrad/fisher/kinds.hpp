// SPDX-License-Identifier: MIT
#pragma once

/// Which expectation F = E[s sᵀ] is taken in: the kind of Fisher matrix is a type, seen in the optimizer and in the result.

#include "natgrad/fisher/fisher_source.hpp"

namespace natgrad {

/// F over labels drawn from the model, in closed form: the Fisher information, mean over samples.
struct ExpectedFisher {
  template <class F, class V>
  static constexpr bool available = HasAnyFisher<F, V>;

  template <class F, class V>
  static consteval bool requirements_hold() {
    static_assert(available<F, V>,
                  "natgrad: ExpectedFisher needs fisher(x, F): give the objective `void fisher(const V& x, SquareMatrix<V>& "
                  "F) const`, fisher_rows or fisher_times, or use EmpiricalFisher, which needs only score(x, i, s).");
    return available<F, V>;
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    return ExpectedSource<F, V>(f, x0);
  }
};

/// F = Σ sᵢsᵢᵀ/n over the labels observed, uncentred. Not the Fisher information: it misleads away from the optimum
/// (Kunstner, Hennig & Balles 2019), and gᵀF⁻¹g ≤ 1 always.
struct EmpiricalFisher {
  template <class F, class V>
  static constexpr bool available = HasAnyScores<F, V>;

  template <class F, class V>
  static consteval bool requirements_hold() {
    static_assert(available<F, V>,
                  "natgrad: EmpiricalFisher needs sample_count() and score(x, i, s) or scores(x, first, S) of the objective.");
    return available<F, V>;
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    return EmpiricalSource<F, V>(f, x0);
  }
};

/// The expected Fisher where the objective has one, else the empirical; the result says which.
struct BestFisher {
  template <class F, class V>
  static consteval bool requirements_hold() {
    constexpr bool available = ExpectedFisher::available<F, V> || EmpiricalFisher::available<F, V>;
    static_assert(available,
                  "natgrad: NaturalGradient needs fisher(x, F), or sample_count() with score(x, i, s), of the objective.");
    return available;
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    if constexpr (ExpectedFisher::available<F, V>) {
      return ExpectedFisher{}.source(f, x0);
    } else {
      return EmpiricalFisher{}.source(f, x0);
    }
  }
};

}  // namespace natgrad
