// SPDX-License-Identifier: MIT
#pragma once

/// The feature matrix X of a model: n×d, dense in either order or sparse, without a copy where the caller keeps it alive.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/kernel/finite.hpp"
#include "natgrad/kernel/vectors.hpp"
#include "natgrad/objective/data_checks.hpp"
#include "natgrad/objective/feature_types.hpp"

#include <Eigen/SparseCore>

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace natgrad {

/// X with the few accesses that a model makes one row at a time; whole passes are the kernels'.
template <class Data>
class Features {
 public:
  using Scalar = typename Data::Scalar;
  /// in the order of a dense X
  using Centred = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic,
                                detail::SparseFeatures<Data> ? 0 : detail::FeatureTypes<Data>::order>;

  /// X is the caller's
  static constexpr bool is_view = [] {
    if constexpr (detail::SparseFeatures<Data>)
      return false;
    else
      return std::is_same_v<Data, typename detail::FeatureTypes<Data>::View>;
  }();

  template <class X>
  explicit Features(X&& features) : matrix_(make(std::forward<X>(features))) {}

  const Data& matrix() const { return matrix_; }

  /// xᵢᵀ·(the first d entries of x)
  template <class V>
  Scalar row_dot(Index i, const V& x) const {
    if constexpr (kContiguousRows) {
      return kernel::dot(&matrix_.coeffRef(i, 0), x.data(), matrix_.cols());
    } else {
      Scalar sum(0);
      each_in_row(i, [&](Index j, const Scalar& value) { sum += value * x[j]; });
      return sum;
    }
  }

  /// |xᵢ|ᵀ·|x|, what the rounding of row_dot is relative to
  template <class V>
  Scalar row_dot_abs(Index i, const V& x) const {
    Scalar sum(0);
    each_in_row(i, [&](Index j, const Scalar& value) { sum += Eigen::numext::abs(value * x[j]); });
    return sum;
  }

  /// the numbers that X holds
  Index entries() const {
    if constexpr (detail::SparseFeatures<Data>) {
      return matrix_.nonZeros();
    } else {
      return matrix_.size();
    }
  }

  /// the first d entries of row ← factor·xᵢ
  template <class Row>
  void write_row(Index i, const Scalar& factor, Row& row) const {
    if constexpr (detail::SparseFeatures<Data>) {
      for (Index j = 0; j < matrix_.cols(); ++j) row[j] = Scalar(0);
    }
    each_in_row(i, [&](Index j, const Scalar& value) { row[j] = factor * value; });
  }

  /// out_j ← Σᵢ factorsᵢ·xᵢⱼ² for the first d entries: the diagonal of a weighted Gram matrix
  template <class Out>
  void weighted_squares(const Scalar* factors, Out& out) const {
    kernel::fill(out.data(), matrix_.cols(), Scalar(0));
    if constexpr (detail::SparseFeatures<Data>) {
      for (Index outer = 0; outer < matrix_.outerSize(); ++outer) {
        for (typename Data::InnerIterator entry(matrix_, outer); entry; ++entry) {
          out[entry.col()] += factors[entry.row()] * entry.value() * entry.value();
        }
      }
    } else if constexpr (Data::IsRowMajor) {
      for (Index i = 0; i < matrix_.rows(); ++i) {
        for (Index j = 0; j < matrix_.cols(); ++j) {
          const Scalar value = matrix_.coeff(i, j);
          out[j] += factors[i] * (value * value);
        }
      }
    } else {
      for (Index j = 0; j < matrix_.cols(); ++j)
        out[j] = kernel::weighted_square(&matrix_.coeffRef(0, j), factors, matrix_.rows());
    }
  }

  /// out_j ← max |xᵢⱼ| for the first d entries, over the rows of weight > 0; weights: n, or none
  template <class Weights, class Out>
  void largest_entries(const Weights& weights, Out& out) const {
    kernel::fill(out.data(), matrix_.cols(), Scalar(0));
    const auto take = [&](Index i, Index j, const Scalar& value) {
      if (weights.size() == 0 || weights[i] > Scalar(0))
        out[j] = std::max(out[j], Scalar(Eigen::numext::abs(value)));
    };
    if constexpr (detail::SparseFeatures<Data>) {
      for (Index outer = 0; outer < matrix_.outerSize(); ++outer) {
        for (typename Data::InnerIterator entry(matrix_, outer); entry; ++entry)
          take(entry.row(), entry.col(), entry.value());
      }
    } else {
      for (Index outer = 0; outer < matrix_.outerSize(); ++outer) {
        for (Index inner = 0; inner < matrix_.innerSize(); ++inner) {
          const Index i = Data::IsRowMajor ? outer : inner, j = Data::IsRowMajor ? inner : outer;
          take(i, j, matrix_.coeff(i, j));
        }
      }
    }
  }

  /// the names given, x[j] for a column without one, then "(intercept)" where there is one
  std::vector<std::string> input_names(std::vector<std::string> names, bool intercept) const {
    for (Index j = static_cast<Index>(names.size()); j < matrix_.cols(); ++j)
      names.push_back("x[" + std::to_string(j) + "]");
    if (intercept) names.push_back("(intercept)");
    return names;
  }

  void require_finite(const detail::Argument& argument) const {
    if (kernel::all_finite(matrix_)) return;
    if constexpr (detail::SparseFeatures<Data>) {
      for (Index outer = 0; outer < matrix_.outerSize(); ++outer) {
        for (typename Data::InnerIterator entry(matrix_, outer); entry; ++entry) {
          if (!is_finite(entry.value()))
            detail::reject(argument.at(entry.row()), entry.value(), "finite numbers");
        }
      }
    } else {
      detail::require_finite(argument, matrix_);
    }
  }

  /// Xᵀ in the same memory
  auto transposed() const {
    if constexpr (detail::SparseFeatures<Data>) {
      using Inner = typename Data::StorageIndex;
      using Turned = Eigen::SparseMatrix<Scalar, Data::IsRowMajor ? Eigen::ColMajor : Eigen::RowMajor, Inner>;
      return Eigen::Map<const Turned>(matrix_.cols(), matrix_.rows(), matrix_.nonZeros(),
                                      matrix_.outerIndexPtr(), matrix_.innerIndexPtr(), matrix_.valuePtr(),
                                      matrix_.innerNonZeroPtr());
    } else {
      return Eigen::Transpose<const Data>(matrix_);
    }
  }

  /// A remark where some column lies above 0.01/√ε times its spread from 0, so that its square, which a Hessian is made of, loses
  /// 1e-4 of what it tells of the spread, or all.
  std::string_view note() const {
    if (!any_is_far(Scalar(0.01) / Eigen::numext::sqrt(epsilon<Scalar>()))) return {};
    return "a column of X lies so far from 0 that its spread is lost in its squares: centre it, or solve by "
           "Qr";
  }

  /// X with those columns centred that lie above 30 times their spread from 0, and the centres; both empty where there is none.
  /// Their squares lose ε·30² of the spread: little, but a model that is all but separated multiplies it.
  auto centred() const {
    std::pair<Centred, Eigen::Matrix<Scalar, Eigen::Dynamic, 1>> out;
    if constexpr (!detail::SparseFeatures<Data>) {
      if (!any_is_far(kCentredFrom)) return out;
      out.first = matrix_;
      detail::set_zero(out.second, matrix_.cols() + 1);
      for (Index j = 0; j < matrix_.cols(); ++j) {
        if (!is_far(j, 1, kCentredFrom)) continue;
        const auto [low, high] = ends(j, 1);
        const Scalar first = matrix_.coeff(0, j);
        const Scalar centre = first + Scalar(0.5) * ((low - first) + (high - first));
        for (Index i = 0; i < matrix_.rows(); ++i) out.first.coeffRef(i, j) -= centre;
        out.second[j] = centre;
      }
    }
    return out;
  }

  /// The rows `chosen`, as a matrix of their own in the same order.
  template <class Indices>
  auto rows(const Indices& chosen) const {
    if constexpr (detail::SparseFeatures<Data>) {
      using Plain = Eigen::SparseMatrix<Scalar, Eigen::RowMajor, typename Data::StorageIndex>;
      const Plain by_row = matrix_;
      Plain out(static_cast<Index>(chosen.size()), matrix_.cols());
      for (std::size_t k = 0; k < chosen.size(); ++k) {
        out.startVec(static_cast<Index>(k));
        for (typename Plain::InnerIterator entry(by_row, chosen[k]); entry; ++entry) {
          out.insertBack(static_cast<Index>(k), entry.col()) = entry.value();
        }
      }
      out.finalize();
      return out;
    } else {
      typename detail::FeatureTypes<Data>::Plain out(static_cast<Index>(chosen.size()), matrix_.cols());
      // in the order of memory: from a large X each value out of order would be a miss of the cache
      const Index inner = Data::IsRowMajor ? matrix_.cols() : out.rows();
      for (Index outer = 0; outer < (Data::IsRowMajor ? out.rows() : matrix_.cols()); ++outer) {
        for (Index k = 0; k < inner; ++k) {
          const Index i = Data::IsRowMajor ? outer : k, j = Data::IsRowMajor ? k : outer;
          out.coeffRef(i, j) = matrix_.coeff(chosen[static_cast<std::size_t>(i)], j);
        }
      }
      return out;
    }
  }

 private:
  template <class X>
  static decltype(auto) make(X&& features) {
    if constexpr (is_view) {
      return Data(features.data(), features.rows(), features.cols(),
                  Eigen::OuterStride<>(features.outerStride()));
    } else {
      return std::forward<X>(features);
    }
  }

  static constexpr Scalar kCentredFrom = Scalar(30);

  /// Asked of some rows first, and of all only where those say so.
  bool any_is_far(const Scalar& spreads) const {
    if constexpr (detail::SparseFeatures<Data>) {
      return any_full_column_is_far(spreads);
    } else {
      const Index stride = std::max<Index>(1, matrix_.rows() / 32);
      for (Index j = 0; j < matrix_.cols(); ++j) {
        if (is_far(j, stride, spreads) && (stride == 1 || is_far(j, 1, spreads))) return true;
      }
      return false;
    }
  }

  /// Of a sparse X: a column that leaves out a row has a 0 there.
  bool any_full_column_is_far(const Scalar& spreads) const {
    struct Column {
      Index entries = 0;
      Scalar low{}, high{};
    };
    std::vector<Column> columns(static_cast<std::size_t>(matrix_.cols()));
    for (Index outer = 0; outer < matrix_.outerSize(); ++outer) {
      for (typename Data::InnerIterator entry(matrix_, outer); entry; ++entry) {
        Column& column = columns[static_cast<std::size_t>(entry.col())];
        const bool first = column.entries++ == 0;
        column.low = first ? entry.value() : std::min<Scalar>(column.low, entry.value());
        column.high = first ? entry.value() : std::max<Scalar>(column.high, entry.value());
      }
    }
    for (const Column& column : columns) {
      if (column.entries == matrix_.rows() && is_far(column.low, column.high, spreads)) return true;
    }
    return false;
  }

  /// The least and the largest number in column j, of every stride-th row.
  std::pair<Scalar, Scalar> ends(Index j, Index stride) const {
    Scalar low = matrix_.coeff(0, j), high = low;
    for (Index i = stride; i < matrix_.rows(); i += stride) {
      low = std::min<Scalar>(low, matrix_.coeff(i, j));
      high = std::max<Scalar>(high, matrix_.coeff(i, j));
    }
    return {low, high};
  }

  /// Column j, of every stride-th row, lies above so many times its spread from 0.
  bool is_far(Index j, Index stride, const Scalar& spreads) const {
    const auto [low, high] = ends(j, stride);
    return is_far(low, high, spreads);
  }
  static bool is_far(const Scalar& low, const Scalar& high, const Scalar& spreads) {
    const Scalar nearest = low > Scalar(0) ? low : -high;  // to 0; negative where the column has both signs
    return high > low && nearest > spreads * (high - low);
  }

  static constexpr bool kContiguousRows = !detail::SparseFeatures<Data> && bool(Data::IsRowMajor);

  /// Every entry of a dense row, the stored ones of a sparse row.
  template <class Visit>
  void each_in_row(Index i, const Visit& visit) const {
    if constexpr (!detail::SparseFeatures<Data>) {
      for (Index j = 0; j < matrix_.cols(); ++j) visit(j, matrix_.coeff(i, j));
    } else if constexpr (Data::IsRowMajor) {
      for (typename Data::InnerIterator entry(matrix_, i); entry; ++entry) visit(entry.col(), entry.value());
    } else {
      for (Index j = 0; j < matrix_.cols(); ++j) {
        const Scalar value = matrix_.coeff(i, j);
        if (value != Scalar(0)) visit(j, value);
      }
    }
  }

  Data matrix_;
};

}  // namespace natgrad
