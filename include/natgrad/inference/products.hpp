// SPDX-License-Identifier: MIT
#pragma once

/// The few products that inference needs, by columns: Eigen's own take a compiler more time than all else here.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <Eigen/Core>

#include <utility>

namespace natgrad::detail {

template <class Scalar>
using DynamicMatrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

/// AB
template <class Scalar>
DynamicMatrix<Scalar> product(const DynamicMatrix<Scalar>& A, const DynamicMatrix<Scalar>& B) {
  DynamicMatrix<Scalar> out(A.rows(), B.cols());
  fill(out, Scalar(0));
  for (Index j = 0; j < B.cols(); ++j) {
    kernel::add_columns(A.data(), A.rows(), A.rows(), A.cols(), B.data() + j * B.rows(),
                        out.data() + j * out.rows());
  }
  return out;
}

/// A − B
template <class Matrix, class Scalar = typename Matrix::Scalar>
DynamicMatrix<Scalar> difference(const Matrix& A, const Matrix& B) {
  DynamicMatrix<Scalar> out = A;
  for (Index i = 0; i < out.size(); ++i) out.coeffRef(i) -= B.coeff(i);
  return out;
}

/// A ← Aᵀ
template <class Matrix>
void transpose(Matrix& A) {
  for (Index j = 0; j < A.cols(); ++j) {
    for (Index i = 0; i < j; ++i) std::swap(A.coeffRef(i, j), A.coeffRef(j, i));
  }
}

/// AᵀB
template <class Scalar>
DynamicMatrix<Scalar> transposed_product(const DynamicMatrix<Scalar>& A, const DynamicMatrix<Scalar>& B) {
  DynamicMatrix<Scalar> out(A.cols(), B.cols());
  fill(out, Scalar(0));
  for (Index j = 0; j < B.cols(); ++j) {
    kernel::add_columns_transposed(A.data(), A.rows(), A.rows(), A.cols(), B.data() + j * B.rows(),
                                   out.data() + j * out.rows());
  }
  return out;
}

/// AAᵀ
template <class Scalar>
DynamicMatrix<Scalar> outer_product(const DynamicMatrix<Scalar>& A) {
  DynamicMatrix<Scalar> out(A.rows(), A.rows());
  fill(out, Scalar(0));
  for (Index k = 0; k < A.cols(); ++k) {
    const Scalar* column = A.data() + k * A.rows();
    for (Index j = 0; j < A.rows(); ++j)
      kernel::add_scaled(column[j], column, out.data() + j * out.rows(), A.rows());
  }
  return out;
}

}  // namespace natgrad::detail
