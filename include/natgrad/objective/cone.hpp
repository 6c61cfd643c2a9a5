// SPDX-License-Identifier: MIT
#pragma once

/// The polyhedral cone {v : qᵀv = 0, aᵀv ≥ 0}, and its point nearest to the mean of the a: the search for a separating direction.

#include "natgrad/core/arithmetic.hpp"
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
    Vector centre = zeros<Vector>(d_);
    for (Index j = 0; j < m; ++j) kernel::add_scaled(T(1) / T(double(m)), row(j), centre.data(), d_);
    active_.clear();
    multiplier_.clear();
    v = centre;
    const T nothing = rounding_power<T>(0.7);
    for (Index round = 0; round < 10 * d_ + 100; ++round) {
      if (!(norm(v) > nothing)) return false;
      Index worst = -1;
      T lowest = -nothing * norm(v);
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
    const T size = norm(q);
    if (!(size > T(0))) return T(0);
    for (Index i = 0; i < d_; ++i) q[i] /= size;
    for (int twice = 0; twice < 2; ++twice) {  // once leaves the rounding of the part that was taken out
      for (Index k = 0; k < rank(); ++k) {
        const T* basis = held_.data() + k * d_;
        kernel::add_scaled(T(-kernel::dot(basis, q.data(), d_)), basis, q.data(), d_);
      }
    }
    const T left = norm(q);
    for (Index i = 0; i < d_ && left > T(0); ++i) q[i] /= left;
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
    Vector ones(k);
    fill(ones, T(1));
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

}  // namespace natgrad::detail
