// SPDX-License-Identifier: MIT
#pragma once

/// A direction along which no row's own class loses against another, and some class falls behind for ever: f has no minimum then.
/// Each row of X with each class k but its own y is one row of find_separation: (x, 1)ᵀ(w_y − w_k) ≥ 0. Its slope is the
/// probability pₖ, for ∂loss = Σₖ pₖ∂(mₖ − m_y). The columns are those of the classes from 1 on: class 0 has the margin 0.

#include "natgrad/kernel/linear_pass.hpp"
#include "natgrad/objective/class_labels.hpp"
#include "natgrad/objective/inputs.hpp"
#include "natgrad/objective/separation.hpp"

#include <algorithm>
#include <vector>

namespace natgrad::detail {

template <class Data>
struct ClassPairs {
  using Scalar = typename Data::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;

  const Inputs<Data>& inputs;
  const Vector& weights;  ///< n, or none
  const ClassLabels& labels;

  Index classes() const { return labels.classes(); }
  Index count() const { return labels.count() * (classes() - 1); }

  Index row_of(Index pair) const { return pair / (classes() - 1); }
  Index own(Index pair) const { return labels[row_of(pair)]; }
  Index other(Index pair) const {
    const Index k = pair % (classes() - 1);
    return k < own(pair) ? k : k + 1;
  }
  Scalar row_weight(Index i) const { return weights.size() > 0 ? weights[i] : Scalar(1); }
  Scalar weight(Index pair) const { return row_weight(row_of(pair)); }

  /// Along V, inputs×columns for the last `columns` classes, no margin of a row's own class falls behind another's, and some gets
  /// ahead. A difference within ε^⅔ of the size of its terms counts as 0.
  template <class Weights>
  bool separated_along(const Weights& V) const {
    const Scalar negligible = negligible_margin<Scalar>();
    const Index n = labels.count();
    Matrix M = Matrix::Zero(n, classes());
    kernel::margins(inputs.design(), V, 0, M.rightCols(V.cols()));
    bool strictly = false;
    for (Index i = 0; i < n; ++i) {
      if (row_weight(i) == Scalar(0)) continue;
      const auto m = M.row(i);
      const Vector terms = class_terms(V, i);
      const Index y = labels[i];
      for (Index k = 0; k < classes(); ++k) {
        const Scalar ahead = m[y] - m[k];
        if (k == y || Eigen::numext::abs(ahead) <= negligible * (terms[y] + terms[k])) continue;
        if (!(ahead > Scalar(0))) return false;
        strictly = true;
      }
    }
    return strictly;
  }

  /// V: inputs×(classes − 1), sought among the centred rows; false where there is none. P: n×(classes − 1), the probabilities of the classes from 1 on; G: the
  /// gradient in their columns
  bool separate(const Matrix& P, const Vector& G, Vector& V) const {
    Vector slope(count());
    for (Index pair = 0; pair < count(); ++pair) {
      const Index k = other(pair), i = row_of(pair);
      slope[pair] = weight(pair) * (k > 0 ? P(i, k - 1) : Scalar(1) - P.row(i).sum());
    }
    const auto weigh = [this](Index pair) { return weight(pair); };
    const auto write = [this](Index pair, Vector& row) {
      row.setZero();
      write_input(row_of(pair), own(pair), Scalar(1), row);
      write_input(row_of(pair), other(pair), Scalar(-1), row);
    };
    const auto side = [](Index) { return 1; };
    const auto largest = [this](Vector& out) {
      Vector head(inputs.parameters());
      inputs.largest_centred_entries(weights, head);
      for (Index k = 1; k < classes(); ++k) part(k, out) = head;
    };
    const auto coordinates = inputs.coordinates();
    if (!find_separation(SeparationRows{count(), weigh, write, side, largest}, slope.data(), Scalar(0.01),
                         coordinates.turned_gradient(G), V))
      return false;
    coordinates.turn_back(V);
    return true;
  }

  /// V ← the direction in which the intercept of the first class without rows falls behind all others'; false where each has rows.
  bool flee_empty_class(Vector& V) const {
    const Index empty = empty_class();
    if (empty == classes()) return false;
    V.setZero();
    for (Index k = 1; k < classes(); ++k) {
      if (empty == 0 || k == empty) V[k * inputs.parameters() - 1] = Scalar(empty == 0 ? 1 : -1);
    }
    return true;
  }

 private:
  /// The first class without a row of weight > 0, or their number.
  Index empty_class() const {
    std::vector<bool> seen(static_cast<std::size_t>(classes()));
    for (Index i = 0; i < labels.count(); ++i) {
      if (row_weight(i) > Scalar(0)) seen[static_cast<std::size_t>(labels[i])] = true;
    }
    return static_cast<Index>(std::find(seen.begin(), seen.end(), false) - seen.begin());
  }

  /// |(xᵢ, 1)|ᵀ|vₖ| for all classes: what the rounding of a margin is relative to
  template <class Weights>
  Vector class_terms(const Weights& V, Index i) const {
    Vector terms = Vector::Zero(classes());
    for (Index k = 0; k < V.cols(); ++k) terms[classes() - V.cols() + k] = inputs.size_of_terms(i, V.col(k));
    return terms;
  }

  void write_input(Index i, Index k, const Scalar& sign, Vector& row) const {
    if (k == 0) return;
    auto own = part(k, row);
    inputs.write_centred_row(i, sign, own);
  }

  /// the parameters of class k ≥ 1
  auto part(Index k, Vector& all) const {
    return all.segment((k - 1) * inputs.parameters(), inputs.parameters());
  }
};

}  // namespace natgrad::detail
