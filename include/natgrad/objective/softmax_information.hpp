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

  /// out ← w·pₖ(δₖₗ − pₗ)/n, n numbers
  void curvature(Index k, Index l, Vector& out) const {
    out = P.col(k).cwiseProduct(P.col(l)) * -share();
    if (k == l) out += P.col(k) * share();
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

  /// out ← Dᵀ(w ∘ (P∘U − P∘rowsum(P∘U)))/n, U = DV; V and out: inputs×columns
  template <class Features, class Direction, class Output>
  void times(const kernel::Design<Features>& D, const Direction& V, Output& out) const {
    thread_local Matrix U;
    U.resize(P.rows(), P.cols());
    kernel::margins(D, V, 0, U);
    U.array() *= P.array();
    for (Index i = 0; i < P.rows(); ++i) {
      U.row(i) -= U.row(i).sum() * P.row(i);
      if (weights.size() > 0) U.row(i) *= weights[i];
    }
    kernel::transpose_times(D, U, out);
    out *= share();
  }

  /// G ← E[diag(p) − ppᵀ], columns×columns
  void between_classes(Matrix& G) const {
    const Matrix weighted = weights.size() > 0 ? Matrix(weights.asDiagonal() * P) : P;
    G.noalias() = weighted.transpose() * P * -share();
    G.diagonal() += weighted.colwise().sum().transpose() * share();
  }

 private:
  Scalar share() const { return Scalar(1) / Scalar(static_cast<double>(P.rows())); }
};

}  // namespace natgrad::detail
