// SPDX-License-Identifier: MIT
#pragma once

/// α = sᵀMs / sᵀy of the last step, safeguarded by the largest of the last `memory` values (Barzilai & Borwein 1988; Raydan 1997).

#include "natgrad/core/policy.hpp"
#include "natgrad/core/require.hpp"

#include <algorithm>
#include <array>

namespace natgrad {

struct BarzilaiBorwein {
  double sufficient_decrease = 1e-4;  ///< c₁ in (0, ½), against the largest of the last values
  int memory = 10;                    ///< how many values f may rise above, 1 … 32; 1: f never rises
  int max_trials = 60;

  template <class Scalar>
  class Run {
   public:
    explicit Run(const BarzilaiBorwein& options) : options_(options) {}

    template <class Search>
    typename Search::Step operator()(Search& search) {
      remember(search.value());
      const Scalar highest =
          *std::max_element(values_.begin(), values_.begin() + std::min(count_, options_.memory));
      const Scalar secant = search.iteration() > 0 ? search.secant_length() : Scalar(0);
      Scalar alpha = secant > Scalar(0) ? secant : search.initial_length();
      for (int trial = 0; trial < options_.max_trials; ++trial) {
        const Scalar bound = highest + Scalar(options_.sufficient_decrease) * alpha * search.slope();
        if (search.value(alpha) <= bound && search.usable(alpha)) return alpha;
        if (search.sufficient(alpha, Scalar(options_.sufficient_decrease))) return alpha;
        alpha *= Scalar(0.25);
      }
      return NoStep{"no α on the way back to 0 lowers f below its last values"};
    }

   private:
    void remember(const Scalar& value) {
      values_[static_cast<std::size_t>(count_ % options_.memory)] = value;
      ++count_;
    }

    const BarzilaiBorwein& options_;
    std::array<Scalar, 32> values_{};
    int count_ = 0;
  };

  template <class Scalar>
  Run<Scalar> start() const {
    return Run<Scalar>(*this);
  }

  void validate() const {
    using detail::require;
    require(sufficient_decrease > 0 && sufficient_decrease < 0.5, "BarzilaiBorwein.sufficient_decrease",
            sufficient_decrease, "a number in (0, 0.5)");
    require(memory >= 1 && memory <= 32, "BarzilaiBorwein.memory", memory, "a count in 1 … 32");
    require(max_trials >= 1, "BarzilaiBorwein.max_trials", max_trials, "a count ≥ 1");
  }
};

}  // namespace natgrad
