// SPDX-License-Identifier: MIT
#pragma once

/// The number of samples behind a mean negative log-likelihood, for an objective that cannot say it itself.

#include "natgrad/core/require.hpp"
#include "natgrad/core/vector.hpp"

#include <type_traits>
#include <utility>

namespace natgrad {

/// All that F is, and sample_count().
template <class F>
class WithSamples : public F {
 public:
  WithSamples(F f, Index samples) : F(std::move(f)), samples_(samples) {
    detail::require(samples > 0, "with_samples: samples", samples, "a count ≥ 1");
  }

  Index sample_count() const { return samples_; }

 private:
  Index samples_;
};

/// with_samples(f, n): f is the mean of n negative log-likelihoods; n = 1 where it is their sum. For inference(…) on what a
/// lambda was made into, by autodiff, function or numeric_derivatives. f is copied, or moved from. Throws std::invalid_argument
/// unless n ≥ 1.
template <class F>
auto with_samples(F&& f, Index samples) {
  using Objective = std::remove_cvref_t<F>;
  static_assert(std::is_class_v<Objective> && !std::is_final_v<Objective>,
                "natgrad: with_samples needs an objective, an object of a class that is not final.");
  return WithSamples<Objective>(std::forward<F>(f), samples);
}

}  // namespace natgrad
