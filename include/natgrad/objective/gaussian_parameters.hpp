// SPDX-License-Identifier: MIT
#pragma once

/// Coordinates x of a p-variate normal N(μ, Σ): μ or its like first, then p(p+1)/2 entries of a lower triangle, column by
/// column. Each type reads μ and Σ from x, writes x, and gives J = ∂(μ, vech Σ)/∂x.

#include "natgrad/core/vector.hpp"

#include <Eigen/Cholesky>

#include <cmath>

namespace natgrad {

namespace detail {

/// p from d = p + p(p+1)/2; 0 where there is none
inline Index variates(Index d) {
  for (Index p = 1; p <= d; ++p) {
    if (p + p * (p + 1) / 2 == d) return p;
  }
  return 0;
}

/// Calls visit(k, i, j) for entry k ≥ p of x, which is entry (i, j), i ≥ j, of the triangle.
template <class Visit>
void each_pair(Index p, const Visit& visit) {
  for (Index j = 0, k = p; j < p; ++j) {
    for (Index i = j; i < p; ++i, ++k) visit(k, i, j);
  }
}

/// x.tail ← the lower triangle of a symmetric matrix, and back
template <class V, class Matrix>
void to_vech(const Matrix& A, V&& x) {
  each_pair(A.rows(), [&](Index k, Index i, Index j) { x[k] = A(i, j); });
}
template <class V, class Matrix>
void from_vech(const V& x, Matrix& A) {
  each_pair(A.rows(), [&](Index k, Index i, Index j) { A(i, j) = A(j, i) = x[k]; });
}

template <class Scalar>
struct MeanAndCovariance {
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1> mean;
  Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> covariance;
  explicit MeanAndCovariance(Index p) : mean(p), covariance(p, p) {}
};

}  // namespace detail

/// (μ, vech Σ); at p = 1 (μ, σ²)
struct MeanCovariance {
  static constexpr const char *first = "mean",
                              *second = "covariance";  ///< what the p and the p(p + 1)/2 are called

  template <class V, class Moments>
  static bool read(const V& x, Moments& m) {
    m.mean = x.head(m.mean.size());
    detail::from_vech(x, m.covariance);
    return true;
  }
  template <class Moments, class V>
  static void write(const Moments& m, V& x) {
    x.head(m.mean.size()) = m.mean;
    detail::to_vech(m.covariance, x);
  }
  template <class V, class Moments, class Matrix>
  static void jacobian(const V&, const Moments&, Matrix& J) {
    J.setIdentity();
  }
};

/// (μ, the lower triangle of L with log Lᵢᵢ on its diagonal), Σ = LLᵀ: every x is a distribution; at p = 1 (μ, log σ)
struct MeanLogCholesky {
  static constexpr const char *first = "mean",
                              *second = "log Cholesky";  ///< what the p and the p(p + 1)/2 are called

  template <class V, class Moments>
  static bool read(const V& x, Moments& m) {
    m.mean = x.head(m.mean.size());
    const auto L = factor(x, m.mean.size());
    m.covariance.noalias() = L * L.transpose();
    return true;
  }
  template <class Moments, class V>
  static void write(const Moments& m, V& x) {
    x.head(m.mean.size()) = m.mean;
    Square<V> L = m.covariance.llt().matrixL();
    L.diagonal() = L.diagonal().array().log().matrix().eval();
    detail::to_vech(L, x);
  }
  /// dΣ = dL·Lᵀ + L·dLᵀ
  template <class V, class Moments, class Matrix>
  static void jacobian(const V& x, const Moments& m, Matrix& J) {
    const Index p = m.mean.size();
    const Square<V> L = factor(x, p);
    J.setIdentity();
    detail::each_pair(p, [&](Index c, Index i, Index j) {
      const ScalarOf<V> unit = i == j ? L(i, i) : ScalarOf<V>(1);
      detail::each_pair(p, [&](Index r, Index k, Index l) {
        J(r, c) = unit * ((k == i ? L(l, j) : ScalarOf<V>(0)) + (l == i ? L(k, j) : ScalarOf<V>(0)));
      });
    });
  }

 private:
  template <class V>
  using Square = Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, Eigen::Dynamic>;
  template <class V>
  static Square<V> factor(const V& x, Index p) {
    using std::exp;
    Square<V> L = Square<V>::Zero(p, p);
    detail::each_pair(p, [&](Index k, Index i, Index j) { L(i, j) = i == j ? exp(x[k]) : x[k]; });
    return L;
  }
};

/// The natural parameters η = Σ⁻¹μ and of yᵢyⱼ: −½(Σ⁻¹)ᵢᵢ, −(Σ⁻¹)ᵢⱼ; at p = 1 (μ/σ², −1/(2σ²)). Here ∇²f is the Fisher matrix.
struct NaturalParameters {
  static constexpr const char *first = "precision·mean",
                              *second = "−precision";  ///< what the p and the p(p + 1)/2 are called

  template <class V, class Moments>
  static bool read(const V& x, Moments& m) {
    const Index p = m.mean.size();
    Square<V> precision(p, p);
    detail::each_pair(p, [&](Index k, Index i, Index j) {
      precision(i, j) = precision(j, i) = i == j ? ScalarOf<V>(-2) * x[k] : -x[k];
    });
    const Eigen::LLT<Square<V>> cholesky(precision);
    if (cholesky.info() != Eigen::Success) return false;
    m.covariance = cholesky.solve(Square<V>::Identity(p, p));
    m.mean = cholesky.solve(x.head(p));
    return true;
  }
  template <class Moments, class V>
  static void write(const Moments& m, V& x) {
    const Index p = m.mean.size();
    const Eigen::LLT<Square<V>> cholesky(m.covariance);
    const Square<V> precision = cholesky.solve(Square<V>::Identity(p, p));
    x.head(p) = cholesky.solve(m.mean);
    detail::each_pair(p, [&](Index k, Index i, Index j) {
      x[k] = i == j ? ScalarOf<V>(-0.5) * precision(i, i) : -precision(i, j);
    });
  }
  /// dΣ = −Σ·dΛ·Σ and dμ = Σ·dη − Σ·dΛ·μ
  template <class V, class Moments, class Matrix>
  static void jacobian(const V&, const Moments& m, Matrix& J) {
    const Index p = m.mean.size();
    const auto& S = m.covariance;
    J.setZero();
    J.topLeftCorner(p, p) = S;
    detail::each_pair(p, [&](Index c, Index i, Index j) {
      Square<V> change =
          S.col(i) * S.row(j) + S.col(j) * S.row(i);  // −Σ·dΛ·Σ with −dΛ = eᵢeⱼᵀ + eⱼeᵢᵀ, also at i = j
      J.col(c).head(p) = m.mean[j] * S.col(i) + m.mean[i] * S.col(j);
      detail::to_vech(change, J.col(c));
    });
  }

 private:
  template <class V>
  using Square = Eigen::Matrix<ScalarOf<V>, Eigen::Dynamic, Eigen::Dynamic>;
};

/// The expectation parameters (E[y], vech E[yyᵀ]), Σ = E[yyᵀ] − μμᵀ: a natural-gradient step of length α averages,
/// x ← (1 − α)x + α·(the data's moments).
struct ExpectationParameters {
  static constexpr const char *first = "E[y]",
                              *second = "E[yy]";  ///< what the p and the p(p + 1)/2 are called

  template <class V, class Moments>
  static bool read(const V& x, Moments& m) {
    m.mean = x.head(m.mean.size());
    detail::from_vech(x, m.covariance);
    m.covariance -= m.mean * m.mean.transpose();
    return true;
  }
  template <class Moments, class V>
  static void write(const Moments& m, V& x) {
    x.head(m.mean.size()) = m.mean;
    detail::to_vech((m.covariance + m.mean * m.mean.transpose()).eval(), x);
  }
  /// dΣ = dE[yyᵀ] − dμ·μᵀ − μ·dμᵀ
  template <class V, class Moments, class Matrix>
  static void jacobian(const V&, const Moments& m, Matrix& J) {
    J.setIdentity();
    detail::each_pair(m.mean.size(), [&](Index r, Index k, Index l) {
      J(r, k) -= m.mean[l];
      J(r, l) -= m.mean[k];
    });
  }
};

}  // namespace natgrad
