// SPDX-License-Identifier: MIT
#pragma once
/// The design matrix D = X or [X 1], the margins m = D x + offset, and what a pass hands to a row loss.

#include <Eigen/Core>

#include <type_traits>

namespace natgrad::kernel {

using Eigen::Index;

/// One value for each row of a block and each output: rows × outputs, column k is output k and contiguous.
template <class T, int Outputs = 1>
using RowValues = Eigen::Map<Eigen::Array<T, Eigen::Dynamic, Outputs>, 0,
                             std::conditional_t<Outputs == 1, Eigen::Stride<0, 0>, Eigen::OuterStride<>>>;
template <class T, int Outputs = 1>
using ConstRowValues =
    Eigen::Map<const Eigen::Array<T, Eigen::Dynamic, Outputs>, 0,
               std::conditional_t<Outputs == 1, Eigen::Stride<0, 0>, Eigen::OuterStride<>>>;

/// D = X, or [X 1] when there is an intercept, which is then the LAST parameter; nothing is copied.
/// X is n×d: dense in either order (Matrix, Map, Ref, Block, Transpose; inner stride 1), or sparse in either order.
/// Holds a reference to X: build it where it is used.
template <class Matrix>
struct Design {
  using Scalar = typename Matrix::Scalar;

  const Matrix& features;
  bool intercept = false;
  /// n known terms of the margin, or null; read by what computes margins (one output only).
  const Scalar* offset = nullptr;

  Index rows() const { return features.rows(); }
  /// d, or d + 1 with an intercept
  Index parameters() const { return features.cols() + (intercept ? 1 : 0); }
};

template <class Matrix>
Design(const Matrix&) -> Design<Matrix>;
template <class Matrix>
Design(const Matrix&, bool) -> Design<Matrix>;
template <class Matrix>
Design(const Matrix&, bool, const typename Matrix::Scalar*) -> Design<Matrix>;

/// Consecutive rows of one pass, as a row loss sees them. A row loss is any const callable
///     T operator()(RowBlock<T>& block) const        // K outputs: RowBlock<T, K>
/// that returns Σ loss over the block's rows and fills what is asked for. It is called from several threads at once.
template <class T, int Outputs = 1>
struct RowBlock {
  /// number of the block's first row in X
  Index first;
  /// m, rows × outputs
  ConstRowValues<T, Outputs> margin;
  /// out: rᵢₖ = ∂lossᵢ/∂mᵢₖ, rows × outputs; fill it when wants_residual()
  RowValues<T, Outputs> residual;
  /// out: wᵢ = ∂²lossᵢ/∂mᵢ² (or the Fisher weight), rows; fill it when wants_curvature(). One output only.
  RowValues<T, 1> curvature;

  Index rows() const { return margin.rows(); }
  bool wants_residual() const { return residual.rows() > 0; }
  bool wants_curvature() const { return curvature.rows() > 0; }
};

}  // namespace natgrad::kernel
