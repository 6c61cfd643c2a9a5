// SPDX-License-Identifier: MIT
#pragma once

/// What no model takes: each is an std::invalid_argument that names the argument and its value.

#include "natgrad/core/require.hpp"
#include "natgrad/core/vector.hpp"

#include <type_traits>

namespace natgrad::detail {

/// n finite numbers ≥ 0 that do not sum to 0, or none.
template <class V>
void check_weights(const Argument& argument, const V& weights, Index n) {
  if (weights.size() == 0) return;
  require(weights.size() == n, argument.size(), weights.size(), "one weight for each row of X, or none");
  require_finite(argument, weights);
  for (Index i = 0; i < n; ++i) {
    if (!(weights[i] >= 0)) reject(argument.at(i), weights[i], "a weight ≥ 0");
  }
  const auto sum = weights.sum();
  // they are scaled by n over it
  require(sum > 0 && is_finite(sum) && is_finite(decltype(sum)(static_cast<double>(n)) / sum), argument, sum,
          "a positive sum, neither too large nor too small to scale by");
}

/// Scales n weights, if there are any, so that they sum to n. Returns their sum as given, or n: how many observations they are.
template <class V>
double scale_weights(V& weights, Index n) {
  using Scalar = typename V::Scalar;
  if (weights.size() == 0) return static_cast<double>(n);
  const Scalar total = weights.sum();
  weights *= Scalar(1) / (total * (Scalar(1) / Scalar(static_cast<double>(n))));
  return static_cast<double>(total);
}

/// The data of a model of n rows, but for its labels. labels: their name; options: intercept, ridge, weights and names
template <class Features, class Options>
void check_data(const char* model, const Features& features, const char* labels, Index label_count,
                const Options& options) {
  using Scalar = std::remove_cvref_t<decltype(options.ridge)>;
  const Index n = features.matrix().rows(), d = features.matrix().cols();
  const Index names = static_cast<Index>(options.names.size());
  require(n > 0, {model, "X.rows()"}, n, "at least one sample");
  require(d > 0 || options.intercept, {model, "X.cols()"}, d, "at least one column, or an intercept");
  require(label_count == n, Argument(model, labels).size(), label_count,
          "one label or response for each row of X");
  features.require_finite({model, "X"});
  require(options.ridge >= Scalar(0) && is_finite(options.ridge), {model, "ridge"}, options.ridge,
          "a finite number ≥ 0");
  check_weights({model, "weights"}, options.weights, n);
  require(names == 0 || names == d, {model, "names.size()"}, names, "one name for each column of X, or none");
}

}  // namespace natgrad::detail
