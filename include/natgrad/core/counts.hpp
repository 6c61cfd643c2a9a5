// SPDX-License-Identifier: MIT
#pragma once

/// What a run asked of the objective, call by call, and how much it may ask.

#include "natgrad/core/vector.hpp"

#include <chrono>
#include <limits>
#include <ostream>

namespace natgrad {

/// Every figure is a number of real calls; a fused call counts once under each name it serves.
struct Counts {
  Index values = 0;          ///< f
  Index gradients = 0;       ///< ∇f
  Index hessians = 0;        ///< ∇²f as a matrix
  Index fishers = 0;         ///< F as a matrix, or one pass over the scores
  Index products = 0;        ///< ∇²f·v or F·v without the matrix
  Index factorizations = 0;  ///< of M + λD

  friend bool operator==(const Counts&, const Counts&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Counts& c) {
    return out << "f " << c.values << ", ∇f " << c.gradients << ", H " << c.hessians << ", F " << c.fishers
               << ", products " << c.products << ", factorizations " << c.factorizations;
  }
};

using Clock = std::chrono::steady_clock;

/// What a stop rule allows: held to within one evaluation, also inside a step policy's search.
struct Budget {
  Index evaluations = std::numeric_limits<Index>::max();  ///< of f
  double seconds = std::numeric_limits<double>::infinity();
};

/// A rule that knows its limits; both hold when rules are joined by `|`.
template <class Rule>
concept HasBudget = requires(const Rule& rule) {
  { rule.budget() } -> std::same_as<Budget>;
};

template <class Rule>
Budget budget_of(const Rule& rule) {
  if constexpr (HasBudget<Rule>) {
    return rule.budget();
  } else {
    return {};
  }
}

}  // namespace natgrad
