// SPDX-License-Identifier: MIT
#pragma once

/// M = F(x), the Fisher information: steepest descent in KL divergence (Amari 1998).

#include "natgrad/fisher/kinds.hpp"
#include "natgrad/fisher/moving_average.hpp"
#include "natgrad/metric/automatic.hpp"
#include "natgrad/metric/solve.hpp"

namespace natgrad {

/// The run state of any solve, where F is made of scores that were not centred.
template <class State>
class UncentredState : public State {
 public:
  explicit UncentredState(State&& state) : State(std::move(state)) {}

  static constexpr bool is_uncentred_empirical = true;
};

template <class Kind = BestFisher, class Solve = Automatic>
struct Fisher {
  Kind kind{};
  Solve solve{};

  template <class F, class V>
  static consteval bool requirements_hold() {
    if constexpr (Kind::template requirements_hold<F, V>()) {
      return detail::solve_fits<Solve, Source<F, V>>();
    } else {
      return false;
    }
  }

  template <class F, class V>
  auto start(const F& f, const V& x0) const {
    if constexpr (Source<F, V>::uncentred) {
      return UncentredState(detail::start_solve(solve, kind.source(f, x0), f, x0));
    } else {
      return detail::start_solve(solve, kind.source(f, x0), f, x0);
    }
  }

  void validate() const {
    if constexpr (requires { kind.validate(); }) kind.validate();
    solve.validate();
  }

 private:
  template <class F, class V>
  using Source =
      decltype(std::declval<const Kind&>().source(std::declval<const F&>(), std::declval<const V&>()));
};

}  // namespace natgrad
