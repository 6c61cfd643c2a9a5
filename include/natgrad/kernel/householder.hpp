// SPDX-License-Identifier: MIT
#pragma once
/// A = QT by Householder reflections, in panels: the columns to the right take a whole panel at once, as products with its
/// vectors V (Golub & Van Loan 2013, alg. 5.1.1, 5.2.2 and 5.1.2: Q = I − V·S·Vᵀ). On pointers, in any real scalar.

#include "natgrad/kernel/blocks.hpp"
#include "natgrad/kernel/vectors.hpp"

#include <algorithm>

namespace natgrad::kernel {

/// The reflections of one panel of columns, and what they do to the others.
template <class T>
class ReflectionPanel {
 public:
  static constexpr Index width = 16;

  /// a: rows×d by columns, ld apart. room: for width·(rows + d).
  ReflectionPanel(T* a, Index ld, Index rows, Index d, T* room)
      : a_(a), ld_(ld), rows_(rows), d_(d), v_(room), w_(room + width * rows) {}

  /// Columns [first, first + size) ← T, and all columns to the right of them ← Qᵀ·those.
  void reduce(Index first, Index size) {
    top_ = first / row_multiple * row_multiple;
    size_ = size;
    for (Index k = 0; k < size; ++k) {
      reflect(first, k);
      grow_triangle(k);
    }
    apply_from(first + size);
  }

 private:
  /// The k-th vector; the kernels read it from row top_ on.
  T* v(Index k) { return v_ + k * (rows_ - top_); }

  /// H = I − s·vvᵀ with v = 1 on the diagonal takes column first + k to (…, β, 0, …, 0).
  void reflect(Index first, Index k) {
    const Index row = first + k, length = rows_ - row;
    T* x = a_ + row * ld_ + row;
    T* full = v(k);
    T* own = full + (row - top_);
    const T below = dot(x + 1, x + 1, length - 1);
    std::fill(full, own, T(0));
    own[0] = T(1);
    T share(0);
    if (below != T(0)) {  // NaN goes on, and shows in T
      const T norm = Eigen::numext::sqrt(x[0] * x[0] + below), beta = x[0] > T(0) ? T(-norm) : norm;
      const T pivot = x[0] - beta;
      share = -pivot / beta;
      for (Index i = 1; i < length; ++i) own[i] = x[i] / pivot;
      x[0] = beta;
      for (Index j = row + 1; j < first + size_; ++j) {
        T* column = a_ + j * ld_ + row;
        add_scaled(T(-share * dot(own, column, length)), own, column, length);
      }
    } else {
      std::fill(own + 1, own + length, T(0));
    }
    std::fill(x + 1, x + length, T(0));
    s_[k][k] = share;
  }

  /// S of k + 1 reflections from S of k: its new column is −s·S·(Vᵀv), above s.
  void grow_triangle(Index k) {
    T product[width];
    for (Index i = 0; i < k; ++i) product[i] = dot(v(i), v(k), rows_ - top_);
    for (Index i = 0; i < k; ++i) {
      T sum(0);
      for (Index j = i; j < k; ++j) sum += s_[i][j] * product[j];
      s_[i][k] = -s_[k][k] * sum;
    }
  }

  /// C ← C − V·Sᵀ·(VᵀC) for the columns C from `next` on
  void apply_from(Index next) {
    const Index count = d_ - next;
    if (count == 0) return;
    const Block<T, false> block{v_, rows_ - top_, rows_ - top_, size_};
    T* c = a_ + next * ld_ + top_;
    std::fill(w_, w_ + size_ * count, T(0));
    add_products<0>(block, count, c, ld_, w_, size_);
    for (T* w = w_; w != w_ + size_ * count; w += size_) {
      for (Index i = size_ - 1; i >= 0; --i) {
        T sum(0);
        for (Index j = 0; j <= i; ++j) sum += s_[j][i] * w[j];
        w[i] = -sum;
      }
    }
    add_margins<0>(block, count, w_, size_, c, ld_);
  }

  T* a_;
  Index ld_, rows_, d_, top_ = 0, size_ = 0;
  T* v_;
  T* w_;
  T s_[width][width];
};

/// T replaces the upper triangle of a: rows×d by columns, ld apart, with zeros below; rows ≥ d is a multiple of row_multiple.
/// room: for 16(rows + d). Time 2d²(rows − d/3).
template <class T>
void triangularize(T* a, Index ld, Index rows, Index d, T* room) {
  ReflectionPanel<T> panel(a, ld, rows, d, room);
  for (Index first = 0; first < d; first += panel.width)
    panel.reduce(first, std::min(panel.width, d - first));
}

/// y ← T⁻ᵀy, T upper triangular by columns
template <class T>
void solve_upper_transposed(const T* t, Index ld, Index n, T* y) {
  for (Index j = 0; j < n; ++j) y[j] = (y[j] - dot(t + j * ld, y, j)) / t[j * ld + j];
}

/// y ← T⁻¹y
template <class T>
void solve_upper(const T* t, Index ld, Index n, T* y) {
  for (Index j = n - 1; j >= 0; --j) {
    y[j] /= t[j * ld + j];
    add_scaled(T(-y[j]), t + j * ld, y, j);
  }
}

}  // namespace natgrad::kernel
