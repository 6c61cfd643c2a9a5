// SPDX-License-Identifier: MIT
#pragma once

/// m = (X, 1)x with a ridge on all of x but the intercept: what the models of one linear predictor share. Their scores are
/// diag(r)·(X, 1), so that every Fisher matrix of theirs is Dᵀdiag(w)D/n with D = (X, 1), and no score need be written down.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/kernel/gram.hpp"
#include "natgrad/kernel/linear_pass.hpp"
#include "natgrad/kernel/products.hpp"
#include "natgrad/kernel/score_rows.hpp"
#include "natgrad/objective/curvature_memory.hpp"
#include "natgrad/objective/inputs.hpp"
#include "natgrad/objective/separation.hpp"

#include <cstdint>
#include <utility>

namespace natgrad {

template <class Data>
class LinearPredictor {
 public:
  using Scalar = typename Data::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  template <class X>
  LinearPredictor(X&& features, bool intercept, const Scalar& ridge)
      : inputs_(std::forward<X>(features), intercept), ridge_(ridge) {}

  /// Once X has been checked: what centre() speaks of.
  void centre_far_columns() { inputs_.centre_far_columns(); }

  const Features<Data>& features() const { return inputs_.features(); }
  const Data& matrix() const { return inputs_.matrix(); }
  Index columns() const { return inputs_.columns(); }
  Index parameters() const { return inputs_.parameters(); }
  Index entries() const { return inputs_.entries(); }

  kernel::Design<Data> design(const Scalar* offset = nullptr) const { return inputs_.design(offset); }

  // ---- rows --------------------------------------------------------------------------------------------------------

  template <class V>
  Scalar intercept(const V& x) const {
    return inputs_.intercept() ? Scalar(x[columns()]) : Scalar(0);
  }

  /// mᵢ
  template <class V>
  Scalar margin(const V& x, Index i) const {
    return features().row_dot(i, x) + intercept(x);
  }

  /// row ← factor·(xᵢ, 1)
  template <class Row>
  void write_row(Index i, const Scalar& factor, Row& row) const {
    inputs_.write_row(i, factor, row);
  }

  /// Row i of S ← factor(i, mᵢ)·(xᵢ, 1), for the rows from `first` on.
  template <class V, class Factor>
  void write_rows(const V& x, Index first, Scores<V>& S, const Factor& factor) const {
    kernel::score_rows(design(), x, first, S, factor);
  }

  // ---- passes over all rows, each with a loss (see kernel/linear_pass.hpp) -----------------------------------------------------

  /// Σ loss
  template <class RowLoss, class V>
  Scalar value(const RowLoss& loss, const Scalar* offset, const V& x) const {
    return inputs_.centred([&](const auto& D, const auto& at) { return kernel::value(D, loss, at); }, x,
                           offset);
  }

  /// Σ loss, g ← Dᵀr. Keeps the curvatures where those at the points before were asked for. kind: what the loss gives
  template <class RowLoss, class V>
  Scalar value_and_gradient(const RowLoss& loss, detail::Curvature kind, const Scalar* offset, const V& x,
                            V& g) const {
    Memory& memory = Memory::mine();
    Scalar* curvature = memory.keep(number_of(kind), matrix().rows());
    const Scalar sum = inputs_.centred(
        [&](const auto& D, const auto& at) {
          return curvature ? kernel::value_gradient_curvature(D, loss, at, g, curvature)
                           : kernel::value_and_gradient(D, loss, at, g);
        },
        x, offset);
    if (curvature) memory.know(number_of(kind), x);
    inputs_.turn_back(g);
    return sum;
  }

  /// the n curvatures at x, from the last pass or a new one
  template <class RowLoss, class V>
  const Scalar* curvatures(const RowLoss& loss, detail::Curvature kind, const Scalar* offset,
                           const V& x) const {
    Memory& memory = Memory::mine();
    if (const Scalar* known = memory.find(number_of(kind), x)) return known;
    Scalar* curvature = memory.room(matrix().rows());
    inputs_.centred(
        [&](const auto& D, const auto& at) { return kernel::value_curvature(D, loss, at, curvature); }, x,
        offset);
    memory.know(number_of(kind), x);
    return curvature;
  }

  /// Curvatures of this kind were asked for at the points before.
  bool wants_curvature(detail::Curvature kind) const { return Memory::mine().wants(number_of(kind)); }

  // ---- the penalty ½·ridge·‖w‖² ------------------------------------------------------------------------------------

  bool is_penalised() const { return ridge_ != Scalar(0) && columns() > 0; }

  template <class V>
  Scalar penalty(const V& x) const {
    return is_penalised() ? Scalar(Scalar(0.5) * ridge_ * kernel::dot(x.data(), x.data(), columns()))
                          : Scalar(0);
  }

  /// out ← out + ridge·(w, 0): its gradient at x, and its Hessian times x
  template <class V>
  void add_penalty_gradient(const V& x, V& out) const {
    if (is_penalised()) kernel::add_scaled(ridge_, x.data(), out.data(), columns());
  }

  /// the diagonal of its Hessian, added to one
  template <class Diagonal>
  void add_penalty_diagonal(Diagonal&& diagonal) const {
    for (Index j = 0; j < columns() && is_penalised(); ++j) diagonal.coeffRef(j) += ridge_;
  }

  // ---- Dᵀdiag(w)D/n, w: n numbers ----------------------------------------------------------------------------------

  template <class Matrix>
  void gram(const Scalar* w, Matrix& M) const {
    kernel::gram(design(), w, M);
    kernel::symmetrize(M);
    detail::scale(M, share());
  }

  /// c, which the columns that lie so far from 0 that their squares lose their spread are centred at; empty without such
  const Vector& centre() const { return inputs_.centre(); }

  /// The same of the centred columns.
  template <class Matrix>
  void centred_gram(const Scalar* w, Matrix& M) const {
    inputs_.with_centred_design([&](const auto& D) { kernel::gram(D, w, M); });
    kernel::symmetrize(M);
    detail::scale(M, share());
  }

  template <class V>
  void gram_times(const Scalar* w, const V& v, V& out) const {
    kernel::gram_times(design(), w, v, out);
    detail::scale(out, share());
  }

  template <class V>
  void gram_diagonal(const Scalar* w, V& out) const {
    inputs_.weighted_squares(w, out);
    detail::scale(out, share());
  }

  // ---- D as n rows that are not written down ----------------------------------------------------------------------------

  /// K ← Ddiag(w)Dᵀ, n×n, lower triangle. w: one number a parameter
  template <class Gram>
  void rows_gram(const Scalar* w, Gram& K) const {
    const auto columns = features().transposed();
    kernel::gram(kernel::Design{columns}, w, K);
    if (!inputs_.intercept()) return;
    for (Index j = 0; j < K.cols(); ++j) {
      for (Index i = j; i < K.rows(); ++i) K.coeffRef(i, j) += w[this->columns()];
    }
  }

  /// out ← Dv, n numbers
  template <class V, class Out>
  void rows_times(const V& v, Out& out) const {
    kernel::margins(design(), v, 0, out);
  }

  /// out ← Dᵀy
  template <class Numbers, class V>
  void rows_transposed_times(const Numbers& y, V& out) const {
    kernel::transpose_times(design(), y, out);
  }

  // ---- separation ----------------------------------------------------------------------------------------------------

  /// Along v no loss rises and some loss falls for ever (Albert & Anderson 1984). side(i): towards which margin, ±1, the loss of
  /// row i falls for ever, else 0. A margin of v within ε^⅔ of the size of its terms counts as 0.
  template <class V, class Weight, class Side>
  bool separates(const V& v, const Weight& weight, const Side& side) const {
    if (is_penalised() && max_norm(v.head(columns())) > Scalar(0)) return false;  // the penalty rises
    bool falls = false;
    for (Index i = 0; i < matrix().rows(); ++i) {
      if (weight(i) == Scalar(0)) continue;
      const Scalar m = margin(v, i);
      const Scalar terms = inputs_.size_of_terms(i, v);
      if (Eigen::numext::abs(m) <= detail::negligible_margin<Scalar>() * terms) continue;
      if (side(i) != (m > Scalar(0) ? 1 : -1)) return false;
      falls = true;
    }
    return falls;
  }

  /// With a penalty only the intercept is free: v ← ±its unit vector where it runs away; false where it does not.
  template <class V, class Weight, class Side>
  bool frees_intercept(const Weight& weight, const Side& side, V& v) const {
    if (!inputs_.intercept()) return false;
    for (const Scalar way : {Scalar(1), Scalar(-1)}) {
      detail::fill(v, Scalar(0));
      v[v.size() - 1] = way;
      if (separates(v, weight, side)) return true;
    }
    return false;
  }

  /// v ← a direction that separates, sought among the centred rows: detail::find_separation has the arguments. False without one.
  template <class Weight, class Side, class V>
  bool find_separation(const Vector& weights, const Weight& weight, const Side& side, const Scalar* slope,
                       const Scalar& well, const V& gradient, V& v) const {
    const detail::SeparationRows rows{
        matrix().rows(), weight,
        [this](Index i, Vector& row) { inputs_.write_centred_row(i, Scalar(1), row); }, side,
        [&](Vector& out) { inputs_.largest_centred_entries(weights, out); }};
    const auto coordinates = inputs_.coordinates();
    const Vector g = gradient;
    Vector found(g.size());
    if (!detail::find_separation(rows, slope, well, coordinates.turned_gradient(g), found)) return false;
    coordinates.turn_back(found);
    v = found;
    return separates(v, weight, side);
  }

 private:
  using Memory = detail::CurvatureMemory<Scalar>;
  using Plain = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  /// what the kept curvatures of this kind go by
  std::uint64_t number_of(detail::Curvature kind) const {
    return number_ + (kind == detail::Curvature::expected ? 1 : 0);
  }

  Scalar share() const { return Scalar(1) / Scalar(static_cast<double>(matrix().rows())); }

  Inputs<Data> inputs_;
  std::uint64_t number_ = 2 * detail::new_data_number();
  Scalar ridge_;
};

}  // namespace natgrad
