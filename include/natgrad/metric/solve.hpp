// SPDX-License-Identifier: MIT
#pragma once

/// From a source of M and a way to solve to the run state of a metric.

#include "natgrad/fisher/label.hpp"
#include "natgrad/metric/dense.hpp"

#include <concepts>
#include <utility>

namespace natgrad::detail {

inline constexpr std::string_view kCholesky = ", Cholesky";
inline constexpr std::string_view kSingular = ", Cholesky; minimum norm where it was singular";
inline constexpr std::string_view kIndefinite =
    ", Cholesky; |eigenvalues| where it was not positive definite";

/// A source as Dense wants it: the matrix.
template <class V, class Source>
struct MatrixSource {
  Source source;

  static constexpr bool is_hessian = requires { Source::is_hessian; };
  static constexpr bool keeps_scale = requires { requires Source::keeps_scale; };
  template <class F>
  static constexpr bool centres = HasCentre<F, V>&& requires {
    requires Source::can_centre;
  };

  template <class Evaluator>
  bool evaluate(Evaluator& f, const Iterate<V>& at, SquareMatrix<V>& M) {
    if (!source.prepare(f, at)) return false;
    if constexpr (centres<typename Evaluator::Objective>) {
      if (centre(f)) {
        source.centred_matrix(M);
        return true;
      }
    }
    source.matrix(M);
    return true;
  }

  /// Null where M is in the coordinates of x.
  template <class Evaluator>
  auto centre(Evaluator& f) const {
    if constexpr (centres<typename Evaluator::Objective>) {
      const auto& c = f.objective().centre();
      return c.size() > 0 ? &c : nullptr;
    } else {
      return static_cast<const V*>(nullptr);
    }
  }

  static constexpr std::string_view name() { return metric_label<Source::label, kCholesky>; }
  static constexpr std::string_view modified_name() {
    if constexpr (Source::semidefinite) {
      return metric_label<Source::label, kSingular>;
    } else {
      return metric_label<Source::label, kIndefinite>;
    }
  }
};

template <class V, class Source>
DenseState<V, MatrixSource<V, Source>> dense_state(const Source& source, double damping, bool scale_free,
                                                   Index dimension) {
  return {MatrixSource<V, Source>{source}, Dense{.damping = damping, .scale_free = scale_free}, dimension};
}

/// Every solve but Dense has `start<V>(source, x0)` and says what it needs of a source.
template <class Solve, class Source>
consteval bool solve_fits() {
  if constexpr (std::same_as<Solve, Dense>) {
    static_assert(Source::has_matrix,
                  "natgrad: Dense needs a matrix: hessian(x, H), fisher(x, F) or scores of the objective.");
    return Source::has_matrix;
  } else {
    constexpr bool solve = requires { &Solve::template requirements_hold<Source>; };
    static_assert(
        solve,
        "natgrad: the last argument of Newton and NaturalGradient says how the system is solved, as "
        "Dense{} does; a step policy comes before it, and a kind of Fisher matrix first of all.");
    if constexpr (solve) return Solve::template requirements_hold<Source>();
    return false;
  }
}

template <class F, class V, class Solve, class Source>
auto start_solve(const Solve& solve, const Source& source, const F& f, const V& x0) {
  if constexpr (std::same_as<Solve, Dense>) {
    return dense_state<V>(source, solve.damping, solve.scale_free, x0.size());
  } else if constexpr (requires { solve.start(source, f, x0); }) {
    return solve.start(source, f, x0);
  } else {
    return solve.template start<V>(source, x0);
  }
}

}  // namespace natgrad::detail
