// SPDX-License-Identifier: MIT
#pragma once

/// One run of the loop: the search, the metric and the policy it holds, and the questions the loop asks of them.

#include "natgrad/core/descent.hpp"
#include "natgrad/core/ending.hpp"
#include "natgrad/core/leap.hpp"
#include "natgrad/core/lowest.hpp"
#include "natgrad/core/progress.hpp"
#include "natgrad/core/result.hpp"
#include "natgrad/core/run_number.hpp"
#include "natgrad/core/stall.hpp"
#include "natgrad/core/verdict.hpp"

#include <algorithm>
#include <concepts>
#include <limits>
#include <string_view>
#include <utility>

namespace natgrad::detail {

template <class F, class V, class Optimizer>
class Run {
 public:
  using Scalar = ScalarOf<V>;
  using Objective = Evaluator<F, V>;
  using Metric = decltype(std::declval<const Optimizer&>().metric().template start<F, V>(
      std::declval<const F&>(), std::declval<const V&>()));
  using Policy = decltype(detail::start<Scalar>(std::declval<const Optimizer&>().step()));

  Run(const F& f, const V& x0, const Optimizer& optimizer, const Budget& budget)
      : f_(f, budget),
        metric_(optimizer.metric().template start<F, V>(f, x0)),
        policy_(detail::start<Scalar>(optimizer.step())),
        search_(f_, metric_, x0),
        lowest_(x0.size()),
        start_(x0),
        direction_(x0) {}

  Run(const Run&) = delete;

  bool evaluate_start() { return search_.evaluate_start(); }

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
            &start_,
            this,
            [](void* run) { return static_cast<Run*>(run)->f_.seconds(); },
            [](void* run) { return static_cast<Run*>(run)->decrement(); }};
  }

  // ---- the metric ------------------------------------------------------------------------------------------------

  /// Evaluates M once at each point.
  bool prepare_metric() {
    if (prepared_ != search_.iteration()) {
      prepared_ = search_.iteration();
      sound_ = metric_.prepare(f_, search_.at());
    }
    return sound_;
  }

  // ---- the last look ---------------------------------------------------------------------------------------------

  /// A limit or a user's rule is final; a small gradient is believed after the metric was asked once more.
  bool may_doubt(const Verdict& verdict) const {
    if (verdict.status != Status::converged || verdict.claim == Claim::certain) return false;
    return Metric::has_curvature || verdict.claim == Claim::gradient_by_default;
  }

  /// ∇f(x) = 0: no step leads down, and a rule without a gradient test does not see it.
  bool is_stationary() const { return search_.at().gradient_norm == Scalar(0); }

  bool at_saddle() { return metric_.indefinite(); }

  bool leave_saddle() {
    return metric_.negative_curvature(search_.at(), direction_) && lower(search_, direction_, true)
        && after_step();
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

  /// Whether the model still promises more than rounding and 1e-12 of all that was gained so far. A tolerance that the
  /// user chose is also believed once the gradient has fallen to 1e-4 of its largest: there its units are known to fit.
  bool doubts(const Verdict& verdict) {
    if (hides_gradient(verdict)) return true;
    if (verdict.claim == Claim::gradient && search_.at().gradient_norm <= Scalar(1e-4) * largest_gradient_)
      return false;
    const Scalar gained = search_.initial_value() - search_.at().value;
    return !(search_.promise() <= std::max(search_.noise(), Scalar(1e-12) * gained));
  }

  // ---- the step ----------------------------------------------------------------------------------------------------

  /// A metric may know a better point outright (a warm start): taken if it lowers f.
  bool follow_proposal() {
    if constexpr (requires { metric_.propose(f_, search_.at(), direction_); }) {
      if (metric_.propose(f_, search_.at(), direction_) && jump(search_, direction_)) return after_step();
    }
    return false;
  }

  bool step() {
    if (is_stationary()) return false;
    if ((singular_steps_ == 10 || singular_steps_ % 100 == 99) && plunge()) return true;
    const Step<Scalar> found(policy_(search_.search()));
    no_step_reason_ = search_.met_edge() ? kEdge : found.reason;
    if (found && !(found.length > Scalar(0) && is_finite(found.length)))
      no_step_reason_ = "the step policy gave an α that is not a finite number > 0";
    singular_steps_ = metric_.met_singular() ? singular_steps_ + 1 : 0;
    return found && search_.accept(found) && after_step();
  }

  /// The model has no minimum: ∇f has a part along which M has no curvature. Where f itself falls as it says, all the way,
  /// the run goes there, to be told that f is unbounded.
  bool plunge() {
    return singular_steps_ > 0 && !budget_spent() && metric_.flat_direction(search_.at().gradient, direction_)
        && last_resort([&] { return detail::plunge(search_, direction_) && after_step(); });
  }

  /// No step was found, for a reason that may lie in what the search took for granted: that f is as exact as it looks, that the
  /// metric and the policy remember the right things, that the step is about as long as the last. One after the other is given up.
  bool step_afresh() {
    const auto may_go_on = [this] { return !search_.saw_minus_infinity() && !budget_spent(); };
    if (is_stationary() || !may_go_on()) return false;
    if (!search_.met_edge() && nearly_done(search_) && search_.learn_noise([this] { return rounding(); })
        && step())
      return true;
    if (may_go_on() && forget_memory() && step()) return true;
    return may_go_on() && last_resort([&] {
             return (search_.forget_length() && step()) || (may_go_on() && descend_gradient());
           });
  }

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
    if (is_steep() && has_gained()) return idle > 100 && creeps();
    const auto& last = search_.previous();
    const Scalar blind = Scalar(1000) * noise();
    return -last.length * last.slope <= blind && at.value <= search_.initial_value() + blind;
  }

  /// A run that stalls goes on without what metric and policy remember of points where f was another: again only once f has fallen.
  bool begins_again() {
    return Metric::has_curvature && stall_.begin_again(search_.at().value, search_.noise())
        && forget_memory();
  }

  // ---- why it ended ------------------------------------------------------------------------------------------------

  bool is_unbounded() const { return outgrows(search_, start_) || search_.saw_minus_infinity(); }

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
    if (is_steep() && has_gained()) return {Status::step_failed, {.remark = kKink}};
    return detail::rounding_level(search_, start_, {.remark = "f and ‖∇f‖ no longer fall"});
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
    const bool better = failed && lowest_.replace(at);
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
    if constexpr (requires { metric_.detail(); }) result.message.add_detail(metric_.detail());
    if constexpr (HasNote<F> && !kNoteIsStatic) result.message.add_detail(f_.objective().note());
    result.iterations = search_.iteration();
    result.counts = f_.counts();
    result.seconds = f_.seconds();
    return result;
  }

 private:
  static constexpr const char* kTooLong = "the steps are too long: they led above f(x0) and away";
  static constexpr const char* kKink =
      "x moves by its own rounding and f no longer falls, though ∇f is as large as on the way: f is not "
      "smooth here";
  static constexpr const char* kEdge =
      "f is not finite a step further on, so that x may lie at the edge of its domain";

  /// rounding_of_x, asked once at a point
  Scalar rounding() {
    if (measured_ != search_.iteration()) {
      measured_ = search_.iteration();
      rounding_ = rounding_of_x(search_, direction_);
    }
    return rounding_;
  }

  bool forget_memory() {
    bool remembered = metric_.forget();
    if constexpr (requires { policy_.forget(); }) remembered = policy_.forget() || remembered;
    if (remembered) search_.aim_afresh();
    return remembered;
  }

  /// An attempt that fails says nothing of what the search before it had promised.
  template <class Attempt>
  bool last_resort(const Attempt& attempt) {
    const Scalar promised = search_.failed_promise();
    if (attempt()) return true;
    search_.aim_afresh();
    search_.set_failed_promise(promised);
    return false;
  }

  /// Along −∇f, from the size of x down: where M spans more orders of magnitude than the numbers have digits, its own direction may
  /// lead nowhere.
  bool descend_gradient() {
    if constexpr (Metric::has_curvature) {
      if (!(search_.failed_promise() >= Scalar(0)) || !is_steep()) return false;
      const auto& at = search_.at();
      direction_ = at.gradient * (-std::max(Scalar(1), max_norm(at.x)) / at.gradient_norm);
      return lower(search_, direction_, false) && after_step();
    } else {
      return false;
    }
  }

  /// ∇f is of the size that it had on the way, as it is at no minimum far from where the run began.
  bool is_steep() {
    return search_.at().gradient_norm > Scalar(1e-3) * largest_gradient_
        && search_.at().gradient_norm > search_.gradient_noise();
  }

  /// The last step was of the size of the rounding of x.
  bool creeps() const {
    const Iterate<V>* left = search_.left();
    const auto& x = search_.at().x;
    return left && max_norm(x - left->x) <= Scalar(4) * epsilon<Scalar>() * max_norm(x);
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
    const Ending ending = detail::rounding_level(search_, start_, reason);
    const bool at_rest = ending.status == Status::unbounded || !(is_steep() && has_gained());
    return at_rest ? ending : Ending{Status::step_failed, reason};
  }

  /// The gradient is below its tolerance, but not by more than its own rounding error.
  bool hides_gradient(const Verdict& verdict) const {
    return search_.at().gradient_norm + search_.gradient_noise() > Scalar(verdict.reason.bound);
  }

  bool budget_spent() const { return f_.spent(); }

  /// f has fallen by more than it may be off.
  bool has_gained() {
    const Scalar off = Scalar(1000) * search_.noise();
    return is_finite(off) && search_.initial_value() - search_.at().value > off;
  }

  bool separated_near(const V& x, const V& g) {
    if constexpr (FindsSeparation<F, V>) {
      direction_.resize(x.size());
      return f_.objective().find_separation(x, g, direction_);
    } else {
      return f_.objective().separated_along(x);
    }
  }

  bool after_step() {
    const auto& at = search_.at();
    const Iterate<V>* left = search_.left();
    if (!left) return true;
    lowest_.keep(*left, at.value);
    if (left->gradient_norm > largest_gradient_) largest_gradient_ = left->gradient_norm;
    return true;
  }

  Scalar decrement() {
    if (!prepare_metric()) return std::numeric_limits<Scalar>::quiet_NaN();
    return Scalar(0.5) * Eigen::numext::abs(search_.slope());
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

  RunNumber number_;
  Objective f_;
  Metric metric_;
  Policy policy_;
  Descent<Objective, Metric> search_;
  Lowest<V> lowest_;
  Stall<Scalar> stall_;
  V start_;
  V direction_;
  Scalar largest_gradient_ = Scalar(0);
  const char* no_step_reason_ = "";
  Scalar rounding_ = Scalar(0);
  Index prepared_ = -1;
  Index measured_ = -1;
  Index singular_steps_ = 0;  // in a row, the last one included
  Index searched_ = -1;       // for a direction that separates
  bool sound_ = false;
};

template <class F, class V, class Optimizer>
Run(const F&, const V&, const Optimizer&, const Budget&) -> Run<F, V, Optimizer>;

}  // namespace natgrad::detail
