// SPDX-License-Identifier: MIT
#pragma once

/// (M + λD)d = −g by conjugate gradients, M known by its products alone; truncated where that is precise enough (Nash 1984;
/// Nocedal & Wright 2006, 7.1). Time 4nd an iteration, memory a few vectors.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/fisher/label.hpp"
#include "natgrad/metric/krylov.hpp"
#include "natgrad/metric/scaled_state.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace natgrad {

/// Matrix-free: preconditioned by diag(M) where the objective gives a way to it.
struct ConjugateGradient {
  double damping = 0;          ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;      ///< D from diag(M); false: D = I
  Index max_iterations = 200;  ///< of one solve, ≥ 1; one product each
  double tolerance =
      0;  ///< ‖r‖ ≤ tolerance·‖g‖ in ‖·‖_{D⁻¹}; 0: min(½, √(‖g‖/‖g(x0)‖)), which is superlinear
  bool warm_start = true;  ///< begin at the best multiple of the last d, for one product more at a new point

  template <class Source>
  static consteval bool requirements_hold() {
    static_assert(Source::has_times,
                  "natgrad: ConjugateGradient needs a product: hessian_times or fisher_times of the "
                  "objective, or a Fisher "
                  "kind with scores. A moving average keeps a matrix: use Dense.");
    return Source::has_times;
  }

  template <class V, class Source>
  auto start(const Source& source, const V& x0) const;

  void validate() const {
    detail::require_non_negative("ConjugateGradient.damping", damping);
    detail::require(max_iterations >= 1, "ConjugateGradient.max_iterations", max_iterations, "a count >= 1");
    detail::require(tolerance >= 0 && tolerance < 1, "ConjugateGradient.tolerance", tolerance,
                    "a number in [0, 1)");
  }
};

template <class V, class Source>
class ConjugateGradientState : public ScaledState<V> {
 public:
  using Scalar = ScalarOf<V>;
  using End = typename Krylov<V>::End;

  static constexpr bool is_hessian = requires { requires Source::is_hessian; };  ///< M = ∇²f(x)

  ConjugateGradientState(const Source& source, const ConjugateGradient& options, Index dimension)
      : ScaledState<V>(dimension, options.damping, options.scale_free,
                       detail::kept_scale<Source>(options.damping)),
        source_(source),
        options_(options) {
    for (V* v : {&diagonal_, &preconditioner_, &step_, &product_, &start_}) v->resize(dimension);
  }

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    budget_ = &f;
    spent_budget_ = [](const void* evaluator) { return static_cast<const Evaluator*>(evaluator)->spent(); };
    probed_ = negative_ = product_known_ = false;
    spent_here_ = 0;
    if (!source_.prepare(f, at)) return false;
    has_diagonal_ = source_.diagonal(diagonal_, false);
    if (!has_diagonal_) detail::fill(diagonal_, Scalar(1));
    if (!this->set_scale(diagonal_)) return false;
    gradient_norm_ = this->dual_norm(at.gradient);
    if (first_norm_ < Scalar(0)) first_norm_ = gradient_norm_;
    return true;
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    this->lambda_ = lambda;
    const Scalar total = lambda + this->own_damping_;
    for (Index j = 0; j < g.size(); ++j) {
      preconditioner_[j] = Scalar(1) / (Eigen::numext::abs(diagonal_[j]) + total * this->D_[j]);
      if (!is_finite(preconditioner_[j])) preconditioner_[j] = Scalar(1);
    }
    const End end = run(total, g, std::numeric_limits<Scalar>::infinity());
    if (end == End::not_finite) return false;
    d = step_;
    const bool measured = this->measure(d, detail::dot(d, product_));
    if (end != End::no_curvature) return measured && has_step_;
    if (Source::semidefinite)
      return measured && has_step_ && krylov_.iterations() > 1;  // all of M that g can see is solved
    negative_ = true;
    return false;
  }

  /// The truncated step: what conjugate gradients had found before they met negative curvature, at worst −D⁻¹g.
  bool descend(const V& g, V& d) {
    modified_ = true;
    if (solve(Scalar(0), g, d)) return true;
    if (!(detail::dot(g, d) < Scalar(0))) {
      for (Index j = 0; j < g.size(); ++j) d[j] = -g[j] * preconditioner_[j];
      source_.times(d, product_);
      step_ = d;
    }
    return this->measure(d, Eigen::numext::abs(detail::dot(d, product_)));
  }

  /// Steihaug (1983): conjugate gradients up to the boundary, and along negative curvature to it.
  bool within(Scalar radius, const V& g, V& d) {
    this->lambda_ = Scalar(0);
    precondition_by_scale();
    product_known_ = false;
    const End end = run(this->own_damping_, g, radius);
    if (end == End::not_finite) return false;
    d = step_;
    this->scaled_square_ = weighted_square(d, this->D_);
    this->curvature_ = detail::dot(
        d, product_);  // negative where the model is: the decrease it predicts is then the true one
    return is_finite(this->curvature_) && is_finite(this->scaled_square_);
  }

  /// Conjugate gradients from g can miss a negative eigenvalue; from a fixed random vector they find it.
  bool indefinite() {
    if (Source::semidefinite) return false;
    if (!probed_ && !negative_) probe();
    return negative_;
  }

  bool negative_curvature(const Iterate<V>& at, V& d) const {
    if (!negative_) return false;
    d = krylov_.direction();
    Scalar sign = -detail::dot(at.gradient, d);
    for (Index i = 0; i < d.size() && sign == Scalar(0); ++i) sign = d[i];
    const Scalar size = max_norm(at.x);
    const Scalar length = (size > Scalar(1) ? size : Scalar(1)) / max_norm(d);
    detail::scale(d, sign < Scalar(0) ? Scalar(-length) : length);
    return true;
  }

  /// No solve goes on once this many products were spent at one point.
  void allow(Index products) { allowance_ = products; }
  bool exhausted() const { return spent_here_ >= allowance_; }

  std::string_view name() const {
    return !has_diagonal_ ? unscaled_label : modified_ ? modified_label : label;
  }
  std::string detail() const {
    return "conjugate gradients: " + std::to_string(spent_) + " iterations in " + std::to_string(solves_)
         + " solves";
  }

 private:
  static constexpr std::string_view kHow = ", conjugate gradients";
  static constexpr std::string_view kModified =
      ", conjugate gradients; truncated where the curvature was not positive";
  static constexpr std::string_view kUnscaled =
      ", conjugate gradients; D = I, as the objective gives no diagonal of it";
  static constexpr std::string_view label = detail::metric_label<Source::label, kHow>;
  static constexpr std::string_view modified_label = detail::metric_label<Source::label, kModified>;
  static constexpr std::string_view unscaled_label = detail::metric_label<Source::label, kUnscaled>;

  End run(Scalar total, const V& g, Scalar radius) {
    const bool bounded = radius < std::numeric_limits<Scalar>::infinity();
    const bool warm = !bounded && warm_start(total, g);
    if (!warm) {
      detail::fill(step_, Scalar(0));
      start_ = g;
      detail::scale(start_, Scalar(-1));
      krylov_.start(start_);
    }
    const Scalar size = Eigen::numext::sqrt(weighted_square(g, preconditioner_));
    const Index most = std::min(options_.max_iterations, std::max<Index>(allowance_ - spent_here_, 1));
    const End end = iterate(total, {forcing(), most, radius, &this->D_}, step_, size);
    spent_ += krylov_.iterations();
    spent_here_ += krylov_.iterations();
    ++solves_;
    has_step_ = true;
    if (end == End::no_curvature && !bounded && !warm && krylov_.iterations() == 1) {
      step_ = krylov_.direction();
      product_ = krylov_.product();
    } else {
      for (Index j = 0; j < g.size(); ++j) product_[j] = -g[j] - krylov_.residual()[j];
    }
    for (Index j = 0; j < g.size(); ++j) product_[j] -= total * this->D_[j] * step_[j];
    product_known_ = !bounded;
    return end;
  }

  /// x = t·d of the last d, t the best for the model here: never worse than 0, so that what follows descends.
  bool warm_start(Scalar total, const V& g) {
    if (!has_step_ || (!options_.warm_start && !product_known_)) return false;
    if (!product_known_) {
      source_.times(step_, product_);
      ++spent_;
    }
    for (Index j = 0; j < g.size(); ++j) start_[j] = product_[j] + total * this->D_[j] * step_[j];
    const Scalar bend = detail::dot(step_, start_);
    const Scalar t = -detail::dot(g, step_) / bend;
    if (!(bend > Scalar(0)) || !is_finite(t)) return false;
    detail::scale(step_, t);
    for (Index j = 0; j < g.size(); ++j) start_[j] = -g[j] - t * start_[j];
    krylov_.start(start_);
    return true;
  }

  /// In one place, as a run of Krylov is instantiated anew for each lambda.
  End iterate(Scalar total, const typename Krylov<V>::Limits& limits, V& x, const Scalar& size = Scalar(-1)) {
    return krylov_.run([&](const V& v, V& Av) { damped_times(total, v, Av); },
                       [&](const V& r, V& z) { preconditioned(r, z); }, limits, x, size);
  }

  /// NaN once the budget is spent, so that a solve ends where the time does.
  void damped_times(Scalar total, const V& v, V& Av) {
    if (spent_budget_(budget_)) {
      detail::fill(Av, std::numeric_limits<Scalar>::quiet_NaN());
      return;
    }
    source_.times(v, Av);
    if (total == Scalar(0)) return;
    for (Index j = 0; j < v.size(); ++j) Av[j] += total * this->D_[j] * v[j];
  }

  void precondition_by_scale() {
    for (Index j = 0; j < preconditioner_.size(); ++j) preconditioner_[j] = Scalar(1) / this->D_[j];
  }
  void preconditioned(const V& r, V& z) const {
    for (Index j = 0; j < r.size(); ++j) z[j] = preconditioner_[j] * r[j];
  }

  /// Relative to the first gradient, so that the units of f do not matter.
  Scalar forcing() const {
    if (options_.tolerance > 0) return Scalar(options_.tolerance);
    const Scalar progress = first_norm_ > Scalar(0) ? gradient_norm_ / first_norm_ : Scalar(0);
    return std::min(Scalar(0.5), Eigen::numext::sqrt(progress));
  }

  void probe() {
    probed_ = true;
    std::uint64_t bits = 0x9E3779B97F4A7C15u;
    for (Index j = 0; j < start_.size(); ++j) {
      bits = bits * 6364136223846793005u + 1442695040888963407u;
      const Scalar size = Scalar(1) + Scalar(static_cast<double>(bits >> 40) / 16777216.0);
      start_[j] = ((bits >> 39) & 1u ? size : -size) * Eigen::numext::sqrt(this->D_[j]);
    }
    precondition_by_scale();
    V x = detail::zeros<V>(start_.size());
    krylov_.start(start_);
    const Index most = std::min<Index>(40, 2 * start_.size());
    const End end =
        iterate(Scalar(0), {Scalar(1e-6), most, std::numeric_limits<Scalar>::infinity(), &this->D_}, x);
    // Only then is there a direction: a start that is not finite ends before the first.
    negative_ = end == End::no_curvature
             && detail::dot(krylov_.direction(), krylov_.product()) < -krylov_.rounding(this->D_);
  }

  Source source_;
  ConjugateGradient options_;
  V diagonal_;
  V preconditioner_;  // inverse
  V step_;            // the last d, where the next solve begins
  V product_;         // M·step_
  V start_;
  Krylov<V> krylov_;
  const void* budget_ = nullptr;
  bool (*spent_budget_)(const void*) = nullptr;
  Scalar gradient_norm_ = Scalar(0);
  Scalar first_norm_ = Scalar(-1);
  Index allowance_ = std::numeric_limits<Index>::max();
  Index spent_ = 0;
  Index spent_here_ = 0;
  Index solves_ = 0;
  bool has_diagonal_ = true;
  bool has_step_ = false;
  bool product_known_ = false;
  bool probed_ = false;
  bool negative_ = false;
  bool modified_ = false;
};

template <class V, class Source>
auto ConjugateGradient::start(const Source& source, const V& x0) const {
  return ConjugateGradientState<V, Source>(source, *this, x0.size());
}

}  // namespace natgrad
