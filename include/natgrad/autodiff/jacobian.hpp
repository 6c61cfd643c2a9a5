// SPDX-License-Identifier: MIT
#pragma once

/// autodiff_jacobian(r): the Jacobian of a vector of functions, exact to rounding; for LeastSquares.

#include "natgrad/autodiff/autodiff.hpp"
#include "natgrad/core/lent.hpp"

#include <utility>

namespace natgrad {

/// r given as `[](const auto& x, auto& r) {…}`, which writes r[0] … r[n−1] for x of every scalar.
///
/// Called as (x, J): J ← ∂rᵢ/∂xⱼ, n×d, n its number of rows. ⌈d/4⌉ evaluations of r on a Jet of 5 numbers; each thread keeps one
/// vector of n of them.
template <class Residual>
class AutodiffJacobian {
 public:
  explicit AutodiffJacobian(Residual residual) : residual_(std::move(residual)) {}

  template <class V, class Matrix>
  void operator()(const V& x, Matrix& J) const {
    jets::require_size("the transpose of J", J.cols(), x.rows());
    constexpr int K = jets::directions<V>();
    using T = Jet<typename V::Scalar, K>;
    detail::Lent<Eigen::Matrix<T, Eigen::Dynamic, 1>> r;
    r->resize(J.rows());
    jets::WithScalar<T, V> lifted(x.template cast<T>());
    for (Eigen::Index first = 0; first < x.rows(); first += K) {
      const Eigen::Index count = first + K < x.rows() ? K : x.rows() - first;
      for (Eigen::Index k = 0; k < count; ++k) lifted[first + k].derivative[static_cast<std::size_t>(k)] = 1;
      residual_(lifted, *r);
      for (Eigen::Index k = 0; k < count; ++k) {
        for (Eigen::Index i = 0; i < J.rows(); ++i)
          J(i, first + k) = (*r)[i].derivative[static_cast<std::size_t>(k)];
        lifted[first + k].derivative[static_cast<std::size_t>(k)] = 0;
      }
    }
  }

 private:
  Residual residual_;
};

/// LeastSquares{n, r, autodiff_jacobian(r)}
template <class Residual>
AutodiffJacobian<Residual> autodiff_jacobian(Residual residual) {
  static_assert(
      !jets::takes_one_scalar<Residual>,
      "natgrad: autodiff_jacobian calls r with numbers that carry their derivatives: write r for any "
      "scalar, as [](const auto& x, auto& r) { using std::exp; r[0] = exp(x[0]); }");
  return AutodiffJacobian<Residual>(std::move(residual));
}

}  // namespace natgrad
