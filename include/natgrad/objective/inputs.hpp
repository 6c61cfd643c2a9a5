// SPDX-License-Identifier: MIT
#pragma once

/// The inputs (X, 1) of a model, and the same with those columns centred that lie so far from 0 that their squares lose their spread.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/centred_coordinates.hpp"
#include "natgrad/kernel/linear_pass.hpp"
#include "natgrad/objective/features.hpp"

#include <tuple>
#include <utility>

namespace natgrad {

template <class Data>
class Inputs {
 public:
  using Scalar = typename Data::Scalar;
  static_assert(RealScalar<Scalar>, "natgrad: X must hold floating-point numbers, as X.cast<double>() does.");
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Centred = typename Features<Data>::Centred;

  template <class X>
  Inputs(X&& features, bool intercept) : features_(std::forward<X>(features)), intercept_(intercept) {}

  /// Once X has been checked: what centre() speaks of.
  void centre_far_columns() {
    if (intercept_) std::tie(centred_, centre_) = features_.centred();
  }

  const Features<Data>& features() const { return features_; }
  /// the numbers that D holds
  Index entries() const { return features_.entries() + (intercept_ ? features_.matrix().rows() : 0); }
  const Data& matrix() const { return features_.matrix(); }
  bool intercept() const { return intercept_; }
  Index columns() const { return matrix().cols(); }
  /// of one output: d, or d + 1 with an intercept
  Index parameters() const { return columns() + (intercept_ ? 1 : 0); }

  kernel::Design<Data> design(const Scalar* offset = nullptr) const { return {matrix(), intercept_, offset}; }

  // ---- rows --------------------------------------------------------------------------------------------------------

  /// row ← factor·(xᵢ, 1)
  template <class Row>
  void write_row(Index i, const Scalar& factor, Row& row) const {
    features_.write_row(i, factor, row);
    if (intercept_) row[columns()] = factor;
  }

  /// |(xᵢ, 1)|ᵀ|v|: what the rounding of a margin along v is relative to
  template <class V>
  Scalar size_of_terms(Index i, const V& v) const {
    const Scalar size = features_.row_dot_abs(i, v);
    return intercept_ ? Scalar(size + Eigen::numext::abs(v[columns()])) : size;
  }

  /// out_j ← max |entry j of (xᵢ, 1)| over the rows of weight > 0; weights: n, or none
  template <class Weights, class Out>
  void largest_entries(const Weights& weights, Out& out) const {
    features_.largest_entries(weights, out);
    if (intercept_) out[columns()] = Scalar(1);
  }

  /// out ← the diagonal of Dᵀdiag(w)D, w: n numbers
  template <class Out>
  void weighted_squares(const Scalar* w, Out& out) const {
    features_.weighted_squares(w, out);
    if (intercept_) out[columns()] = kernel::total(w, matrix().rows());
  }

  // ---- centred columns ---------------------------------------------------------------------------------------------

  /// c, d + 1 numbers with a last 0, which the far columns are centred at; empty where there are none, or no intercept
  const Vector& centre() const { return centre_; }

  /// use(D), D with the centred columns: of the type of X where that is a view, so that the passes are compiled once for both
  template <class Use>
  decltype(auto) with_centred_design(const Use& use, const Scalar* offset = nullptr) const {
    if constexpr (!Features<Data>::is_view) {
      return use(kernel::Design<Centred>{centred_, true, offset});
    } else {
      const Data view(centred_.data(), centred_.rows(), centred_.cols(),
                      Eigen::OuterStride<>(centred_.outerStride()));
      return use(kernel::Design<Data>{view, true, offset});
    }
  }

  /// row ← factor·((xᵢ, 1) − c), the row in those coordinates
  template <class Row>
  void write_centred_row(Index i, const Scalar& factor, Row& row) const {
    write_row(i, factor, row);
    if (centre_.size() > 0) detail::set_sum(row, row, Scalar(-factor), centre_);
  }

  /// out_j ← max |entry j of such a row| over the rows of weight > 0; weights: n, or none
  template <class Out>
  void largest_centred_entries(const Vector& weights, Out& out) const {
    largest_entries(weights, out);
    if (centre_.size() == 0) return;
    detail::fill(out, Scalar(0));
    Vector row(parameters());
    for (Index i = 0; i < matrix().rows(); ++i) {
      if (weights.size() > 0 && !(weights[i] > Scalar(0))) continue;
      write_centred_row(i, Scalar(1), row);
      detail::raise_to_size(out, row);
    }
  }

  detail::CentredCoordinates<Vector> coordinates() const {
    detail::CentredCoordinates<Vector> out;
    if (centre_.size() > 0) out.set_centre(&centre_);
    return out;
  }

  /// use(D, W) with the margins DW. Where there is a centre c: D has the centred columns, and each output (w, b) has become
  /// (w, b + cᵀw). In the terms of a row's margin as they are its digits would be lost, and f be known only to their rounding.
  template <class Use, class Weights>
  decltype(auto) centred(const Use& use, const Weights& W, const Scalar* offset = nullptr) const {
    if constexpr (!detail::SparseFeatures<Data>) {
      if (centre_.size() > 0) {
        thread_local typename Weights::PlainObject moved;  // no allocation but in the first pass
        moved = W;
        for (Index k = 0; k < W.cols(); ++k) {
          Scalar shift(0);
          for (Index j = 0; j < columns(); ++j) shift += centre_[j] * W.coeff(j, k);
          moved.coeffRef(columns(), k) += shift;
        }
        return with_centred_design([&](const auto& D) -> decltype(auto) { return use(D, moved); }, offset);
      }
    }
    return use(design(offset), W);
  }

  /// The gradient that such a pass gave, of the outputs as they were.
  template <class Gradient>
  void turn_back(Gradient& G) const {
    if (centre_.size() == 0) return;
    for (Index k = 0; k < G.cols(); ++k) {
      const Scalar last = G.coeff(columns(), k);
      for (Index j = 0; j < columns(); ++j) G.coeffRef(j, k) += last * centre_[j];
    }
  }

 private:
  Features<Data> features_;
  Centred centred_;  // where there is a centre
  Vector centre_;
  bool intercept_;
};

}  // namespace natgrad
