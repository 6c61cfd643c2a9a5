// SPDX-License-Identifier: MIT
#pragma once

/// M ≈ diag M: d_j = −g_j/(M_jj + λD_j). Time n·d for the diagonal, memory d.

#include "natgrad/core/require.hpp"
#include "natgrad/fisher/label.hpp"
#include "natgrad/metric/scaled_state.hpp"

#include <utility>

namespace natgrad {

template <class V, class Source>
class DiagonalState : public ScaledState<V> {
 public:
  using Scalar = ScalarOf<V>;

  DiagonalState(const Source& source, double damping, bool scale_free, Index dimension)
      : ScaledState<V>(dimension, damping, scale_free, detail::kept_scale<Source>(damping)),
        source_(source),
        diagonal_(dimension) {}

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    return source_.prepare(f, at) && source_.diagonal(diagonal_) && this->set_scale(diagonal_);
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    this->lambda_ = lambda;
    const Scalar total = lambda + this->own_damping_;
    for (Index j = 0; j < g.size(); ++j) {
      const Scalar pivot = diagonal_[j] + total * this->D_[j];
      if (!(pivot > Scalar(0))) return false;
      d[j] = -g[j] / pivot;
    }
    return this->measure(d, d.cwiseAbs2().dot(diagonal_));
  }

  /// d_j ← −g_j/|M_jj|; a parameter without curvature stays, or moves by its gradient where nothing else moves.
  bool descend(const V& g, V& d) {
    modified_ = true;
    for (Index j = 0; j < g.size(); ++j)
      d[j] = diagonal_[j] == Scalar(0) ? Scalar(0) : -g[j] / Eigen::numext::abs(diagonal_[j]);
    if (!(g.dot(d) < Scalar(0))) d = -g.cwiseQuotient(this->D_);
    return this->measure(d, d.cwiseAbs2().dot(diagonal_.cwiseAbs()));
  }

  bool within(Scalar radius, const V& g, V& d) { return this->solve_within(*this, radius, g, d); }

  /// eⱼᵀMeⱼ < 0 is enough to know; that all are positive proves nothing, and a last look cannot see more than it has.
  bool indefinite() const { return diagonal_.minCoeff() < Scalar(0); }

  bool negative_curvature(const Iterate<V>& at, V& d) const {
    Index lowest = 0;
    diagonal_.cwiseQuotient(this->D_).minCoeff(&lowest);
    const Scalar size = max_norm(at.x);
    d = V::Unit(at.x.size(), lowest) * (at.gradient[lowest] > Scalar(0) ? Scalar(-1) : Scalar(1));
    d *= size > Scalar(1) ? size : Scalar(1);
    return true;
  }

  std::string_view name() const { return modified_ ? modified_label : label; }

 private:
  static constexpr std::string_view kHow = ", diagonal";
  static constexpr std::string_view kModified = ", diagonal; minimum norm where it was singular";
  static constexpr std::string_view label = detail::metric_label<Source::label, kHow>;
  static constexpr std::string_view modified_label = detail::metric_label<Source::label, kModified>;

  Source source_;
  V diagonal_;
  bool modified_ = false;
};

/// Solve with the diagonal alone.
struct Diagonal {
  double damping = 0;      ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;  ///< D from diag(M); false: D = I

  template <class Source>
  static consteval bool requirements_hold() {
    static_assert(
        Source::has_diagonal,
        "natgrad: Diagonal needs the diagonal of a matrix: hessian(x, H) or hessian_diagonal(x, D), "
        "fisher(x, F) or fisher_diagonal(x, D), or scores of the objective.");
    return Source::has_diagonal;
  }

  template <class V, class Source>
  auto start(const Source& source, const V& x0) const {
    return DiagonalState<V, Source>(source, damping, scale_free, x0.size());
  }

  void validate() const { detail::require_non_negative("Diagonal.damping", damping); }
};

}  // namespace natgrad
