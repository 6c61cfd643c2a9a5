// SPDX-License-Identifier: MIT
#pragma once

/// f(x) = ½·mean rᵢ(x)²: the mean negative log-likelihood, less a constant, of residuals r ~ N(0, 1).

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/lent.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/fisher/row_gram.hpp"
#include "natgrad/kernel/small_products.hpp"
#include "natgrad/objective/random.hpp"

#include <concepts>
#include <cstdint>
#include <limits>
#include <utility>

namespace natgrad {

/// LeastSquares{n, residual, jacobian}: residual(x, r) writes the n residuals, jacobian(x, J) the n×d matrix ∂rᵢ/∂xⱼ.
///
/// The score of residual i is −rᵢ∇rᵢ and the expected Fisher information JᵀJ/n, so that the damped natural gradient
/// −(JᵀJ/n + λD)⁻¹Jᵀr/n is the Levenberg–Marquardt step, D = diag(JᵀJ/n) and at least 0.87 of what it was a step before; undamped it is
/// the Gauss–Newton step.
/// The variance of the residuals is estimated by inference, as Σrᵢ²/(n − d). Each thread keeps one r and one J; a
/// residual may run a fit by least squares of its own.
template <class Residual, class Jacobian>
class LeastSquares {
 public:
  /// Throws std::invalid_argument where n < 1.
  LeastSquares(Index residuals, Residual residual, Jacobian jacobian)
      : count_(residuals), residual_(std::move(residual)), jacobian_(std::move(jacobian)) {
    detail::require(residuals > 0, "LeastSquares: residuals", residuals, "a count ≥ 1");
  }

  Index sample_count() const { return count_; }

  template <class V>
  ScalarOf<V> value(const V& x) const {
    detail::Lent<Residuals<V>> r;
    residuals(x, *r);
    return half_mean_square<V>(*r);
  }

  template <class V>
  void gradient(const V& x, V& g) const {
    value_and_gradient(x, g);
  }

  template <class V>
  ScalarOf<V> value_and_gradient(const V& x, V& g) const {
    detail::Lent<Residuals<V>> r;
    detail::Lent<JacobianMatrix<V>> J;
    residuals(x, *r);
    jacobian(x, *J);
    transposed_times(*J, *r, share<V>(), g);
    return half_mean_square<V>(*r);
  }

  template <class V>
  void score(const V& x, Index i, V& s) const {
    detail::Lent<Residuals<V>> r;
    detail::Lent<JacobianMatrix<V>> J;
    residuals(x, *r);
    jacobian(x, *J);
    s.resize(x.size());
    for (Index j = 0; j < x.size(); ++j) s[j] = -(*r)[i] * (*J)(i, j);
  }

  template <class V>
  void scores(const V& x, Index first, Scores<V>& S) const {
    detail::Lent<Residuals<V>> r;
    residuals(x, *r);
    fisher_rows(x, first, S);
    for (Index i = 0; i < S.rows(); ++i) {
      for (Index j = 0; j < S.cols(); ++j) S(i, j) *= -(*r)[first + i];
    }
  }

  template <class V>
  void sampled_scores(const V& x, Index first, std::uint64_t seed, Scores<V>& S) const {
    fisher_rows(x, first, S);
    for (Index i = 0; i < S.rows(); ++i) {
      const ScalarOf<V> drawn(IndexedRandom(seed, static_cast<std::uint64_t>(first + i)).normal());
      for (Index j = 0; j < S.cols(); ++j) S(i, j) *= drawn;
    }
  }

  template <class V>
  void fisher(const V& x, SquareMatrix<V>& F) const {
    detail::Lent<JacobianMatrix<V>> J;
    jacobian(x, *J);
    F.resize(x.size(), x.size());
    gram<V>(*J, F);
    kernel::symmetrize(F);
    detail::scale(F, share<V>());
  }

  template <class V>
  void fisher_times(const V& x, const V& v, V& Fv) const {
    detail::Lent<JacobianMatrix<V>> J;
    detail::Lent<Residuals<V>> Jv;
    jacobian(x, *J);
    detail::set_zero(*Jv, count_);
    add_times(*J, v, *Jv);
    transposed_times(*J, *Jv, share<V>(), Fv);
  }

  /// the rows of J; each call evaluates all of them
  template <class V>
  void fisher_rows(const V& x, Index first, Scores<V>& S) const {
    detail::Lent<JacobianMatrix<V>> J;
    jacobian(x, *J);
    for (Index j = 0; j < S.cols(); ++j) {
      for (Index i = 0; i < S.rows(); ++i) S(i, j) = (*J)(first + i, j);
    }
  }

  /// Jᵀ·∂²r/∂v²/n, ∂²r/∂v² by a difference: 2((r(x + hv) − r(x))/h − Jv)/h with h = 0.1, as v is a step already
  template <class V>
  void gradient_bend(const V& x, const V& v, V& out) const {
    const ScalarOf<V> h(0.1);
    detail::Lent<JacobianMatrix<V>> J;
    jacobian(x, *J);
    detail::Lent<V> ahead;
    ahead->resize(x.size());
    detail::set_sum(*ahead, x, h, v);
    detail::Lent<Residuals<V>> bend;
    residual_change(x, *ahead, *bend);
    detail::scale(*bend, ScalarOf<V>(-1) / h);
    add_times(*J, v, *bend);
    transposed_times(*J, *bend, ScalarOf<V>(-2) / h * share<V>(), out);
  }

  /// ½·mean of the squared change of the residuals
  template <class V>
  ScalarOf<V> kl(const V& x, const V& x_new) const {
    detail::Lent<Residuals<V>> change;
    residual_change(x, x_new, *change);
    return half_mean_square<V>(*change);
  }

  /// Σrᵢ²/(n − d)
  template <class V>
  ScalarOf<V> dispersion(const V& x) const {
    return dispersion(x, static_cast<double>(count_ - x.size()));
  }

  /// The same on so many degrees of freedom, which are more than n − d where columns of J depend on one another.
  template <class V>
  ScalarOf<V> dispersion(const V& x, double degrees) const {
    detail::Lent<Residuals<V>> r;
    residuals(x, *r);
    return detail::dot(*r, *r) / ScalarOf<V>(degrees);
  }

 private:
  template <class V>
  using Residuals = Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, 1>;
  template <class V>
  using JacobianMatrix = Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, V::RowsAtCompileTime>;

  /// so that an entry which the callable does not write is seen
  template <class V>
  static constexpr ScalarOf<V> kLeftOut = std::numeric_limits<ScalarOf<V>>::quiet_NaN();

  template <class V>
  ScalarOf<V> share() const {
    return ScalarOf<V>(1) / ScalarOf<V>(static_cast<double>(count_));
  }

  template <class V>
  ScalarOf<V> half_mean_square(const Residuals<V>& r) const {
    return ScalarOf<V>(0.5) * detail::dot(r, r) * share<V>();
  }

  /// A small J is summed by loops, to the same bits on every machine.
  template <class V>
  static bool is_small(const JacobianMatrix<V>& J) {
    return !detail::use_kernels<V> || J.size() <= 1024;
  }

  /// F ← JᵀJ, lower triangle
  template <class V>
  static void gram(const JacobianMatrix<V>& J, SquareMatrix<V>& F) {
    if constexpr (detail::use_kernels<V>) {
      if (!is_small<V>(J)) return kernel::gram(kernel::Design<JacobianMatrix<V>>{J}, nullptr, F);
    }
    kernel::small_gram(J.data(), J.rows(), J.cols(), F);
  }

  /// out ← a·Jᵀr
  template <class V>
  static void transposed_times(const JacobianMatrix<V>& J, const Residuals<V>& r, const ScalarOf<V>& a,
                               V& out) {
    detail::set_zero(out, J.cols());
    const Index n = J.rows();
    if (is_small<V>(J)) {
      kernel::small_transposed_times(J.data(), n, J.cols(), r.data(), out.data());
    } else {
      kernel::add_columns_transposed(J.data(), n, n, J.cols(), r.data(), out.data());
    }
    detail::scale(out, a);
  }

  /// r ← r + Jv
  template <class V>
  static void add_times(const JacobianMatrix<V>& J, const V& v, Residuals<V>& r) {
    kernel::add_columns(J.data(), J.rows(), J.rows(), J.cols(), v.data(), r.data());
  }

  /// r(x_new) − r(x)
  template <class V>
  void residual_change(const V& x, const V& x_new, Residuals<V>& change) const {
    detail::Lent<Residuals<V>> before;
    residuals(x, *before);
    residuals(x_new, change);
    detail::add_scaled(ScalarOf<V>(-1), *before, change);
  }

  template <class V>
  void residuals(const V& x, Residuals<V>& r) const {
    constexpr bool callable = std::invocable<const Residual&, const V&, Residuals<V>&>;
    static_assert(
        callable,
        "natgrad: the residual of LeastSquares must be callable as (const V& x, R& r), which writes the n "
        "entries of the column vector r; `auto& r` takes any.");
    r.resize(count_);
    detail::fill(r, kLeftOut<V>);
    if constexpr (callable) residual_(x, r);
    if (r.size() != count_)
      detail::reject("LeastSquares: residual(x, r): r.size()", r.size(), "the number of residuals");
  }

  template <class V>
  void jacobian(const V& x, JacobianMatrix<V>& J) const {
    constexpr bool callable = std::invocable<const Jacobian&, const V&, JacobianMatrix<V>&>;
    static_assert(
        callable,
        "natgrad: the jacobian of LeastSquares must be callable as (const V& x, M& J), which writes the n×d "
        "entries of J, an Eigen::Matrix<Scalar, Dynamic, V::RowsAtCompileTime>; `auto& J` takes it.");
    J.resize(count_, x.size());
    detail::fill(J, kLeftOut<V>);
    if constexpr (callable) jacobian_(x, J);
    if (J.rows() != count_)
      detail::reject("LeastSquares: jacobian(x, J): J.rows()", J.rows(), "the number of residuals");
    if (J.cols() != x.size()) detail::reject("LeastSquares: jacobian(x, J): J.cols()", J.cols(), "x.size()");
  }

  Index count_;
  Residual residual_;
  Jacobian jacobian_;
};

namespace detail {
struct NoJacobian {};
struct CountLast {};
}  // namespace detail

/// What n and the residuals alone deduce.
template <class Residual>
class LeastSquares<Residual, detail::NoJacobian> {
  static_assert(
      sizeof(Residual) == 0,
      "natgrad: LeastSquares needs the Jacobian of the residuals: LeastSquares{n, r, autodiff_jacobian(r)} "
      "for r = [](const auto& x, auto& out) {...}, or LeastSquares{n, r, jacobian} with jacobian(x, J).");

 public:
  LeastSquares(Index, Residual) {}
};

/// The number of residuals after them.
template <class Residual>
class LeastSquares<Residual, detail::CountLast> {
  static_assert(sizeof(Residual) == 0,
                "natgrad: LeastSquares takes the number of residuals first: LeastSquares{n, r, jacobian}.");

 public:
  template <class Jacobian>
  LeastSquares(Residual, Jacobian, Index) {}
};

template <class Residual, class Jacobian>
  requires(!std::convertible_to<Residual, Index>)
LeastSquares(Residual, Jacobian, Index)
->LeastSquares<Residual, detail::CountLast>;
template <class Residual>
LeastSquares(Index, Residual) -> LeastSquares<Residual, detail::NoJacobian>;

}  // namespace natgrad
