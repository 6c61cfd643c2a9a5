// SPDX-License-Identifier: MIT
#pragma once
/// A = Q·diag(μ)·Qᵀ of a symmetric matrix: Householder tridiagonalization, then QR steps with Wilkinson's shift (Golub &
/// Van Loan 2013, alg. 8.3.1 and 8.3.3). On pointers, so that a program has one copy a scalar type, whatever its vectors.

#include "natgrad/kernel/vectors.hpp"

#include <algorithm>
#include <utility>

namespace natgrad::kernel {

/// One decomposition: the steps share what they are given.
template <class T>
class SymmetricEigen {
 public:
  /// a: n×n by columns, ld apart, lower triangle; overwritten. mu: n eigenvalues, ascending. q: n×n by columns, n apart.
  /// off, scratch: n numbers each.
  SymmetricEigen(T* a, Index ld, Index n, T* mu, T* q, T* off, T* scratch)
      : a_(a), ld_(ld), n_(n), mu_(mu), q_(q), off_(off), p_(scratch) {}

  /// False where an entry is not finite or an eigenvalue takes more than 30 steps.
  bool compute() {
    const T size = largest_entry();
    if (!(size - size == T(0))) return false;
    if (size > T(0)) scale(T(1) / size);  // so that no square over- or underflows
    for (Index k = 0; k + 1 < n_; ++k) reflect(k);
    for (Index k = 0; k < n_; ++k) mu_[k] = at(k, k);
    form_q();
    if (!diagonalize()) return false;
    sort();
    for (Index k = 0; k < n_ && size > T(0); ++k) mu_[k] *= size;
    return true;
  }

 private:
  T& at(Index i, Index j) { return a_[j * ld_ + i]; }

  T largest_entry() {
    T size(0);
    for (Index j = 0; j < n_; ++j) {
      for (Index i = j; i < n_; ++i) {
        const T entry = Eigen::numext::abs(at(i, j));
        if (!(entry <= size)) size = entry;  // also NaN, which then stays
        if (!(size == size)) return size;
      }
    }
    return size;
  }

  void scale(const T& factor) {
    for (Index j = 0; j < n_; ++j) {
      for (Index i = j; i < n_; ++i) at(i, j) *= factor;
    }
  }

  /// A ← HAH with H = I − βvvᵀ, which zeroes column k below the subdiagonal; v stays there, β above it, v₀ = 1.
  void reflect(Index k) {
    const Index m = n_ - k - 1;
    T* v = &at(k + 1, k);
    const T head = v[0], tail = dot(v + 1, v + 1, m - 1);
    if (!(tail > T(0))) {
      off_[k] = head;
      v[0] = T(0);  // β: nothing to do
      return;
    }
    const T length = Eigen::numext::sqrt(head * head + tail);
    const T end = head > T(0) ? T(-length) : length;
    const T beta = (end - head) / end, inverse = T(1) / (head - end);
    for (Index i = 1; i < m; ++i) v[i] *= inverse;
    v[0] = T(1);
    std::fill(p_, p_ + m, T(0));
    for (Index j = 0; j < m; ++j) {
      T* column = &at(k + 1 + j, k + 1 + j);
      p_[j] += column[0] * v[j] + add_scaled_and_dot(v[j], column + 1, v + j + 1, p_ + j + 1, m - j - 1);
    }
    for (Index i = 0; i < m; ++i) p_[i] *= beta;
    add_scaled(T(T(-0.5) * beta * dot(p_, v, m)), v, p_, m);
    for (Index j = 0; j < m; ++j)
      add_two_scaled(T(-p_[j]), v + j, T(-v[j]), p_ + j, &at(k + 1 + j, k + 1 + j), m - j);
    off_[k] = end;
    v[0] = beta;
  }

  /// Q ← H₀H₁…, from the last reflection backwards: each works on the columns that are no unit vectors yet.
  void form_q() {
    std::fill(q_, q_ + n_ * n_, T(0));
    for (Index j = 0; j < n_; ++j) q_[j * n_ + j] = T(1);
    for (Index k = n_ - 2; k >= 0; --k) {
      T* v = &at(k + 1, k);
      const T beta = v[0];
      v[0] = T(1);
      for (Index j = k + 1; j < n_ && beta != T(0); ++j) {
        T* column = q_ + j * n_ + k + 1;
        add_scaled(T(-beta * dot(v, column, n_ - k - 1)), v, column, n_ - k - 1);
      }
    }
  }

  bool negligible(Index k) const {
    using Eigen::numext::abs;
    const T e = abs(off_[k]);
    return e <= Eigen::NumTraits<T>::epsilon() * (abs(mu_[k]) + abs(mu_[k + 1])) || e * e == T(0);
  }

  /// Chases the off-diagonal to zero, block by block from the end.
  bool diagonalize() {
    for (Index high = n_ - 1, steps = 0; high > 0;) {
      if (negligible(high - 1)) {
        --high;
        continue;
      }
      if (++steps > 30 * n_) return false;
      Index low = high - 1;
      while (low > 0 && !negligible(low - 1)) --low;
      step(low, high);
    }
    return true;
  }

  /// One implicit QR step on the block [low, high].
  void step(Index low, Index high) {
    using Eigen::numext::sqrt;
    const T e = off_[high - 1], half = T(0.5) * (mu_[high - 1] - mu_[high]);
    const T root = sqrt(half * half + e * e);
    const T shift = mu_[high] - e * (e / (half + (half > T(0) ? root : T(-root))));
    T x = mu_[low] - shift, z = off_[low];
    for (Index k = low; k < high; ++k) {
      const T length = sqrt(x * x + z * z);
      const T c = length > T(0) ? T(x / length) : T(1), s = length > T(0) ? T(z / length) : T(0);
      if (k > low) off_[k - 1] = length;
      const T a = mu_[k], b = off_[k], d = mu_[k + 1];
      const T upper = c * a + s * b, middle = c * b + s * d, lower = c * b - s * a, last = c * d - s * b;
      mu_[k] = c * upper + s * middle;
      mu_[k + 1] = c * last - s * lower;
      off_[k] = c * middle - s * upper;
      if (k + 1 < high) {
        x = off_[k];
        z = s * off_[k + 1];
        off_[k + 1] *= c;
      }
      rotate(q_ + k * n_, q_ + (k + 1) * n_, c, s, n_);
    }
  }

  void sort() {
    for (Index k = 0; k + 1 < n_; ++k) {
      const Index least = static_cast<Index>(std::min_element(mu_ + k, mu_ + n_) - mu_);
      if (least == k) continue;
      std::swap(mu_[k], mu_[least]);
      std::swap_ranges(q_ + k * n_, q_ + (k + 1) * n_, q_ + least * n_);
    }
  }

  T* a_;
  Index ld_, n_;
  T *mu_, *q_;
  T *off_, *p_;
};

}  // namespace natgrad::kernel
