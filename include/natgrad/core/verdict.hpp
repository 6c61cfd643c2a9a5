// SPDX-License-Identifier: MIT
#pragma once

/// What a stop rule says, and how far the loop may doubt it.

#include "natgrad/core/message.hpp"
#include "natgrad/core/progress.hpp"
#include "natgrad/core/status.hpp"

#include <concepts>
#include <optional>

namespace natgrad {

/// A small gradient alone does not make a minimum: it may be a saddle, or f may be measured in small units.
enum class Claim {
  certain,             ///< a limit, a user's rule, a test that cannot mislead: the run ends
  gradient,            ///< ‖∇f‖∞ ≤ a tolerance that the user chose
  gradient_by_default  ///< ‖∇f‖∞ ≤ the default tolerance, which knows nothing of the units of f
};

struct Verdict {
  std::optional<Status> status;
  Claim claim = Claim::certain;
  Reason reason;

  explicit operator bool() const { return status.has_value(); }
};

/// A rule that gives its reasons.
template <class Rule, class V>
concept ReasonedRule = requires(Rule& rule, const Progress<V>& now) {
  { rule.judge(now) } -> std::same_as<Verdict>;
};

/// Any callable Progress → std::optional<Status>.
template <class Rule, class V>
concept StopRule = ReasonedRule<Rule, V> || requires(Rule& rule, const Progress<V>& now) {
  { rule(now) } -> std::convertible_to<std::optional<Status>>;
};

/// Asks any rule in the same way.
template <class Rule, class V>
EIGEN_ALWAYS_INLINE Verdict judge(Rule& rule, const Progress<V>& now) {
  if constexpr (ReasonedRule<Rule, V>) {
    return rule.judge(now);
  } else {
    return {rule(now), Claim::certain, {.remark = "a stop rule of yours"}};
  }
}

}  // namespace natgrad
