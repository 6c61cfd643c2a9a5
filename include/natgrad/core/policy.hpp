// SPDX-License-Identifier: MIT
#pragma once

/// A step policy is a call `(Search&) → Step{α, λ}`. One that remembers has `start<Scalar>()`, which makes its run state.

#include <concepts>
#include <type_traits>

namespace natgrad {

/// Why a policy found no step: a fixed sentence.
struct NoStep {
  const char* reason = "";
};

/// An accepted step x ← x + α·d with d = −(M + λD)⁻¹∇f, or the reason why there is none. α alone is of the d that stands: as it was
/// damped last.
template <class Scalar>
struct Step {
  Scalar length = Scalar(0);    ///< α
  Scalar damping = Scalar(-1);  ///< λ; −1: as it is
  bool found = false;
  const char* reason = "";

  Step() = default;
  Step(Scalar alpha, Scalar lambda = Scalar(-1)) : length(alpha), damping(lambda), found(true) {}
  Step(NoStep none) : reason(none.reason) {}

  /// A policy may answer in another precision.
  template <class Other>
  explicit Step(const Step<Other>& other)
      : length(Scalar(other.length)),
        damping(Scalar(other.damping)),
        found(other.found),
        reason(other.reason) {}

  explicit operator bool() const { return found; }
};

template <class Scalar>
Step(Scalar) -> Step<Scalar>;
template <class Scalar>
Step(Scalar, Scalar) -> Step<Scalar>;

template <class Policy, class Scalar>
concept HasRunState = requires(const Policy& policy) {
  policy.template start<Scalar>();
};

/// What a policy may answer: a Step, a NoStep, or α alone; a bool would be an α of 0 or 1.
template <class T, class Scalar>
concept StepAnswer =
    !std::same_as<T, bool> && (std::constructible_from<Step<Scalar>, T> || std::convertible_to<T, Scalar>);

template <class Policy, class Search>
concept StepPolicy = requires(Policy& policy, Search& search) {
  { policy(search) } -> StepAnswer<typename Search::Scalar>;
};

namespace detail {

/// The state of one run: the policy's own, or a copy of the policy where it is its own state.
template <class Scalar, class Policy>
auto start(const Policy& policy) {
  if constexpr (HasRunState<Policy, Scalar>) {
    return policy.template start<Scalar>();
  } else {
    return policy;
  }
}

/// Options say for themselves what they allow.
template <class Options>
void validate(const Options& options) {
  if constexpr (requires { options.validate(); }) options.validate();
}

}  // namespace detail

}  // namespace natgrad
