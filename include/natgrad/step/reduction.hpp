// SPDX-License-Identifier: MIT
#pragma once

/// ρ = (f(x) − f(x + d)) / (−∇fᵀd − ½dᵀMd): what the step gives of what the model promised (Nocedal & Wright 2006, 4.4).

#include <Eigen/Core>

namespace natgrad::detail {

/// ρ of the step d. Where f cannot resolve the decrease, the slopes do, −½(∇f(x) + ∇f(x + d))ᵀd, if they allow the step at all. An
/// approximate metric (Kronecker factors damped apart) may promise a rise, and keep its word: that is no step either.
template <class Search>
EIGEN_ALWAYS_INLINE typename Search::Scalar reduction_ratio(Search& search,
                                                            const typename Search::Scalar& accept_ratio) {
  using Scalar = typename Search::Scalar;
  const Scalar predicted = search.predicted_decrease(Scalar(1));
  const Scalar ratio = (search.value() - search.value(Scalar(1))) / predicted;
  if (predicted > Scalar(0) && (ratio > accept_ratio || !search.is_blind(predicted))) return ratio;
  if (!(predicted > Scalar(0)) || !search.sufficient(Scalar(1), Scalar(1e-4))) return Scalar(0);
  return Scalar(-0.5) * (search.slope() + search.slope(Scalar(1))) / predicted;
}

}  // namespace natgrad::detail
