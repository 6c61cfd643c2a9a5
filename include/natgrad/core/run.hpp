// SPDX-License-Identifier: MIT
#pragma once

/// One run of the loop: its steps, what it says of itself at each point, and why it ends.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/ending.hpp"
#include "natgrad/core/progress.hpp"
#include "natgrad/core/result.hpp"
#include "natgrad/core/steps.hpp"
#include "natgrad/core/verdict.hpp"

#include <algorithm>
#include <concepts>
#include <limits>
#include <string_view>
#include <utility>

namespace natgrad::detail {

template <class F, class V, class Optimizer>
class Run : public Steps<F, V, Optimizer> {
  using Base = Steps<F, V, Optimizer>;

 public:
  using typename Base::Metric;
  using typename Base::Scalar;

  using Base::Base;
  using Base::is_stationary;

  EIGEN_ALWAYS_INLINE Progress<V> progress() {
    const auto& at = search_.at();
    const Iterate<V>* left = search_.left();
    return {search_.iteration(),
            at.x,
            at.value,
            at.gradient,
            at.gradient_norm,
            search_.previous().length,
            search_.previous().damping,
            search_.initial_value(),
            search_.iteration() ? at.value - search_.previous().value : Scalar(0),
            f_.counts(),
            left ? &left->x : nullptr,
            &history_.start(),
            this,
            [](void* run) { return static_cast<Run*>(run)->f_.seconds(); },
            [](void* run) { return static_cast<Run*>(run)->decrement(); }};
  }

  // ---- the metric ------------------------------------------------------------------------------------------------

  // ---- the last look ---------------------------------------------------------------------------------------------

  /// A limit or a user's rule is final; a small gradient is believed after the metric was asked once more.
  bool may_doubt(const Verdict& verdict) const {
    if (verdict.status != Status::converged || verdict.claim == Claim::certain) return false;
    return Metric::has_curvature || verdict.claim == Claim::gradient_by_default;
  }

  /// No estimate exists: f falls for ever along x itself, along the Newton direction where that no longer shrinks, or along
  /// one that the objective finds near x.
  bool separated() {
    if constexpr (HasSeparation<F, V>) {
      if constexpr (Metric::has_curvature) {
        const V& d = search_.direction();
        if (max_norm(d) > Scalar(1e-3) * max_norm(search_.at().x) && f_.objective().separated_along(d))
          return true;
      }
      searched_ = search_.iteration();
      return separated_near(search_.at().x, search_.at().gradient);
    }
    return false;
  }

  /// Whether the model still promises more than rounding, and more than 1e-12 of all that was gained so far, which says little
  /// where f(x0) was huge, or a step that moves x on. A tolerance that the user chose is also believed once the gradient has
  /// fallen to 1e-4 of its largest: there its units are known to fit.
  /// (Beside the loop: inlined, what is asked once or twice a run would cost the smallest ones a tenth.)
  [[gnu::noinline]] bool doubts(const Verdict& verdict) {
    if (hides_gradient(verdict)) return true;
    if (verdict.claim == Claim::gradient_by_default && history_.has_unsettled_entry(search_.at()))
      return true;
    if (verdict.claim == Claim::gradient
        && search_.at().gradient_norm <= Scalar(1e-4) * history_.largest_gradient())
      return false;
    const Scalar promise = search_.promise();
    if (promise <= search_.noise()) return false;
    const Scalar gained = search_.initial_value() - search_.at().value;
    return !(promise <= Scalar(1e-12) * gained)
        || (verdict.claim == Claim::gradient_by_default && moves_on());
  }

  // ---- no more progress --------------------------------------------------------------------------------------------

  /// Rounding level: for 100 steps f did not fall by more than its noise, nor the gradient by 1 %, and no more was promised. Steps
  /// that are too long go in circles too, but they promise more. Where the gradient is no more than its own rounding, 20 steps
  /// say it, and 5 of a metric that knows their length.
  bool stalls() {
    const auto& at = search_.at();
    // An infinite noise is that of an x too large to be squared, on the way to −∞.
    const auto noise = [this] {
      const Scalar size = search_.noise() + search_.cancellation();
      return is_finite(size) ? size : Scalar(0);
    };
    const int idle = stall_.steps(at, noise);
    if (idle <= (Metric::has_curvature ? 5 : 20)
        || (idle <= 100 && at.gradient_norm > search_.gradient_noise()))
      return false;
    if (is_steep_after_gain()) return idle > 100 && (creeps() || ran_away());
    const auto& last = search_.previous();
    const Scalar blind = Scalar(1000) * noise();
    return -last.length * last.slope <= blind && at.value <= search_.initial_value() + blind;
  }

  // ---- why it ended ------------------------------------------------------------------------------------------------

  bool is_unbounded() const { return outgrows(search_, history_.start()) || search_.saw_minus_infinity(); }

  Ending unbounded() const {
    return {Status::unbounded,
            {.remark = search_.saw_minus_infinity() ? "f = −∞ was met at a trial point"
                                                    : "f fell until f or the squares of x overflowed"}};
  }

  Ending metric_failed() const {
    return {Status::metric_failed,
            {.remark = search_.iteration() > 0
                         ? "M(x) is not finite at the point that the last step reached, or "
                           "not d×d: shorter steps may stay where it is"
                         : "M(x) is not finite, as where an entry is not written, or not d×d"}};
  }

  Ending rounding_level() {
    if (is_steep_after_gain()) return {Status::step_failed, {.remark = ran_away() ? kRanAway : kKink}};
    return detail::rounding_level(search_, history_.start(), {.remark = "f and ‖∇f‖ no longer fall"});
  }

  /// After a point at which no step was found.
  Ending no_way_down(const Verdict& verdict) {
    if (search_.saw_minus_infinity()) return unbounded();
    if (budget_spent()) return limit_of(f_);
    if (verdict && !hides_gradient(verdict)) return {*verdict.status, verdict.reason};  // the claim stands
    return why_no_step();
  }

  // ---- the result --------------------------------------------------------------------------------------------------

  Result<V> finish(const Ending& ending) {
    Result<V> result;
    Iterate<V> at = search_.release();
    const bool failed = is_failure(ending.status) || ending.status == Status::precision_limit;
    const bool better = failed && history_.put_back(at);
    result.x = std::move(at.x);
    result.value = at.value;
    result.gradient = std::move(at.gradient);
    result.gradient_norm = at.gradient_norm;
    result.status = ending.status;
    if constexpr (HasSeparation<F, V>) {
      const bool tells =
          is_usable(ending.status) || is_limit(ending.status) || ending.status == Status::step_failed;
      const bool searched = searched_ == search_.iteration() && !better;
      if (tells && !searched && separated_near(result.x, result.gradient)) result.status = Status::separable;
    }
    Reason reason = ending.reason;
    if (is_limit(ending.status) && result.value > search_.initial_value()) reason.remark = kTooLong;
    result.message = Message(reason, metric_.name(), note());
    if (search_.lost()) result.message.add_detail(kLost);
    if constexpr (requires { metric_.warning(); }) result.message.add_detail(metric_.warning());
    if constexpr (requires { metric_.detail(); }) result.message.add_detail(metric_.detail());
    if (!Metric::has_curvature && result.status == Status::precision_limit)
      result.message.add_detail(kNoCurvature);
    if constexpr (HasNote<F> && !kNoteIsStatic) result.message.add_detail(f_.objective().note());
    result.iterations = search_.iteration();
    result.counts = f_.counts();
    result.seconds = f_.seconds();
    return result;
  }

 private:
  static constexpr const char* kNoCurvature =
      "this metric is not the curvature of f: Newton{} or NaturalGradient{} may go on from here";
  static constexpr const char* kLost =
      "the metric's d was not finite, or uphill, at some point: solve(λ, g, d) writes −(M + λD)⁻¹g, and M is "
      "positive definite";
  static constexpr const char* kTooLong = "the steps are too long: they led above f(x0) and away";
  static constexpr const char* kSteep =
      "the failed steps promised no more than f can resolve, though ∇f is as large as on the way";
  static constexpr const char* kKink =
      "x moves by its own rounding and f no longer falls, though ∇f is as large as on the way: f is not "
      "smooth here";

  /// The step that the metric proposes would move an entry of x by more than a millionth of itself, and of how far it came: in
  /// whatever units, it is not known yet. Without curvature, by more than a thousandth: such a step is known no better.
  [[gnu::noinline]] bool moves_on() {
    if (!metric_.knows_length()) return false;
    const V& d = search_.direction();
    const V &x = search_.at().x, &x0 = history_.start();
    const Scalar known = Metric::has_curvature ? Scalar(1e-6) : Scalar(1e-3);
    const Scalar negligible = epsilon<Scalar>() * std::max(max_norm(x), max_norm(x0));
    for (Index i = 0; i < x.size(); ++i) {
      const Scalar size = std::max(Eigen::numext::abs(x[i]), Scalar(Eigen::numext::abs(x[i] - x0[i])));
      if (Eigen::numext::abs(d[i]) > std::max(negligible, known * size)) return true;
    }
    return false;
  }

  /// f has come down, and ∇f is as large as on the way: no minimum is like that, but for a kink.
  bool is_steep_after_gain() { return is_steep() && has_gained(); }

  /// The last step was of the size of the rounding of x.
  bool creeps() const {
    const Iterate<V>* left = search_.left();
    const auto& x = search_.at().x;
    return left && distance(x, left->x) <= Scalar(4) * epsilon<Scalar>() * max_norm(x);
  }

  /// Nothing lowers f: because f is as low as rounding lets it be, or because something is wrong.
  Ending why_no_step() {
    if (overflows(search_))
      return {Status::unbounded, {.remark = "f fell until the squares of x or its gradient overflowed"}};
    if (is_stationary()) return {Status::precision_limit, {.remark = "∇f(x) = 0"}};
    if (search_.at().value > search_.initial_value()) return {Status::step_failed, {.remark = kTooLong}};
    if (!(search_.failed_promise() >= Scalar(0))) return nothing_tried(search_, no_step_reason_);
    const Scalar promised = search_.failed_promise(),
                 resolved = resolution(search_, [this] { return rounding(); });
    if (budget_spent()) return limit_of(f_);
    const Reason reason{"decrease promised by the failed steps", static_cast<double>(promised),
                        promised <= resolved ? "what f can resolve" : "", static_cast<double>(resolved),
                        no_step_reason_};
    // Steps that were cut at the edge of f's domain promised little for that.
    if (!(promised <= resolved) || search_.met_edge()) return {Status::step_failed, reason};
    const Ending ending = detail::rounding_level(search_, history_.start(), reason);
    const bool at_rest = ending.status == Status::unbounded || !is_steep_after_gain();
    return at_rest ? ending : Ending{Status::step_failed, {.remark = kSteep}};
  }

  /// The gradient is below its tolerance, but not by more than its own rounding error.
  bool hides_gradient(const Verdict& verdict) const {
    return !is_stationary()
        && search_.at().gradient_norm + search_.gradient_noise() > Scalar(verdict.reason.bound);
  }

  bool separated_near(const V& x, const V& g) {
    if constexpr (FindsSeparation<F, V>) {
      direction_.resize(x.size());
      return f_.objective().find_separation(x, g, direction_);
    } else {
      return f_.objective().separated_along(x);
    }
  }

  static constexpr bool kNoteIsStatic = requires(const F& f) {
    requires std::same_as<decltype(f.note()), std::string_view>;
  };

  std::string_view note() const {
    if constexpr (kNoteIsStatic) {
      return f_.objective().note();
    } else {
      return {};
    }
  }

  using Base::budget_spent;
  using Base::has_gained;
  using Base::is_steep;
  using Base::ran_away;
  using Base::rounding;

  using Base::direction_;
  using Base::f_;
  using Base::history_;
  using Base::metric_;
  using Base::no_step_reason_;
  using Base::search_;
  using Base::stall_;

  Index searched_ = -1;  // for a direction that separates
};

template <class F, class V, class Optimizer>
Run(const F&, const V&, const Optimizer&, const Budget&) -> Run<F, V, Optimizer>;

}  // namespace natgrad::detail
