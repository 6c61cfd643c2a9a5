// SPDX-License-Identifier: MIT
#pragma once
/// The same reader for a sparse X: rows one after the other where it is stored by rows, else all of them at once.

#include "natgrad/kernel/design.hpp"
#include "natgrad/kernel/scratch.hpp"

#include <Eigen/Core>

#include <algorithm>

namespace natgrad::kernel {

/// Reads rows [first, first + rows) of a sparse X stored by rows.
template <class Matrix>
class SparseRowReader {
 public:
  using T = typename Matrix::Scalar;
  using Entry = Eigen::InnerIterator<Matrix>;

  static Index block_rows(const Matrix&) { return 256; }
  static double work(const Matrix& x) { return double(x.nonZeros()); }

  SparseRowReader(const Matrix& x, Index, Scratch&) : x_(x) {}

  void read(Index first, Index rows) { first_ = first, rows_ = rows; }

  template <int K>
  void add_margins(Index k, const T* v, Index ldv, T* m, Index ldm) const {
    for (Index i = 0; i < rows_; ++i)
      for (Index c = 0; c < k; ++c) {
        T sum(0);  // in a register: through memory each term would wait for the one before to be stored
        for (Entry entry(x_, first_ + i); entry; ++entry) sum += entry.value() * v[c * ldv + entry.col()];
        m[c * ldm + i] += sum;
      }
  }

  template <int K>
  void add_products(Index k, const T* r, Index ldr, T* out, Index ldo) const {
    for (Index i = 0; i < rows_; ++i)
      for (Entry entry(x_, first_ + i); entry; ++entry)
        for (Index c = 0; c < k; ++c) out[c * ldo + entry.col()] += entry.value() * r[c * ldr + i];
  }

  void add_gram(const T* w, T* c) const {
    for (Index i = 0; i < rows_; ++i)
      for (Entry a(x_, first_ + i); a; ++a) {
        const T weighted = w[i] * a.value();
        for (Entry b(x_, first_ + i); b && b.col() <= a.col(); ++b)
          c[b.col() * x_.cols() + a.col()] += weighted * b.value();
      }
  }

 private:
  const Matrix& x_;
  Index first_ = 0, rows_ = 0;
};

/// A sparse X stored by columns has no rows to be read one by one: one block holds all n.
template <class Matrix>
class SparseColumnReader {
 public:
  using T = typename Matrix::Scalar;
  using Entry = Eigen::InnerIterator<Matrix>;

  static Index block_rows(const Matrix& x) { return std::max<Index>(1, x.rows()); }
  static double work(const Matrix&) { return 0; }

  SparseColumnReader(const Matrix& x, Index, Scratch& scratch) : x_(x), column_(scratch.take<T>(x.rows())) {
    std::fill(column_, column_ + x.rows(), T(0));
  }

  void read(Index first, Index rows) { first_ = first, rows_ = rows; }

  template <int K>
  void add_margins(Index k, const T* v, Index ldv, T* m, Index ldm) const {
    for (Index j = 0; j < x_.cols(); ++j)
      for (Entry entry(x_, j); entry; ++entry)
        if (const Index i = entry.row() - first_; i >= 0 && i < rows_)
          for (Index c = 0; c < k; ++c) m[c * ldm + i] += entry.value() * v[c * ldv + j];
  }

  template <int K>
  void add_products(Index k, const T* r, Index ldr, T* out, Index ldo) const {
    for (Index j = 0; j < x_.cols(); ++j)
      for (Index c = 0; c < k; ++c) {
        T sum(0);
        for (Entry entry(x_, j); entry; ++entry) sum += entry.value() * r[c * ldr + entry.row()];
        out[c * ldo + j] += sum;
      }
  }

  /// One column at a time is spread out, weighted, and multiplied with those after it: O(d · entries).
  void add_gram(const T* w, T* c) const {
    for (Index b = 0; b < x_.cols(); ++b) {
      for (Entry entry(x_, b); entry; ++entry) column_[entry.row()] = w[entry.row()] * entry.value();
      for (Index a = b; a < x_.cols(); ++a) {
        T sum(0);
        for (Entry entry(x_, a); entry; ++entry) sum += entry.value() * column_[entry.row()];
        c[b * x_.cols() + a] += sum;
      }
      for (Entry entry(x_, b); entry; ++entry) column_[entry.row()] = T(0);
    }
  }

 private:
  const Matrix& x_;
  T* column_;
  Index first_ = 0, rows_ = 0;
};

}  // namespace natgrad::kernel
