// SPDX-License-Identifier: MIT
#pragma once

/// Why a run ends that no rule has ended: f is unbounded, or as low as rounding lets it be, or something is wrong.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/counts.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/core/status.hpp"
#include "natgrad/core/verdict.hpp"

#include <algorithm>
#include <limits>

namespace natgrad::detail {

struct Ending {
  Status status;
  Reason reason;
};

/// Which of the two limits was met, the number of evaluations or the time.
template <class Evaluator>
Ending limit_of(const Evaluator& f) {
  const double values = static_cast<double>(f.counts().values);
  if (f.counts().values >= f.budget().evaluations)
    return {Status::max_evaluations, {"evaluations of f", values, "", 0, ""}};
  return {Status::max_seconds, {"seconds", f.seconds(), "", 0, ""}};
}

/// f fell to the end of the numbers, or x has grown from where it could be squared to where it cannot.
template <class Search>
bool outgrows(const Search& search, const typename Search::Vector& x0) {
  using Scalar = typename Search::Scalar;
  const auto& at = search.at();
  if (!(at.value < Scalar(0) && at.value < search.initial_value())) return false;
  if (at.value < Scalar(-1e-3) * std::numeric_limits<Scalar>::max()) return true;
  return !is_finite(dot(at.x, at.x)) && is_finite(dot(x0, x0));
}

/// f has fallen so far that no step can be judged: squares of x, of the gradient or the noise of f overflow.
template <class Search>
bool overflows(Search& search) {
  using Scalar = typename Search::Scalar;
  const auto& at = search.at();
  return at.value < Scalar(0)
      && !is_finite(search.noise() + dot(at.gradient, at.gradient) + Scalar(100) * dot(at.x, at.x));
}

inline constexpr const char* kRanAway =
    "x ran away, to where f and ∇f are rounding: another start, or other units of the parameters, may help";

/// x lies 1e12 times as far out as x0, and as 1: an intercept beside a column of mean 1e8 does not.
template <class V>
bool ran_away(const V& x, const V& x0) {
  using Scalar = ScalarOf<V>;
  return max_norm(x) > Scalar(1e12) * std::max(Scalar(1), max_norm(x0));
}

/// f falls by less than it can resolve: at its least, or so far down that what it still falls is lost in what it fell.
template <class Search>
Ending rounding_level(Search& search, const typename Search::Vector& x0, const Reason& reason) {
  using Scalar = typename Search::Scalar;
  const auto& at = search.at();
  const Scalar fall = search.initial_value() - at.value;
  const Scalar resolved = Scalar(100) * (search.noise() + search.cancellation());
  if (at.value < Scalar(0) && fall > Scalar(0) && resolved > std::max(fall, Scalar(-at.value)))
    return {Status::unbounded, {.remark = "f fell to where its own rounding is larger than all of it"}};
  const Scalar size =
      std::max(Scalar(Eigen::numext::abs(at.value)), Scalar(Eigen::numext::abs(search.initial_value())));
  if (search.noise() > Scalar(1e-3) * size && ran_away(at.x, x0))
    return {Status::step_failed, {.remark = kRanAway}};
  const bool far = fall > Scalar(0) && epsilon<Scalar>() * fall > Eigen::numext::abs(search.initial_value())
                && epsilon<Scalar>() * max_norm(at.x) > max_norm(x0);
  // As steep along the way from x0 as f was on the mean: a minimum would have made it flat.
  if (far && dot(at.gradient, x0) - dot(at.gradient, at.x) > Scalar(0.5) * fall)
    return {Status::unbounded,
            {.remark = "f fell until its rounding exceeded all that it was at x0, and no less steeply"}};
  return {Status::precision_limit, reason};
}

/// No trial was made along d: because ∇fᵀd underflows, where it could not be told from 0 beside what was gained, or because
/// the policy gave up, for the reason that it gives.
template <class Search>
Ending nothing_tried(Search& search, const char* why) {
  using Scalar = typename Search::Scalar;
  const auto& at = search.at();
  const auto& d = search.direction();
  const Scalar least = std::numeric_limits<Scalar>::min();
  if (max_norm(d) > Scalar(0) && Eigen::numext::abs(dot(at.gradient, d)) < least
      && Scalar(1e-12) * (search.initial_value() - at.value) > least)
    return {Status::precision_limit, {.remark = "the decrease still promised is below the numbers"}};
  return {Status::step_failed, {.remark = *why ? why : "no step was tried along the direction"}};
}

/// What f cannot resolve about x ± δ, δ the rounding of x, of alternating signs: what it differs there from the parabola that its
/// two gradients make. Two evaluations.
template <class Search>
typename Search::Scalar rounding_of_x(Search& search, typename Search::Vector& delta) {
  using Scalar = typename Search::Scalar;
  Scalar largest(0);
  if (max_norm(search.at().x) == Scalar(0)) return largest;
  for (const Scalar sign : {Scalar(1), Scalar(-1)}) {
    const auto& at = search.at();
    for (Index i = 0; i < delta.size(); ++i)
      delta[i] = (i % 2 == 0 ? sign : -sign) * epsilon<Scalar>() * Eigen::numext::abs(at.x[i]);
    const auto& beside = search.look(delta);
    if (!beside.finite()) continue;
    set_sum(delta, beside.x, Scalar(-1), at.x);
    const Scalar rise = Scalar(0.5) * (dot(delta, at.gradient) + dot(delta, beside.gradient));
    largest = std::max(largest, Scalar(Eigen::numext::abs(beside.value - at.value - rise)));
  }
  return largest;
}

/// What the failed trials promised is next to nothing beside what was gained: rounding may be why they failed.
template <class Search>
bool nearly_done(const Search& search) {
  using Scalar = typename Search::Scalar;
  return search.failed_promise() <= Scalar(1e-6) * (search.initial_value() - search.at().value);
}

/// The smallest decrease that f shows at x. Where all but nothing is left to gain, its rounding in x counts too, which rounding() gives.
template <class Search, class Rounding>
typename Search::Scalar resolution(Search& search, const Rounding& rounding) {
  using Scalar = typename Search::Scalar;
  const Scalar promised = search.failed_promise();
  const Scalar noise = Scalar(100) * search.noise();
  if (!(promised > noise && nearly_done(search))) return noise;
  // Where f falls to 0, its noise falls with it. What was gained is a measure only up to 1/√ε: it may be as large as one likes.
  const Scalar eps = epsilon<Scalar>();
  const Scalar gained = search.initial_value() - search.at().value;
  const Scalar least = DifferencesGradient<typename Search::Objective>
                         ? std::max(noise, Scalar(eps * gained))
                         : std::max(noise, std::min(Scalar(eps * Eigen::numext::sqrt(eps) * gained), eps));
  return promised > least ? Scalar(least + rounding()) : least;
}

}  // namespace natgrad::detail
