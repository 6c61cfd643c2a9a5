// SPDX-License-Identifier: MIT
#pragma once

/// How a model keeps the X it is given.

#include "natgrad/core/vector.hpp"

#include <Eigen/SparseCore>

#include <type_traits>

namespace natgrad {

namespace detail {

template <class X>
concept SparseFeatures = requires(const X& x) {
  x.innerIndexPtr();
};

/// Dense memory that can be read in place: contiguous rows or columns.
template <class X>
concept DirectFeatures = MatrixExpression<X> &&(X::Flags& Eigen::DirectAccessBit) != 0
                      && X::InnerStrideAtCompileTime == 1;

template <class X>
struct FeatureTypes {
  static constexpr int order = X::IsRowMajor && X::ColsAtCompileTime != 1 ? Eigen::RowMajor : Eigen::ColMajor;
  using Plain = Eigen::Matrix<typename X::Scalar, Eigen::Dynamic, X::ColsAtCompileTime, order>;
  using View = Eigen::Map<const Plain, Eigen::Unaligned, Eigen::OuterStride<>>;
};

/// X is the type of a forwarded argument.
template <class X>
auto keep_features() {
  using Bare = std::remove_cvref_t<X>;
  if constexpr (SparseFeatures<Bare>) {
    using Plain =
        Eigen::SparseMatrix<typename Bare::Scalar, Bare::IsRowMajor ? Eigen::RowMajor : Eigen::ColMajor,
                            typename Bare::StorageIndex>;
    if constexpr (std::is_lvalue_reference_v<X>) {
      return std::type_identity<Eigen::Ref<const Plain>>{};
    } else {
      return std::type_identity<Plain>{};
    }
  } else {
    constexpr bool temporary =
        std::is_same_v<Bare, typename Bare::PlainObject> && !std::is_lvalue_reference_v<X>;
    if constexpr (DirectFeatures<Bare> && !temporary) {
      return std::type_identity<typename FeatureTypes<Bare>::View>{};
    } else {
      return std::type_identity<typename FeatureTypes<Bare>::Plain>{};
    }
  }
}

}  // namespace detail

/// What a model keeps of an X: a view of an lvalue, a Map or a block; the matrix itself of a temporary.
template <class X>
using KeptFeatures = typename decltype(detail::keep_features<X>())::type;

}  // namespace natgrad
