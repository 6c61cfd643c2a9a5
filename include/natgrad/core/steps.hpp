// SPDX-License-Identifier: MIT
#pragma once

/// How a run moves: the search, the metric and the policy it holds, and every kind of step it takes.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/descent.hpp"
#include "natgrad/core/ending.hpp"
#include "natgrad/core/history.hpp"
#include "natgrad/core/leap.hpp"
#include "natgrad/core/run_number.hpp"
#include "natgrad/core/stall.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace natgrad::detail {

template <class F, class V, class Optimizer>
class Steps {
 public:
  using Scalar = ScalarOf<V>;
  using Objective = Evaluator<F, V>;
  using Metric = decltype(std::declval<const Optimizer&>().metric().template start<F, V>(
      std::declval<const F&>(), std::declval<const V&>()));
  using Policy = decltype(detail::start<Scalar>(std::declval<const Optimizer&>().step()));

  Steps(const F& f, const V& x0, const Optimizer& optimizer, const Budget& budget)
      : f_(f, budget),
        metric_(optimizer.metric().template start<F, V>(f, x0)),
        policy_(detail::start<Scalar>(optimizer.step())),
        search_(f_, metric_, x0),
        history_(x0),
        direction_(x0) {}

  Steps(const Steps&) = delete;

  bool evaluate_start() { return search_.evaluate_start(); }

  /// Evaluates M once at each point.
  bool prepare_metric() {
    if (prepared_ != search_.iteration()) {
      prepared_ = search_.iteration();
      sound_ = metric_.prepare(f_, search_.at());
    }
    return sound_;
  }

  /// ∇f(x) = 0: no step leads down, and a rule without a gradient test does not see it.
  bool is_stationary() const { return search_.at().gradient_norm == Scalar(0); }

  bool at_saddle() { return metric_.indefinite(); }

  bool leave_saddle() {
    return metric_.negative_curvature(search_.at(), direction_) && lower(search_, direction_, true)
        && after_step();
  }

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

  /// A run that stalls goes on without what metric and policy remember of points where f was another: again only once f has fallen.
  bool begins_again() {
    return Metric::has_curvature && stall_.begin_again(search_.at().value, search_.noise())
        && forget_memory();
  }

 protected:
  bool budget_spent() const { return f_.spent(); }

  /// rounding_of_x, asked once at a point
  Scalar rounding() {
    if (measured_ != search_.iteration()) {
      measured_ = search_.iteration();
      rounding_ = rounding_of_x(search_, direction_);
    }
    return rounding_;
  }

  /// ∇f is of the size that it had on the way, as it is at no minimum far from where the run began; and of more than its rounding,
  /// but for an x so far out that all is.
  bool is_steep() {
    const Scalar norm = search_.at().gradient_norm, largest = history_.largest_gradient();
    if (!(norm > Scalar(1e-4) * largest)) return false;
    return norm > search_.gradient_noise() ? norm > Scalar(1e-3) * largest : ran_away();
  }

  bool ran_away() { return detail::ran_away(search_.at().x, history_.start()); }

  /// f has fallen by more than it may be off.
  bool has_gained() {
    const Scalar off = Scalar(1000) * search_.noise();
    return is_finite(off) && search_.initial_value() - search_.at().value > off;
  }

  Scalar decrement() {
    if (!prepare_metric()) return std::numeric_limits<Scalar>::quiet_NaN();
    return Scalar(0.5) * Eigen::numext::abs(search_.slope());
  }

 private:
  static constexpr const char* kEdge =
      "f is not finite a step further on, so that x may lie at the edge of its domain";

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
  /// lead nowhere; and without curvature a search that is sure of its length may never have looked so far.
  bool descend_gradient() {
    const Scalar promised = search_.failed_promise();
    const bool worth = Metric::has_curvature ? is_steep() : promised <= Scalar(100) * search_.noise();
    if (!(promised >= Scalar(0)) || !worth) return false;
    const auto& at = search_.at();
    direction_ = at.gradient;
    scale(direction_, Scalar(-std::max(Scalar(1), max_norm(at.x)) / at.gradient_norm));
    return lower(search_, direction_, false) && after_step();
  }

  bool after_step() {
    const Iterate<V>* left = search_.left();
    if (left) history_.leave(*left, search_.at().value);
    return true;
  }

 protected:
  RunNumber number_;
  Objective f_;
  Metric metric_;
  Policy policy_;
  Descent<Objective, Metric> search_;
  History<V, !Metric::has_curvature> history_;
  Stall<Scalar> stall_;
  V direction_;
  const char* no_step_reason_ = "";
  Scalar rounding_ = Scalar(0);
  Index prepared_ = -1;
  Index measured_ = -1;
  Index singular_steps_ = 0;  // in a row, the last one included
  bool sound_ = false;
};

}  // namespace natgrad::detail
