// SPDX-License-Identifier: MIT
#pragma once

/// A direction v along which no loss rises and some loss falls for ever: sᵢ·xᵢᵀv ≥ 0 for the rows whose loss falls towards
/// sᵢ = ±1, xᵢᵀv = 0 for all others. It certifies that no estimate exists (Albert & Anderson 1984, Biometrika 71, 1).

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/objective/cone.hpp"

#include <cmath>
#include <vector>

namespace natgrad::detail {

/// A margin within this of the size of its terms counts as 0: 4e-11 in double.
template <class T>
T negligible_margin() {
  return rounding_power<T>(2.0 / 3);
}

/// Of more parameters the search would cost more than a fit.
inline constexpr Index most_separation_parameters = 1000;

/// What a model tells of its rows.
template <class Weight, class Write, class Side, class Largest>
struct SeparationRows {
  Index count;      ///< n
  Weight weight;    ///< (i): wᵢ, of sum n
  Write write;      ///< (i, row): row ← (xᵢ, 1)
  Side side;        ///< (i): sᵢ
  Largest largest;  ///< (out): out_j ← max |xᵢⱼ| over the rows of weight > 0
};

template <class Weight, class Write, class Side, class Largest>
SeparationRows(Index, Weight, Write, Side, Largest) -> SeparationRows<Weight, Write, Side, Largest>;

/// The rows that a separating direction may move, among those of a fit near its optimum or on its way to infinity.
template <class T, class Rows>
class SeparationSearch {
 public:
  using Vector = typename Cone<T>::Vector;

  /// slope, well: see find_separation
  SeparationSearch(const Rows& rows, const T* slope, const T& well, Index dimension)
      : rows_(rows), slope_(slope), well_(well), row_(dimension), unit_(dimension) {}

  bool any_predicted_well() const {
    for (Index i = 0; i < rows_.count; ++i) {
      if (is_good(i) && rows_.weight(i) > T(0)) return true;
    }
    return false;
  }

  /// A few rows that are not predicted well span the parameters: no need to read them all.
  bool few_rows_span() {
    const Index d = row_.size();
    if (rows_.count <= 4 * d * d) return false;
    std::vector<Index> few;
    for (Index i = 0; i < rows_.count && Index(few.size()) < 4 * d; ++i) {
      if (!is_good(i)) few.push_back(i);
    }
    fill(unit_, T(0));
    for (const Index i : few) {
      rows_.write(i, row_);
      raise_to_size(unit_, row_);
    }
    invert_unit();
    Cone<T> cone(d);
    for (const Index i : few) {
      read(i);
      cone.hold(row_, rounding_power<T>(0.2));
      if (cone.holds_all()) return true;
    }
    return false;
  }

  /// v ← the direction that moves what ∇f and rounding let it, and holds all else. False where there is none.
  template <class V>
  bool find(const V& gradient, V& v) {
    rows_.largest(unit_);
    invert_unit();
    std::vector<Index> held, moved;
    split(gradient, held, moved);
    if (moved.empty()) return false;
    Cone<T> cone(row_.size());
    hold(cone, held);
    if (cone.holds_all()) return false;
    held.clear();
    std::vector<signed char> sides;
    for (const Index i : moved) {
      sides.push_back(static_cast<signed char>(rows_.side(i)));
      if (sides.back() == 0) held.push_back(i);
    }
    hold(cone, held);
    for (std::size_t k = 0; k < moved.size(); ++k) {
      if (sides[k] == 0) continue;
      read(moved[k]);
      scale(row_, T(double(sides[k])));
      cone.add(row_);
    }
    if (!cone.nearest(row_)) return false;
    // An entry that is rounding beside the others would move the rows that only it moves.
    const T rounding = rounding_power<T>(0.7) * max_norm(row_);
    for (Index j = 0; j < row_.size(); ++j)
      v[j] = Eigen::numext::abs(row_[j]) > rounding ? T(row_[j] * unit_[j]) : T(0);
    return true;
  }

 private:
  bool is_good(Index i) const { return Eigen::numext::abs(slope_[i]) <= well_ * rows_.weight(i); }

  template <class V>
  void split(const V& gradient, std::vector<Index>& held, std::vector<Index>& moved) const {
    T sum(0);
    for (Index i = 0; i < rows_.count; ++i) sum += Eigen::numext::abs(slope_[i]);
    T steepest(0);
    for (Index j = 0; j < unit_.size(); ++j)
      steepest = std::max(steepest, T(Eigen::numext::abs(gradient[j]) * unit_[j]));
    const T left = T(100) * (T(double(rows_.count)) * steepest + epsilon<T>() * sum);
    for (Index i = 0; i < rows_.count; ++i) {
      const bool may_move = is_good(i) && Eigen::numext::abs(slope_[i]) <= left;
      if (rows_.weight(i) > T(0)) (may_move ? moved : held).push_back(i);
    }
  }

  /// The rows that tell most come first: the rounding of a small part is as large, beside it, as that part is small.
  void hold(Cone<T>& cone, const std::vector<Index>& chosen) {
    for (const double power : {0.2, 0.45, 0.7}) {
      for (const Index i : chosen) {
        if (cone.holds_all()) return;
        read(i);
        cone.hold(row_, rounding_power<T>(power));
      }
    }
  }

  void read(Index i) {
    rows_.write(i, row_);
    for (Index j = 0; j < row_.size(); ++j) row_[j] *= unit_[j];
  }

  void invert_unit() {
    for (Index j = 0; j < unit_.size(); ++j)
      unit_[j] = unit_[j] > T(0) && is_finite(T(T(1) / unit_[j])) ? T(T(1) / unit_[j]) : T(0);
  }

  const Rows& rows_;
  const T* slope_;
  T well_;
  Vector row_;
  Vector unit_;  // 1/max|xᵢⱼ|, for which the units of a column do not matter
};

/// v ← a direction that separates, for the caller to verify. Along it Σ wᵢ|rᵢ||xᵢᵀv| = n|∇fᵀv|, so that near an optimum the
/// rows that it moves are those of a residual below what ‖∇f‖ and rounding leave of it: all others are held, and where
/// they span the parameters, as they do in data with an estimate, there is no such v. False there.
///
/// slope: n, wᵢ|rᵢ|, or wᵢ times a curvature that vanishes with rᵢ. well: the |rᵢ| of a row that is predicted well.
template <class T, class Rows, class V>
bool find_separation(const Rows& rows, const T* slope, const T& well, const V& gradient, V& v) {
  if (gradient.size() > most_separation_parameters) return false;
  SeparationSearch<T, Rows> search(rows, slope, well, gradient.size());
  return search.any_predicted_well() && !search.few_rows_span() && search.find(gradient, v);
}

/// Towards which η the loss of a response falls for ever: 1 or −1; 0 where it has a minimum, or its end is that of the link.
template <class T, class Loss>
int falling_side(const Loss& loss) {
  constexpr int count = 27;
  T losses[count];
  // ±10^6, ±10^5.5, …, ±10^0, 0
  for (int k = 0; k < count; ++k) {
    const int step = k - count / 2;
    const double size = step == 0 ? 0 : std::pow(10.0, 0.5 * (std::abs(step) - 1));
    losses[k] = loss(T(step < 0 ? -size : size));
  }
  bool falls = true, rises = true;
  for (int k = 1; k < count; ++k) {
    falls = falls && losses[k] <= losses[k - 1];
    rises = rises && losses[k] >= losses[k - 1];
  }
  if (falls && is_finite(losses[count - 1]) && losses[count - 1] < losses[0]) return 1;
  return rises && is_finite(losses[0]) && losses[0] < losses[count - 1] ? -1 : 0;
}

}  // namespace natgrad::detail
