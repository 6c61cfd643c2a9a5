// SPDX-License-Identifier: MIT
#pragma once

/// What every check asks of its arguments.

#include "natgrad/check/report.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"

#include <cmath>
#include <stdexcept>
#include <string>

namespace natgrad::detail {

template <class X>
consteval bool point_is_vector() {
  constexpr bool vector = VectorExpression<X>;
  static_assert(vector,
                "natgrad: a check needs x to be an Eigen column vector (Eigen::VectorXd, Eigen::Vector2d, a "
                "Map, a block or an "
                "expression with one column).");
  return vector;
}

/// Throws std::invalid_argument for an x of the wrong length or with NaN.
template <class F, class V>
void check_point(const F& f, const V& x) {
  require(x.size() > 0, "x.size()", x.size(), "at least one entry");
  if constexpr (HasDimension<F>) require_dimension("x.size()", x.size(), Index(f.dimension()));
  require_finite("x", x);
}

/// The relative tolerance, at least √ε of the scalar.
template <class Scalar>
double tolerance_for(const CheckOptions& options) {
  return std::fmax(options.tolerance, std::sqrt(static_cast<double>(epsilon<Scalar>())));
}

/// Runs a part of the checks; an objective that throws std::invalid_argument has not what the part needs, here. False then.
template <class Part>
bool unless_refused(const char* name, CheckReport& report, const Part& part) {
  try {
    part();
    return true;
  } catch (const std::invalid_argument& refusal) {
    Check check;
    check.name = name;
    check.sentence = std::string("Not checked: the objective refuses. ") + refusal.what();
    report.add(check);
    return false;
  }
}

}  // namespace natgrad::detail
