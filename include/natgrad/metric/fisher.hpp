// SPDX-License-Identifier: MIT
#pragma once

/// M = F(x), the Fisher information: steepest descent in KL divergence (Amari 1998).

#include "natgrad/fisher/automatic.hpp"
#include "natgrad/fisher/kinds.hpp"
#include "natgrad/metric/dense.hpp"

namespace natgrad {

template <class Kind = BestFisher, class Solve = Automatic>
struct Fisher {
  Kind kind{};
  Solve solve{};

  template <class F, class V>
  static consteval bool requirements_hold() {
    return Kind::template requirements_hold<F, V>();
  }

  template <class F, class V>
  auto start(const F& f, const V& x0) const {
    using Source = decltype(kind.source(f, x0));
    return DenseState<V, Source>(kind.source(f, x0), {solve.damping, solve.scale_free}, x0.size());
  }

  void validate() const { solve.validate(); }
};

}  // namespace natgrad
