// SPDX-License-Identifier: MIT
#pragma once

/// The row loss of a generalised linear model, for the kernels' passes: loss, ∂loss/∂η and one of its two curvatures.

#include "natgrad/kernel/exponential.hpp"
#include "natgrad/kernel/log_loss.hpp"
#include "natgrad/kernel/poisson_loss.hpp"
#include "natgrad/objective/curvature_memory.hpp"
#include "natgrad/objective/families.hpp"

#include <algorithm>
#include <concepts>
#include <limits>

namespace natgrad::detail {

template <class T, class Family, class Link, Curvature curvature>
struct GlmRows {
  const T* response;  ///< n responses
  const T* weight;    ///< n weights ≥ 0, or null
  const Family& family;
  const Link& link;

  static constexpr bool is_logistic = std::same_as<Family, Binomial> && std::same_as<Link, Logit>;
  static constexpr bool has_kernel =
      is_logistic || (std::same_as<Family, Poisson> && std::same_as<Link, Log>);
  using Kernel = std::conditional_t<is_logistic, kernel::LogisticRows<T>, kernel::PoissonRows<T>>;

  T operator()(kernel::RowBlock<T>& block) const {
    if constexpr (has_kernel) return Kernel{response, weight}(block);
    T sum(0);
    if constexpr (many_under_log) {
      for (Index first = 0; first < block.rows(); first += kAtOnce)
        sum += add_under_log(block, first, std::min(kAtOnce, block.rows() - first));
    } else {
      for (Index i = 0; i < block.rows(); ++i) sum += add(block, i);
    }
    return sum;
  }

  bool takes_strips() const { return Kernel{response, weight}.takes_strips(); }
  T strips(const kernel::StripPass<T>& pass, Eigen::Index first) const requires has_kernel {
    return Kernel{response, weight}.strips(pass, first);
  }

 private:
  using Index = Eigen::Index;
  using Array = Eigen::Array<T, Eigen::Dynamic, 1>;
  static constexpr Index kAtOnce = 256;
  using Rows = Eigen::Array<T, Eigen::Dynamic, 1, Eigen::ColMajor, kAtOnce, 1>;  // never on the heap

  /// Most fits of sizes: one exponential a row, which is had for many rows at once.
  static constexpr bool many_under_log =
      std::same_as<
          Link,
          Log> && requires(const Family& model, Eigen::Map<const Array> y, Rows mu, TermArrays<Rows> rows) {
    model.terms_under_log(y, y, mu, rows);
  };

  T add_under_log(kernel::RowBlock<T>& block, Index first, Index count) const {
    const Eigen::Map<const Array> y(response + block.first + first, count);
    const Eigen::Map<const Array> eta(block.margin.data() + first, count);
    Rows mu(count);
    kernel::exponential(eta.data(), count, mu.data());
    TermArrays<Rows> rows;
    family.terms_under_log(y, eta, mu, rows);
    Rows& bend = curvature == Curvature::observed ? rows.observed : rows.expected;
    if (weight) {
      for (Rows* term : {&rows.loss, &rows.residual, &bend}) weigh(weight + block.first + first, *term);
    }
    if (block.wants_residual()) block.residual.segment(first, count) = rows.residual;
    if (block.wants_curvature()) block.curvature.segment(first, count) = bend;
    return rows.loss.sum();
  }

  /// A weight of 0 takes a row out, whatever its term.
  static void weigh(const T* weight, Rows& term) {
    for (Index i = 0; i < term.size(); ++i) term[i] = weight[i] == T(0) ? T(0) : weight[i] * term[i];
  }

  T add(kernel::RowBlock<T>& block, Index i) const {
    const T w = weight ? weight[block.first + i] : T(1);
    const T eta = block.margin[i];
    RowTerms<T> row{};
    if (w != T(0)) row = link.contains(eta) ? family.terms(link, response[block.first + i], eta) : outside();
    if (block.wants_residual()) block.residual[i] = w * row.residual;
    if (block.wants_curvature())
      block.curvature[i] = w * (curvature == Curvature::observed ? row.observed : row.expected);
    return w * row.loss;
  }

  static RowTerms<T> outside() { return {std::numeric_limits<T>::infinity(), T(0), T(0), T(0)}; }
};

}  // namespace natgrad::detail
