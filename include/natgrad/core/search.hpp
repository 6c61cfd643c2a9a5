// SPDX-License-Identifier: MIT
#pragma once

/// f along the direction d = −(M + λD)⁻¹∇f: all that a step policy sees.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/evaluator.hpp"
#include "natgrad/core/first_length.hpp"
#include "natgrad/core/noise.hpp"
#include "natgrad/core/policy.hpp"
#include "natgrad/core/trials.hpp"

#include <cmath>
#include <limits>

namespace natgrad {

template <class Evaluator, class Metric>
class Search {
 public:
  using Vector = typename Evaluator::Vector;
  using Scalar = typename Evaluator::Scalar;
  using Objective = typename Evaluator::Objective;
  using Step = natgrad::Step<Scalar>;

  /// M = ∇²f: the model errs by the third derivatives of f alone.
  static constexpr bool has_newton_model = requires { requires Metric::is_hessian; };

  /// The step that led to the present point.
  struct Previous {
    Scalar length = Scalar(0);     ///< α
    Scalar damping = Scalar(0);    ///< λ
    Scalar value = Scalar(0);      ///< f at its start
    Scalar slope = Scalar(0);      ///< ∇fᵀd at its start
    Scalar end_slope = Scalar(0);  ///< ∇fᵀd at its end
  };

  Search(Evaluator& f, Metric& metric, const Vector& x0)
      : f_(f),
        metric_(metric),
        at_(x0),
        trials_(x0.size()),
        latest_(&trials_.place()),
        direction_(x0.size()) {}

  Search(const Search&) = delete;  // it points at its own trials

  // ---- the point the run stands on -------------------------------------------------------------------------------

  /// f(x)
  const Scalar& value() const { return at_.value; }

  /// ∇f(x)ᵀd; negative for every metric that natgrad ships
  Scalar slope() {
    aim();
    return slope_;
  }

  /// d, at the damping last asked for
  const Vector& direction() {
    aim();
    return direction_;
  }

  const Iterate<Vector>& at() const { return at_; }
  Index iteration() const { return iteration_; }
  const Previous& previous() const { return previous_; }
  const Metric& metric() const { return metric_; }

  // ---- trials along d --------------------------------------------------------------------------------------------

  /// f(x + αd), or +∞ where f is not finite there, so that every comparison with it says no.
  Scalar value(const Scalar& alpha) { return trial(alpha).point.value; }

  /// ∇f(x + αd)ᵀd, or +∞ where f or its gradient is not finite there.
  Scalar slope(Scalar alpha) {
    if (alpha == Scalar(0)) return slope();
    const Trial<Vector>* t = completed(alpha);
    return t ? detail::dot(t->point.gradient, direction_) : infinity();
  }

  /// f and its gradient are both finite at x + αd. Ask this of a step before returning it: the loop commits no other.
  bool usable(Scalar alpha) { return completed(alpha) != nullptr; }

  /// The largest of α, α/2, α/4, … that is usable; 0 when 60 halvings find none.
  Scalar contract(Scalar alpha) {
    for (int halvings = 0; halvings < 60 && is_finite(alpha); ++halvings, alpha *= Scalar(0.5)) {
      if (usable(alpha)) return alpha;
    }
    return Scalar(0);
  }

  /// f(x + αd) ≤ f(x) + c·α·∇fᵀd; where rounding hides that or makes the two equal, the approximate test on slopes
  /// (Hager & Zhang 2005, eq. 23)
  bool sufficient(Scalar alpha, Scalar c) {
    const bool lower = value(alpha) < value();
    if (lower && value(alpha) <= value() + c * alpha * slope()) return usable(alpha);
    return is_blind(-alpha * slope()) && within_noise(alpha)
        && abs(slope(alpha)) <= (Scalar(1) - c - c) * abs(slope());
  }

  // ---- the quadratic model and its damping -------------------------------------------------------------------------

  /// d ← −(M + λD)⁻¹∇f(x). False where M + λD is not positive definite.
  bool damp(Scalar lambda) {
    static_assert(
        Metric::can_damp,
        "natgrad: search.damp(lambda) needs a metric that can be damped: `static constexpr bool can_damp = "
        "true` of its run state, whose solve(lambda, g, d) honours lambda.");
    lambda_ = lambda;
    return aimed(metric_.solve(lambda, at_.gradient, direction_));
  }

  /// d ← the minimiser of the model within ‖d‖_D ≤ radius
  bool within(Scalar radius) {
    static_assert(Metric::can_bound,
                  "natgrad: search.within(radius) needs a metric that can be bounded: `static constexpr bool "
                  "can_bound = true` of its run state, and its within(radius, g, d).");
    lambda_ = Scalar(0);
    const bool solved = aimed(metric_.within(radius, at_.gradient, direction_));
    lambda_ = metric_.damping();
    return solved;
  }

  /// d ← d + ½a, a = −(M + λD)⁻¹·(how ∇f bends along d): geodesic acceleration (Transtrum & Sethna 2012). False, and d is as it
  /// was, where 2‖a‖_D > most·‖d‖_D: d is then too long for a second-order term.
  bool bend(Scalar most) {
    aim();
    const Scalar length = metric_.scaled_norm();
    product_.resize(direction_.size());
    bend_.resize(direction_.size());
    f_.gradient_bend(at_.x, direction_, product_);
    const bool solved = metric_.solve(lambda_, product_, bend_);
    const bool small = solved && Scalar(2) * metric_.scaled_norm() <= most * length;
    metric_.solve(lambda_, at_.gradient, product_);  // the model is that of d again
    if (!small) return false;
    detail::add_scaled(Scalar(0.5), bend_, direction_);
    const Scalar promised = model_slope_;
    const bool down = aimed(true);
    model_slope_ = promised;
    return down;
  }

  Scalar damping() const { return lambda_; }

  /// −α∇fᵀd − ½α²dᵀMd, of the d before bend(): what ½a adds to a model of first order is what that model leaves out
  Scalar predicted_decrease(Scalar alpha) {
    aim();
    return -alpha * model_slope_ - Scalar(0.5) * alpha * alpha * metric_.curvature();
  }

  /// √(dᵀMd)
  Scalar metric_norm() {
    aim();
    using std::sqrt;
    return sqrt(metric_.curvature());
  }

  /// ‖d‖_D
  Scalar scaled_norm() {
    aim();
    return metric_.scaled_norm();
  }

  /// ‖∇f(x)‖_{D⁻¹}
  Scalar gradient_norm() const { return metric_.dual_norm(at_.gradient); }

  /// KL(p(·; x) ‖ p(·; x + αd)), as the objective measures it
  Scalar kl(Scalar alpha) { return f_.objective().kl(at_.x, trial(alpha).point.x); }

  /// dᵀ∇²f(x)d, from the objective's own Hessian; the metric's matrix where that is the same
  Scalar curvature() {
    aim();
    product_.resize(direction_.size());
    if constexpr (has_newton_model && requires { metric_.times(direction_, product_); }) {
      metric_.times(direction_, product_);
    } else {
      f_.hessian_times(at_.x, direction_, product_);
    }
    return detail::dot(direction_, product_);
  }

  /// The first α to try: 1 where the metric knows the length, else what the last step teaches
  Scalar initial_length() {
    aim();
    return first_length_(*this);
  }

  /// sᵀMs / sᵀy of the last step, s = αd, y = ∇f(x) − ∇f(x − s) (Barzilai & Borwein 1988); 0 where the curvature was not positive
  Scalar secant_length() const {
    const Scalar bend = previous_.end_slope - previous_.slope;
    return bend > Scalar(0) ? previous_.length * -previous_.slope / bend : Scalar(0);
  }

  // ---- rounding ------------------------------------------------------------------------------------------------------

  /// How far the computed f may be off
  Scalar noise() { return noise_(at_, metric_); }

  /// How far an entry of the computed ∇f may be off: ε·max√D·√Dᵀ|x|, which bounds the rounding of Mx
  Scalar gradient_noise() const { return epsilon<Scalar>() * metric_.gradient_noise(at_.x); }

  /// A decrease so small that f cannot be trusted to show it: slopes must decide.
  bool is_blind(Scalar promised) { return promised <= Scalar(1000) * noise(); }

  /// f(x + αd) is no worse than f(x) by more than rounding, and never above f(x0).
  bool within_noise(Scalar alpha) {
    return value(alpha) <= value() + noise() + cancellation() && value(alpha) <= initial_value_;
  }

  /// How far f may be off besides, where it is a mean of squares or losses whose margins are sums that cancel, as in correlated
  /// columns: Σ|∂loss/∂m|·|rounding of m| ≤ √(2f)·ε√Dᵀ|x|, the first factor by Cauchy and Schwarz.
  Scalar cancellation() const {
    return epsilon<Scalar>() * Eigen::numext::sqrt(Scalar(2) * abs(at_.value)) * metric_.size_of_terms(at_.x);
  }

  /// At some point the metric gave no direction in which f falls.
  bool lost() const { return lost_; }

 protected:
  static Scalar infinity() { return std::numeric_limits<Scalar>::infinity(); }
  static Scalar abs(const Scalar& a) { return Eigen::numext::abs(a); }

  /// Solves for d at the metric's own damping, unless a policy has damped it already; a metric always finds a descent.
  void aim() {
    if (aimed_) return;
    lambda_ = Scalar(0);
    if (!aimed(metric_.solve(Scalar(0), at_.gradient, direction_))) aim_anyhow();
    aimed_ = true;
  }

  [[gnu::noinline]] void aim_anyhow() {
    if (!aimed(metric_.descend(at_.gradient, direction_)))
      lost_ = lost_ || !(detail::dot(at_.gradient, direction_) <= Scalar(0));
  }

  bool aimed(bool solved) {
    slope_ = solved ? detail::dot(at_.gradient, direction_) : Scalar(0);
    aimed_ = solved && slope_ < Scalar(0) && is_finite(slope_);
    if (!aimed_) slope_ = Scalar(0);
    model_slope_ = slope_;
    trials_.drop();
    return aimed_;
  }

  /// The trial at α: nearly always the latest. (One that was dropped has no length, and none has a length before d is known.)
  EIGEN_ALWAYS_INLINE Trial<Vector>& trial(const Scalar& alpha) {
    if (!(latest_->length == alpha)) latest_ = &find_or_evaluate(alpha);
    return *latest_;
  }

  Trial<Vector>& find_or_evaluate(const Scalar& alpha) {
    aim();
    Trial<Vector>* known = trials_.find(alpha);
    return known ? *known : evaluate(trials_.place(), alpha);
  }

  /// The trial at α with its gradient; nullptr where f or the gradient is not finite.
  Trial<Vector>* completed(const Scalar& alpha) {
    Trial<Vector>& t = trial(alpha);
    if (!is_finite(t.point.value)) return nullptr;
    f_.complete(t.point);
    if (is_finite(t.point.gradient_norm)) return &t;
    met_edge_ = true;
    t.point.value = infinity();
    return nullptr;
  }

  Trial<Vector>& evaluate(Trial<Vector>& t, Scalar alpha) {
    if (left_ == &t.point) left_ = nullptr;
    if (!trials_.empty()) {
      if (const Trial<Vector>* same = trials_.at(at_.x, alpha, direction_)) {
        if (same != &t) t.point = same->point;
        t.length = alpha;
        return t;
      }
    }
    t.length = alpha;
    detail::set_sum(t.point.x, at_.x, alpha, direction_);
    t.point.has_gradient = false;
    t.point.value = infinity();
    // α·d may be below the rounding of x, where f is known; and once f was −∞ the run is over.
    if (!detail::equal(t.point.x, at_.x) && !saw_minus_infinity_) {
      f_.evaluate(t.point);
      if (t.point.value == -infinity()) saw_minus_infinity_ = true;
      if (!t.point.finite()) {
        met_edge_ = true;
        t.point.value = infinity();
      }
    }
    if (!(t.point.value < at_.value)) {
      note_failure(alpha);
      if (met_edge_ && is_finite(t.point.value) && t.point.value > at_.value + noise() + cancellation())
        rose_ = true;
    }
    return t;
  }

  /// A trial that did not lower f: what the slope had promised of it tells a failed search from a finished one.
  void note_failure(Scalar alpha) {
    const Scalar promised = Scalar(0.5) * abs(alpha * slope_);
    if (promised > failed_promise_) failed_promise_ = promised;
  }

  Evaluator& f_;
  Metric& metric_;
  Iterate<Vector> at_;
  Trials<Vector> trials_;
  Trial<Vector>* latest_;  // asked for
  Vector direction_;
  Vector product_;
  Vector bend_;
  Iterate<Vector>* left_ = nullptr;
  Previous previous_;
  detail::FirstLength<Scalar> first_length_;
  detail::Noise<Scalar> noise_;
  Scalar slope_ = Scalar(0);
  Scalar model_slope_ = Scalar(0);
  Scalar lambda_ = Scalar(0);
  Scalar failed_promise_ = Scalar(-1);
  Scalar initial_value_ = Scalar(0);
  Index iteration_ = 0;
  bool aimed_ = false;
  bool met_edge_ = false;
  bool rose_ = false;
  bool saw_minus_infinity_ = false;
  bool lost_ = false;
};

}  // namespace natgrad
