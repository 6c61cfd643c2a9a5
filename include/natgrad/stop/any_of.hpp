// SPDX-License-Identifier: MIT
#pragma once

/// Stop rules combine: `a | b` ends the run when either says so, `a & b` when both do at the same point.

#include "natgrad/core/counts.hpp"
#include "natgrad/core/policy.hpp"
#include "natgrad/core/verdict.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace natgrad {

template <class First, class Second>
struct AnyOf {
  using StopRuleOperand = void;
  First first;
  Second second;

  template <class V>
  Verdict judge(const Progress<V>& now) {
    const Verdict a = natgrad::judge(first, now);
    if (a && a.claim == Claim::certain) return a;
    const Verdict b = natgrad::judge(second, now);
    return b && (b.claim == Claim::certain || !a)
             ? b
             : a;  // a certain end goes before a claim that may be doubted
  }

  template <class V>
  std::optional<Status> operator()(const Progress<V>& now) {
    return judge(now).status;
  }

  Budget budget() const {
    const Budget a = budget_of(first), b = budget_of(second);
    return {std::min(a.evaluations, b.evaluations), std::min(a.seconds, b.seconds)};
  }

  void validate() const {
    detail::validate(first);
    detail::validate(second);
  }
};

template <class First, class Second>
struct AllOf {
  using StopRuleOperand = void;
  First first;
  Second second;

  template <class V>
  Verdict judge(const Progress<V>& now) {
    const Verdict a = natgrad::judge(first, now);
    const Verdict b = natgrad::judge(second, now);
    if (!a || !b) return {};
    return a.status == Status::converged || b.status != Status::converged ? a : b;
  }

  template <class V>
  std::optional<Status> operator()(const Progress<V>& now) {
    return judge(now).status;
  }

  Budget budget() const {
    const Budget a = budget_of(first), b = budget_of(second);
    return {std::max(a.evaluations, b.evaluations), std::max(a.seconds, b.seconds)};
  }

  void validate() const {
    detail::validate(first);
    detail::validate(second);
  }
};

namespace detail {

template <class Rule>
concept OwnRule = requires {
  typename Rule::StopRuleOperand;
};

}  // namespace detail

/// At least one side is a rule of natgrad's; the other may be any callable Progress → std::optional<Status>.
template <class First, class Second>
  requires(detail::OwnRule<First> || detail::OwnRule<Second>)
AnyOf<First, Second>
operator|(First first, Second second) { return {std::move(first), std::move(second)}; }

template <class First, class Second>
  requires(detail::OwnRule<First> || detail::OwnRule<Second>)
AllOf<First, Second>
operator&(First first, Second second) { return {std::move(first), std::move(second)}; }

}  // namespace natgrad
