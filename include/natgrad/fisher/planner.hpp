// SPDX-License-Identifier: MIT
#pragma once

/// Which form is cheapest for n rows of d parameters: a count of flops, a product with streamed data weighing more than one
/// of a matrix in cache.

#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>

namespace natgrad {

enum class Form { dense, dual, conjugate_gradient };

/// What is known before the first point.
struct SolveProblem {
  double rows = 0;        ///< of R with M = RᵀR/n; 0 where M is not of that form
  double dimension = 0;   ///< d
  double entries = 0;     ///< of R that are not zero, of which a product reads each; 0: all
  double scalar = 8;      ///< bytes of a number
  double memory = 0;      ///< bytes that a form may take
  bool has_dense = true;  ///< the objective gives what the form needs
  bool has_dual = false;
  bool has_product = false;
  bool writes_rows = true;  ///< the dual form copies the rows
};

struct SolvePlan {
  Form form = Form::dense;
  const char* reason = "";
  Index products =
      0;  ///< what conjugate gradients may spend at one point before the matrix would have been cheaper; 0: no limit
};

namespace detail {

/// Flops of one solve, in units of those of a large matrix product.
struct SolveCosts {
  double dense, dual, product;

  explicit SolveCosts(const SolveProblem& p) {
    const double n = std::max(p.rows, 1.0), d = p.dimension;
    const double entries = p.entries > 0 ? p.entries : n * d;
    product = 16 * entries;  // 4 flops an entry at the speed of memory
    dense = gram(n, d, entries) + d * d * d / 3;
    dual = gram(d, n, entries) + n * n * n / 3 + 2 * product;
  }

 private:
  /// RᵀR, R: n×d; of a sparse one entry by entry, each of which costs as much as a dozen in a row
  static double gram(double n, double d, double entries) {
    return std::min(n * d * d, 16 * entries * entries / n);
  }
};

inline double dense_bytes(const SolveProblem& p) { return 2 * p.dimension * p.dimension * p.scalar; }
inline double dual_bytes(const SolveProblem& p) {
  return ((p.writes_rows ? p.rows * p.dimension : 0) + 2 * p.rows * p.rows) * p.scalar;
}

}  // namespace detail

inline SolvePlan plan_solve(const SolveProblem& p) {
  const detail::SolveCosts cost(p);
  const bool dense = p.has_dense && detail::dense_bytes(p) <= p.memory;
  const bool dual = p.has_dual && detail::dual_bytes(p) <= p.memory;
  if (!dense && !dual) {
    if (p.has_product) {
      return {Form::conjugate_gradient,
              p.has_dense ? "a matrix would exceed the memory budget" : "the objective gives products alone",
              0};
    }
    const bool smaller_dual = p.has_dual && detail::dual_bytes(p) < detail::dense_bytes(p);
    return {smaller_dual ? Form::dual : Form::dense,
            "nothing smaller is at hand, though it exceeds the memory budget", 0};
  }
  const bool take_dual = dual && (!dense || cost.dual < cost.dense);
  const double exact = take_dual ? cost.dual : cost.dense;
  // Products win by far over many rows, where the matrix costs as much as dozens of them, and where it costs as much as a hundred, as
  // of sparse rows. How many will be needed is not known before: once they have cost as much as the matrix, the matrix takes over,
  // so that at most a factor 2 is lost.
  const bool many_rows = p.rows >= 16 * p.dimension && exact > 24 * cost.product;
  if (p.has_product && p.rows > 0 && (many_rows || exact > 100 * cost.product)) {
    return {Form::conjugate_gradient, "a matrix costs as much as many products",
            static_cast<Index>(exact / cost.product)};
  }
  if (take_dual) return {Form::dual, "the rows are fewer than the parameters", 0};
  return {
      Form::dense,
      p.has_dual && dual ? "the parameters are fewer than the rows" : "the matrix fits in the memory budget",
      0};
}

/// "automatic: dual, because the rows are fewer than the parameters (rows = 50, d = 1000)"
inline std::string describe(const SolvePlan& plan, const SolveProblem& p) {
  const char* form = plan.form == Form::dense ? "dense"
                   : plan.form == Form::dual  ? "dual"
                                              : "conjugate gradients";
  char sizes[64];
  if (p.rows > 0) {
    std::snprintf(sizes, sizeof sizes, " (rows = %.6g, d = %.6g)", p.rows, p.dimension);
  } else {
    std::snprintf(sizes, sizeof sizes, " (d = %.6g)", p.dimension);
  }
  return std::string("automatic: ") + form + ", because " + plan.reason + sizes;
}

}  // namespace natgrad
