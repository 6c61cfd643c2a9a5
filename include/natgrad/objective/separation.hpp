// SPDX-License-Identifier: MIT
#pragma once

/// A direction v along which no loss rises and some loss falls for ever: sᵢ·xᵢᵀv ≥ 0 for the rows whose loss falls towards
/// sᵢ = ±1, xᵢᵀv = 0 for all others. It certifies that no estimate exists (Albert & Anderson 1984, Biometrika 71, 1).

#include "natgrad/core/vector.hpp"
#include "natgrad/kernel/cholesky.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace natgrad::detail {

/// ε^power: how far from 0 a number must be to count, between its own rounding and what the data can tell
template <class T>
T rounding_power(double power) {
  return T(std::pow(static_cast<double>(epsilon<T>()), power));
}

/// A margin within this of the size of its terms counts as 0: 4e-11 in double.
template <class T>
T negligible_margin() {
  return rounding_power<T>(2.0 / 3);
}

/// Of more parameters the search would cost more than a fit.
inline constexpr Index most_separation_parameters = 1000;

/// {v : qᵀv = 0 for the rows q held, aᵀv ≥ 0 for the rows a added}, or that no aᵀv > 0 is in it.
template <class T>
class Cone {
 public:
  using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;

  explicit Cone(Index dimension) : d_(dimension) { held_.reserve(static_cast<std::size_t>(d_ * d_)); }

  bool holds_all() const { return rank() == d_; }

  /// qᵀv = 0, unless all but `least` of q lies among what is held already. q is lost.
  void hold(Vector& q, const T& least) {
    if (reduce(q) > least) held_.insert(held_.end(), q.data(), q.data() + d_);
  }

  /// aᵀv ≥ 0. a is lost.
  void add(Vector& a) {
    if (reduce(a) > rounding_power<T>(0.7)) added_.insert(added_.end(), a.data(), a.data() + d_);
  }

  /// v ← the point of the cone nearest to c = mean(a), by active constraints (Lawson & Hanson 1974, 23.3, on the dual): not 0
  /// exactly where some aᵀv > 0 is possible (Stiemke's lemma). False there.
  bool nearest(Vector& v) {
    const Index m = static_cast<Index>(added_.size()) / d_;
    if (m == 0) return false;
    Vector centre = Vector::Zero(d_);
    for (Index j = 0; j < m; ++j) kernel::add_scaled(T(1) / T(double(m)), row(j), centre.data(), d_);
    active_.clear();
    multiplier_.clear();
    v = centre;
    const T nothing = rounding_power<T>(0.7);
    for (Index round = 0; round < 10 * d_ + 100; ++round) {
      if (!(v.norm() > nothing)) return false;
      Index worst = -1;
      T lowest = -nothing * v.norm();
      for (Index j = 0; j < m; ++j) {
        const T along = kernel::dot(row(j), v.data(), d_);
        if (along < lowest && std::find(active_.begin(), active_.end(), j) == active_.end()) {
          lowest = along;
          worst = j;
        }
      }
      if (worst < 0) return true;
      active_.push_back(worst);
      multiplier_.push_back(T(0));
      if (!settle(centre, v)) return true;  // a row that depends on the active ones: the caller judges v
    }
    return true;
  }

 private:
  Index rank() const { return static_cast<Index>(held_.size()) / d_; }
  const T* row(Index j) const { return added_.data() + j * d_; }

  /// q ← its part outside what is held, of length 1; returns the share of it that was left
  T reduce(Vector& q) const {
    const T size = q.norm();
    if (!(size > T(0))) return T(0);
    q /= size;
    for (int twice = 0; twice < 2; ++twice) {  // once leaves the rounding of the part that was taken out
      for (Index k = 0; k < rank(); ++k) {
        const T* basis = held_.data() + k * d_;
        kernel::add_scaled(T(-kernel::dot(basis, q.data(), d_)), basis, q.data(), d_);
      }
    }
    const T left = q.norm();
    if (left > T(0)) q /= left;
    return left;
  }

  /// v ← c + Σ λⱼaⱼ with aⱼᵀv = 0 over the active rows; those whose λ would turn negative leave.
  bool settle(const Vector& centre, Vector& v) {
    Vector step;
    for (;;) {
      if (!solve_active(centre, step)) {
        active_.pop_back();
        multiplier_.pop_back();
        return false;
      }
      T share(1);
      for (std::size_t k = 0; k < active_.size(); ++k) {
        const T wanted = step[Index(k)];
        if (wanted <= T(0)) share = std::min(share, T(multiplier_[k] / (multiplier_[k] - wanted)));
      }
      const bool all = !(share < T(1));
      for (std::size_t k = 0; k < active_.size(); ++k)
        multiplier_[k] += share * (step[Index(k)] - multiplier_[k]);
      if (all) break;
      for (std::size_t k = active_.size(); k-- > 0;) {
        if (multiplier_[k] > T(0) && step[Index(k)] > T(0)) continue;
        if (multiplier_[k] > epsilon<T>()) continue;
        active_.erase(active_.begin() + Eigen::Index(k));
        multiplier_.erase(multiplier_.begin() + Eigen::Index(k));
      }
      if (active_.empty()) break;
    }
    v = centre;
    for (std::size_t k = 0; k < active_.size(); ++k)
      kernel::add_scaled(multiplier_[k], row(active_[k]), v.data(), d_);
    if (!active_.empty() && solve_active(v, step)) {  // again, for what the squares had lost
      for (std::size_t k = 0; k < active_.size(); ++k)
        kernel::add_scaled(step[Index(k)], row(active_[k]), v.data(), d_);
    }
    return true;
  }

  /// step ← −(AAᵀ)⁻¹Ab over the active rows
  bool solve_active(const Vector& b, Vector& step) {
    const Index k = static_cast<Index>(active_.size());
    Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> gram(k, k);
    const Vector ones = Vector::Ones(k);
    step.resize(k);
    for (Index j = 0; j < k; ++j) {
      const T* a = row(active_[std::size_t(j)]);
      for (Index i = j; i < k; ++i) gram(i, j) = kernel::dot(row(active_[std::size_t(i)]), a, d_);
      step[j] = -kernel::dot(a, b.data(), d_);
    }
    if (!kernel::cholesky_by_columns(gram.data(), k, k, ones.data(), T(double(k + 1)) * epsilon<T>()))
      return false;
    kernel::solve_lower(gram.data(), k, k, step.data());
    kernel::solve_lower_transposed(gram.data(), k, k, step.data());
    return true;
  }

  Index d_;
  std::vector<T> held_;   // an orthonormal basis
  std::vector<T> added_;  // each of length 1, outside what is held
  std::vector<Index> active_;
  std::vector<T> multiplier_;
};

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

/// v ← a direction that separates, for the caller to verify. Along it Σ wᵢ|rᵢ||xᵢᵀv| = n|∇fᵀv|, so that near an optimum the
/// rows that it moves are those of a residual below what ‖∇f‖ and rounding leave of it: all others are held, and where
/// they span the parameters, as they do in data with an estimate, there is no such v. False there.
///
/// slope: n, wᵢ|rᵢ|, or wᵢ times a curvature that vanishes with rᵢ. well: the |rᵢ| of a row that is predicted well.
template <class T, class Rows, class V>
bool find_separation(const Rows& rows, const T* slope, const T& well, const V& gradient, V& v) {
  const Index n = rows.count, d = gradient.size();
  T mean(0);
  Index predicted = 0;
  const auto is_good = [&](Index i) { return Eigen::numext::abs(slope[i]) <= well * rows.weight(i); };
  for (Index i = 0; i < n; ++i) {
    mean += Eigen::numext::abs(slope[i]);
    predicted += is_good(i) && rows.weight(i) > T(0);
  }
  if (predicted == 0 || d > most_separation_parameters) return false;

  typename Cone<T>::Vector row(d), unit(d);  // 1/max|xᵢⱼ|, for which the units of a column do not matter
  const auto invert = [&] {
    for (Index j = 0; j < d; ++j)
      unit[j] = unit[j] > T(0) && is_finite(T(T(1) / unit[j])) ? T(T(1) / unit[j]) : T(0);
  };
  const auto read = [&](Index i) {
    rows.write(i, row);
    row.array() *= unit.array();
  };
  if (n
      > 4 * d * d) {  // a few rows that are not predicted well span the parameters: no need to read them all
    std::vector<Index> few;
    for (Index i = 0; i < n && Index(few.size()) < 4 * d; ++i) {
      if (!is_good(i)) few.push_back(i);
    }
    unit.setZero();
    for (const Index i : few) {
      rows.write(i, row);
      unit = unit.cwiseMax(row.cwiseAbs()).eval();
    }
    invert();
    Cone<T> cone(d);
    for (const Index i : few) {
      read(i);
      cone.hold(row, rounding_power<T>(0.2));
      if (cone.holds_all()) return false;
    }
  }

  rows.largest(unit);
  invert();
  const T left =
      T(100) * (T(double(n)) * (gradient.cwiseAbs().cwiseProduct(unit)).maxCoeff() + epsilon<T>() * mean);
  const auto may_move = [&](Index i) { return is_good(i) && Eigen::numext::abs(slope[i]) <= left; };
  std::vector<Index> held, moved;
  for (Index i = 0; i < n; ++i) {
    if (rows.weight(i) > T(0)) (may_move(i) ? moved : held).push_back(i);
  }
  if (moved.empty()) return false;
  Cone<T> cone(d);
  // The rows that tell most come first: the rounding of a small part is as large, beside it, as that part is small.
  const auto hold = [&](const std::vector<Index>& chosen) {
    for (const double power : {0.2, 0.45, 0.7}) {
      for (const Index i : chosen) {
        if (cone.holds_all()) return;
        read(i);
        cone.hold(row, rounding_power<T>(power));
      }
    }
  };
  hold(held);
  if (cone.holds_all()) return false;
  held.clear();
  std::vector<signed char> sides;
  for (const Index i : moved) {
    sides.push_back(static_cast<signed char>(rows.side(i)));
    if (sides.back() == 0) held.push_back(i);
  }
  hold(held);
  for (std::size_t k = 0; k < moved.size(); ++k) {
    if (sides[k] == 0) continue;
    read(moved[k]);
    row *= T(double(sides[k]));
    cone.add(row);
  }
  if (!cone.nearest(row)) return false;
  // An entry that is rounding beside the others would move the rows that only it moves.
  const T rounding = rounding_power<T>(0.7) * max_norm(row);
  for (Index j = 0; j < d; ++j) v[j] = Eigen::numext::abs(row[j]) > rounding ? T(row[j] * unit[j]) : T(0);
  return true;
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
