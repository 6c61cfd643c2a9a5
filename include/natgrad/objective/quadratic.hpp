// SPDX-License-Identifier: MIT
#pragma once

/// f(x) = ½xᵀAx − bᵀx, with ∇f = Ax − b and ∇²f = A: also the negative log-likelihood, up to a constant, of the mean x of a
/// Gaussian with precision A, so that its Fisher information is A.

#include "natgrad/core/objective.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/kernel/cholesky.hpp"
#include "natgrad/objective/random.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>

namespace natgrad {

namespace detail {

template <class A>
concept DenseMatrix = requires(const A& a) {
  typename A::PlainObject;
  requires std::derived_from<A, Eigen::DenseBase<A>>;
};

/// An expression is kept as its plain matrix, anything else as it is.
template <class A>
struct KeptOperator {
  using type = A;
};
template <DenseMatrix A>
struct KeptOperator<A> {
  using type = typename A::PlainObject;
};

/// A copy, or one product a column.
template <class A, class Matrix>
void to_dense(const A& a, Matrix& out) {
  if constexpr (requires { out = a; }) {
    out = a;
  } else {
    using V = Eigen::Matrix<typename Matrix::Scalar, Matrix::RowsAtCompileTime, 1>;
    for (Index j = 0; j < out.cols(); ++j) out.col(j) = V(a * V(V::Unit(out.rows(), j)));
  }
}

}  // namespace detail

/// A: d×d, symmetric: a dense Eigen matrix, a sparse one, or any linear operator with `A * v`. b: d.
///
/// As a likelihood it has n samples y₁ … yₙ of N(A⁻¹b, A⁻¹), drawn in pairs on both sides of the mean, so that f is exactly
/// their mean negative log-likelihood (less a constant). The score of sample i is A(yᵢ − x) = Lzᵢ + b − Ax with LLᵀ = A and
/// zᵢ standard normal. Scores need a positive definite A.
template <class A, class B>
class Quadratic {
 public:
  using Scalar = typename B::Scalar;
  using Vector = B;
  using Matrix = SquareMatrix<B>;

  /// Throws std::invalid_argument where A is not square, b does not fit, or an entry is NaN or infinite.
  Quadratic(A a, B b, Index samples = 1000, std::uint64_t seed = 1)
      : a_(std::move(a)), b_(std::move(b)), samples_(samples), seed_(seed) {
    detail::require(b_.size() > 0, "Quadratic: b.size()", b_.size(), "at least one entry");
    detail::require(samples > 0, "Quadratic: samples", samples, "a count ≥ 1");
    if constexpr (requires { a_.rows(); }) {
      detail::require(a_.rows() == b_.size() && a_.cols() == b_.size(), "Quadratic: A.rows()", a_.rows(),
                      "a square matrix of b.size() rows");
    }
    detail::require_finite("Quadratic: b", b_);
    if constexpr (detail::DenseMatrix<A>) {
      detail::require_finite("Quadratic: A", a_);
      require_symmetric(a_);
    }
  }

  Index dimension() const { return b_.size(); }

  template <class V>
  Scalar value(const V& x) const {
    const V product = a_ * x;
    return Scalar(0.5) * x.dot(product) - b_.dot(x);
  }

  template <class V>
  void gradient(const V& x, V& g) const {
    assign_product(x, g);
    g -= b_;
  }

  /// f = ½xᵀ(∇f − b): the value is free once the gradient is known.
  template <class V>
  Scalar value_and_gradient(const V& x, V& g) const {
    gradient(x, g);
    return Scalar(0.5) * (x.dot(g) - x.dot(b_));
  }

  template <class V>
  void hessian(const V&, SquareMatrix<V>& H) const {
    detail::to_dense(a_, H);
  }

  template <class V>
  void hessian_times(const V&, const V& v, V& Hv) const {
    assign_product(v, Hv);
  }

  template <class V>
  void hessian_diagonal(const V&, V& D) const requires requires(const A& a) {
    a.diagonal();
  }
  { D = a_.diagonal(); }

  template <class V>
  void fisher(const V&, SquareMatrix<V>& F) const {
    detail::to_dense(a_, F);
  }

  template <class V>
  void fisher_diagonal(const V&, V& D) const requires requires(const A& a) {
    a.diagonal();
  }
  { D = a_.diagonal(); }

  template <class V>
  void fisher_times(const V&, const V& v, V& Fv) const {
    assign_product(v, Fv);
  }

  Index sample_count() const { return samples_; }

  /// row i: Lzᵢ + b − Ax
  template <class V>
  void scores(const V& x, Index first, Scores<V>& S) const {
    const Matrix L = root();
    const V residual = b_ - a_ * x;
    for (Index i = 0; i < S.rows(); ++i) {
      const Index sample = first + i;
      const bool alone = sample == samples_ - 1 && samples_ % 2 == 1;
      const Scalar sign = alone ? Scalar(0) : sample % 2 == 0 ? Scalar(1) : Scalar(-1);
      const B spread = L * normal_vector(seed_, static_cast<std::uint64_t>(sample / 2));
      S.row(i) = (residual + sign * spread).transpose();
    }
  }

  /// row i at a sample of the model N(x, A⁻¹): Lz
  template <class V>
  void sampled_scores(const V&, Index first, std::uint64_t seed, Scores<V>& S) const {
    const Matrix L = root();
    for (Index i = 0; i < S.rows(); ++i) {
      S.row(i) = (L * normal_vector(seed, static_cast<std::uint64_t>(first + i))).transpose();
    }
  }

  /// A⁻¹b. Throws std::invalid_argument where A is not positive definite, for then there is none.
  B minimizer() const {
    B x = b_;
    const Matrix L = root();
    kernel::solve_lower(L.data(), x.size(), x.size(), x.data());
    kernel::solve_lower_transposed(L.data(), x.size(), x.size(), x.data());
    return x;
  }

 private:
  template <class V>
  void assign_product(const V& x, V& out) const {
    if constexpr (detail::DenseMatrix<A>) {
      out.noalias() = a_ * x;
    } else {
      out = a_ * x;
    }
  }

  /// L with LLᵀ = A, found when it is asked for: the objective keeps no state
  Matrix root() const {
    const Index d = b_.size();
    Matrix L(d, d);
    detail::to_dense(a_, L);
    B diagonal(d);
    for (Index i = 0; i < d; ++i) diagonal[i] = L(i, i);
    if (!kernel::cholesky(L.data(), d, d, diagonal.data(), Scalar(0))) {
      detail::reject("Quadratic: A", "an indefinite matrix", "a positive definite one for this");
    }
    for (Index j = 1; j < d; ++j) {
      for (Index i = 0; i < j; ++i) L(i, j) = Scalar(0);
    }
    return L;
  }

  B normal_vector(std::uint64_t seed, std::uint64_t index) const {
    IndexedRandom random(seed, index);
    B z(b_.size());
    for (Index j = 0; j < z.size(); ++j) z[j] = Scalar(random.normal());
    return z;
  }

  static void require_symmetric(const A& a) {
    const Scalar allowed = Scalar(64) * epsilon<Scalar>() * a.cwiseAbs().maxCoeff();
    for (Index j = 0; j < a.cols(); ++j) {
      for (Index i = j + 1; i < a.rows(); ++i) {
        if (Eigen::numext::abs(a(i, j) - a(j, i)) <= allowed) continue;
        detail::reject(detail::Argument("Quadratic", "A").at(i, j), a(i, j),
                       "a symmetric matrix, but the entry across the diagonal differs");
      }
    }
  }

  A a_;
  B b_;
  Index samples_;
  std::uint64_t seed_;
};

template <class A, class B>
Quadratic(const A&, const B&) -> Quadratic<typename detail::KeptOperator<A>::type, PlainVector<B>>;
template <class A, class B>
Quadratic(const A&, const B&, Index) -> Quadratic<typename detail::KeptOperator<A>::type, PlainVector<B>>;
template <class A, class B>
Quadratic(const A&, const B&, Index, std::uint64_t)
    -> Quadratic<typename detail::KeptOperator<A>::type, PlainVector<B>>;

}  // namespace natgrad
