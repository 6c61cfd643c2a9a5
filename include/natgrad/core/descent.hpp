// SPDX-License-Identifier: MIT
#pragma once

/// The search as the loop holds it: it commits steps, leaves the metric's direction and tries again, which no policy may.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/search.hpp"

#include <utility>

namespace natgrad::detail {

template <class Evaluator, class Metric>
class Descent : public Search<Evaluator, Metric> {
  using Base = Search<Evaluator, Metric>;

 public:
  using typename Base::Scalar;
  using typename Base::Step;
  using typename Base::Vector;

  using Base::Base;

  /// What a step policy is handed.
  Base& search() { return *this; }

  /// Evaluates x0. False where f or ∇f is not finite there.
  bool evaluate_start() {
    f_.evaluate(at_);
    if (is_finite(at_.value)) f_.complete(at_);
    initial_value_ = at_.value;
    return is_finite(at_.value) && is_finite(at_.gradient_norm);
  }

  /// Commits x + αd, which becomes the new x with everything known about it. False where it is not finite.
  bool accept(const Step& step) {
    if (!(step.length > Scalar(0)) || !is_finite(step.length)) return false;
    if constexpr (Metric::can_damp) {
      if (step.damping >= Scalar(0) && step.damping != lambda_) this->damp(step.damping);
    }
    this->aim();
    Trial<Vector>* taken = this->completed(step.length);
    if (!taken) return false;
    previous_ = {step.length, lambda_, at_.value, slope_, detail::dot(taken->point.gradient, direction_)};
    swap(at_, taken->point);
    left_ = &taken->point;
    ++iteration_;
    met_edge_ = rose_ = false;
    first_length_.after_step();
    noise_.after_fall(previous_.value - at_.value);
    forget_direction();
    return true;
  }

  /// f and ∇f at x + d, in the place of a trial
  const Iterate<Vector>& look(const Vector& d) {
    trials_.drop();
    Iterate<Vector>& there = trials_.place().point;
    if (left_ == &there) left_ = nullptr;
    detail::set_sum(there.x, at_.x, Scalar(1), d);
    f_.evaluate(there);
    if (is_finite(there.value)) f_.complete(there);
    return there;
  }

  /// The point before the last step with all that was known there, as long as no trial has overwritten it.
  const Iterate<Vector>* left() const { return left_; }

  /// Hands the last point over; the search is at its end.
  Iterate<Vector>&& release() { return std::move(at_); }

  // ---- what is still to be had -----------------------------------------------------------------------------------------

  /// The decrease still to be had from here: ½|∇fᵀd| by the metric's model, else by the curvature that the last step met.
  Scalar promise() {
    if (at_.gradient_norm == Scalar(0)) return Scalar(0);
    if (metric_.knows_length()) return Scalar(0.5) * Base::abs(this->slope());
    const Scalar length = this->secant_length();
    return length > Scalar(0) ? Scalar(0.5) * length * Base::abs(this->slope()) : Base::infinity();
  }

  /// The largest decrease that the failed trials from here had promised; −1 where none failed.
  Scalar failed_promise() const { return failed_promise_; }
  void set_failed_promise(const Scalar& promised) { failed_promise_ = promised; }

  const Scalar& initial_value() const { return initial_value_; }
  bool saw_minus_infinity() const { return saw_minus_infinity_; }

  /// A trial from here lay where f or its gradient is not finite, and none before it where f had risen: f may fall up to an edge.
  bool met_edge() const { return met_edge_ && !rose_; }

  // ---- another direction, or the same again ------------------------------------------------------------------------------

  /// d ← a direction that is not the metric's own. False where f does not fall along it.
  bool turn(const Vector& d) {
    forget_direction();
    direction_ = d;
    slope_ = detail::dot(at_.gradient, direction_);
    aimed_ = true;
    return slope_ < Scalar(0);
  }

  void forget_direction() {
    aimed_ = false;
    lambda_ = Scalar(0);
    failed_promise_ = Scalar(-1);
    first_length_.after_turn();
    noise_.forget_point();
    trials_.drop();
  }

  /// The metric has dropped what it knew: aim again. What failed trials had promised from here still counts.
  void aim_afresh() {
    const Scalar promised = failed_promise_;
    forget_direction();
    failed_promise_ = promised;
  }

  /// Takes what measure() finds f to be off by for its noise, and aims again. False, and mostly without measuring, where that is no
  /// more than was taken for granted, or the policy would try the same points.
  template <class Measure>
  bool learn_noise(const Measure& measure) {
    if (!first_length_.asked()) return false;
    const Scalar seen = measure();
    if (!(seen > this->noise() + this->cancellation())) return false;
    noise_.measured(seen);
    aim_afresh();
    first_length_.vary();
    return true;
  }

  /// Aims again, with the length of a first step. False where that is about what the policy began with.
  bool forget_length() {
    if (!first_length_.misleads(*this)) return false;
    aim_afresh();
    first_length_.forget();
    return true;
  }

 private:
  using Base::aimed_;
  using Base::at_;
  using Base::direction_;
  using Base::f_;
  using Base::failed_promise_;
  using Base::first_length_;
  using Base::initial_value_;
  using Base::iteration_;
  using Base::lambda_;
  using Base::left_;
  using Base::met_edge_;
  using Base::metric_;
  using Base::noise_;
  using Base::previous_;
  using Base::rose_;
  using Base::saw_minus_infinity_;
  using Base::slope_;
  using Base::trials_;
};

}  // namespace natgrad::detail
