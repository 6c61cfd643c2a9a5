// SPDX-License-Identifier: MIT
#pragma once

/// What the parameters are called, and the directions that the data do not tell.

#include "natgrad/core/require.hpp"
#include "natgrad/core/vector.hpp"
#include "natgrad/inference/estimates.hpp"

#include <cmath>
#include <concepts>
#include <cstdio>
#include <string>
#include <vector>

namespace natgrad {

/// one name a parameter
template <class F>
concept HasParameterNames = requires(const F& f) {
  { f.parameter_names() } -> std::convertible_to<std::vector<std::string>>;
};

namespace detail {

/// "a − 0.5·b": the components of a null vector by size, at most four
template <class V>
std::string name_direction(const V& v, const V& root, const std::vector<std::string>& names) {
  V size(v.size());
  for (Index i = 0; i < v.size(); ++i) size[i] = Eigen::numext::abs(v[i]) * root[i];
  Index largest = 0;
  const ScalarOf<V> longest = size.maxCoeff(&largest);
  const ScalarOf<V> unit = v[largest];
  std::string text;
  for (int shown = 0;; ++shown) {
    Index i = 0;
    if (!(size.maxCoeff(&i) > ScalarOf<V>(1e-6) * longest)) return text;
    if (shown == 4) return text + " + …";
    const double factor = static_cast<double>(v[i] / unit);
    char number[32];
    std::snprintf(number, sizeof number, "%.4g·", std::abs(factor));
    if (shown > 0) text += factor < 0 ? " − " : " + ";
    if (std::abs(std::abs(factor) - 1) > 5e-5) text += number;
    text += names[static_cast<std::size_t>(i)];
    size[i] = ScalarOf<V>(0);
  }
}

template <class F>
std::vector<std::string> parameter_names(const F& f, const InferenceOptions& options, Index dimension) {
  std::vector<std::string> names = options.names;
  if constexpr (HasParameterNames<F>) {
    if (names.empty()) names = f.parameter_names();
  }
  if (names.empty()) {
    for (Index i = 0; i < dimension; ++i) names.push_back("x[" + std::to_string(i) + "]");
  }
  require(static_cast<Index>(names.size()) == dimension, "inference: names.size()", names.size(),
          "one name for each parameter");
  return names;
}

}  // namespace detail

}  // namespace natgrad
