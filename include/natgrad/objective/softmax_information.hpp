// SPDX-License-Identifier: MIT
#pragma once

/// The Fisher information of softmax regression, which is its Hessian: Σᵢ wᵢ(diag(pᵢ) − pᵢpᵢᵀ)⊗(xᵢ, 1)(xᵢ, 1)ᵀ/n.

#include "natgrad/kernel/gram.hpp"
#include "natgrad/kernel/linear_pass.hpp"
#include "natgrad/kernel/products.hpp"

#include <Eigen/Core>

namespace natgrad::detail {

template <class Scalar>
struct SoftmaxInformation {
  using Index = Eigen::Index;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  const Matrix& P;        ///< n×columns: the probabilities of the classes that have one
  const Vector& weights;  ///< n numbers of mean 1, or none
  bool reference;         ///< class 0 has no column

  /// out ← w·pₖ(δₖₗ − pₗ)/n, n numbers. 1 − pₖ is the sum of the others: where pₖ is all but 1 the difference has no digits, and
  /// the matrix, which is semidefinite, would get a negative eigenvalue.
  void curvature(Index k, Index l, Vector& out) const {
    if (k != l) {
      out = P.col(k).cwiseProduct(P.col(l)) * -share();
    } else {
      out.resize(P.rows());
      for (Index i = 0; i < P.rows(); ++i) {
        Scalar others = reference ? left_over(i) : Scalar(0);
        for (Index m = 0; m < P.cols(); ++m)
          if (m != k) others += P(i, m);
        out[i] = P(i, k) * others * share();
      }
    }
    if (weights.size() > 0) out = out.cwiseProduct(weights);
  }

  /// F ← the matrix, a block Dᵀdiag(w·pₖ(δₖₗ − pₗ))D/n for each pair of columns: n·d²·K²/4 operations
  template <class Features, class Output>
  void matrix(const kernel::Design<Features>& D, Output& F) const {
    thread_local Vector pair;
    const Index inputs = D.parameters();
    for (Index k = 0; k < P.cols(); ++k) {
      for (Index l = 0; l <= k; ++l) {
        curvature(k, l, pair);
        auto block = F.block(k * inputs, l * inputs, inputs, inputs);
        kernel::gram(D, pair.data(), block);
        kernel::symmetrize(block);
      }
    }
    kernel::symmetrize(F);
  }

  /// out ← Dᵀ(w ∘ P ∘ (U − rowsum(P∘U)))/n, U = DV; V and out: inputs×columns
  template <class Features, class Direction, class Output>
  void times(const kernel::Design<Features>& D, const Direction& V, Output& out) const {
    thread_local Matrix U;
    U.resize(P.rows(), P.cols());
    kernel::margins(D, V, 0, U);
    for (Index i = 0; i < P.rows(); ++i) {
      // Relative to the likeliest class, whose p would cancel: the mean is then a sum of small terms.
      Index top = 0;
      const Scalar likeliest = P.row(i).maxCoeff(&top);
      const Scalar p_reference = reference ? left_over(i) : Scalar(0);
      const Scalar origin = likeliest > p_reference ? U(i, top) : Scalar(0);
      U.row(i).array() -= origin;
      const Scalar mean = U.row(i).dot(P.row(i)) - p_reference * origin;
      U.row(i) = P.row(i).cwiseProduct((U.row(i).array() - mean).matrix());
      if (weights.size() > 0) U.row(i) *= weights[i];
    }
    kernel::transpose_times(D, U, out);
    out *= share();
  }

  /// G ← E[diag(p) − ppᵀ], columns×columns
  void between_classes(Matrix& G) const {
    const Matrix weighted = weights.size() > 0 ? Matrix(weights.asDiagonal() * P) : P;
    G.noalias() = weighted.transpose() * P * -share();
    Vector own;
    for (Index k = 0; k < P.cols(); ++k) {
      curvature(k, k, own);
      G(k, k) = own.sum();
    }
  }

 private:
  /// the probability of a class 0 that has no column
  Scalar left_over(Index i) const {
    const Scalar left = Scalar(1) - P.row(i).sum();
    return left > Scalar(0) ? left : Scalar(0);
  }

  Scalar share() const { return Scalar(1) / Scalar(static_cast<double>(P.rows())); }
};

}  // namespace natgrad::detail
