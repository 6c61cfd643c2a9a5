// SPDX-License-Identifier: MIT
#pragma once
/// The same reader for a sparse X: rows one after the other where it is stored by rows, else all of them at once.

#include "natgrad/kernel/scratch.hpp"

#include <Eigen/Core>

#include <algorithm>

namespace natgrad::kernel {

using Eigen::Index;

/// One row or column of a sparse X: its values, and the places in it where they stand, in rising order.
template <class T, class Place>
struct SparseLine {
  const T* value;
  const Place* place;
  Index size;

  /// Σ valueₖ·v[placeₖ], in four sums: an addition would wait for the one before.
  T dot(const T* v) const {
    T a(0), b(0), c(0), d(0);
    Index k = 0;
    for (; k + 4 <= size; k += 4) {
      a += value[k] * v[place[k]];
      b += value[k + 1] * v[place[k + 1]];
      c += value[k + 2] * v[place[k + 2]];
      d += value[k + 3] * v[place[k + 3]];
    }
    for (; k < size; ++k) a += value[k] * v[place[k]];
    return (a + b) + (c + d);
  }

  /// out[placeₖ − first] += factor·valueₖ
  void add(T factor, T* out, Index first = 0) const {
    for (Index k = 0; k < size; ++k) out[place[k] - first] += factor * value[k];
  }

  /// without its first k entries
  SparseLine from(Index k) const { return {value + k, place + k, size - k}; }

  /// its entries in places [first, last)
  SparseLine between(Index first, Index last) const {
    const Place* end = place + size;
    const Place* low = std::lower_bound(place, end, first);
    const Place* high = std::lower_bound(low, end, last);
    return {value + (low - place), low, high - low};
  }
};

/// X on pointers, n×d: its rows, or its columns, one line each.
template <class T, class Place, bool ByRow>
struct SparseLines {
  using Scalar = T;

  const T* value;
  const Place* place;
  const Place* start;   // of each line, and the end of the last
  const Place* filled;  // how much of each line is in use; null: all
  Index n, d;

  Index count() const { return ByRow ? n : d; }

  SparseLine<T, Place> operator[](Index i) const {
    const Index first = start[i];
    return {value + first, place + first, filled ? Index(filled[i]) : Index(start[i + 1]) - first};
  }

  Index entries() const {
    if (!filled) return start[count()] - start[0];
    Index sum = 0;
    for (Index i = 0; i < count(); ++i) sum += filled[i];
    return sum;
  }
};

template <class Matrix>
auto sparse_lines(const Matrix& x) {
  return SparseLines<typename Matrix::Scalar, typename Matrix::StorageIndex, bool(Matrix::IsRowMajor)>{
      x.valuePtr(), x.innerIndexPtr(), x.outerIndexPtr(), x.innerNonZeroPtr(), x.rows(), x.cols()};
}

/// The rows of an X stored by columns: a copy in `scratch`, whose making costs about as much as four passes.
template <class T, class Place>
SparseLines<T, Place, true> turned(const SparseLines<T, Place, false>& x, Scratch& scratch) {
  const Index entries = x.entries();
  T* value = scratch.take<T>(entries);
  Place* place = scratch.take<Place>(entries);
  Place* start = scratch.take<Place>(x.n + 2);
  std::fill(start, start + x.n + 2, Place(0));
  for (Index j = 0; j < x.d; ++j) {
    const auto column = x[j];
    for (Index k = 0; k < column.size; ++k) ++start[column.place[k] + 2];
  }
  for (Index i = 2; i < x.n + 2; ++i) start[i] += start[i - 1];
  Place* next = start + 1;  // where the next entry of a row goes; in the end, where the row after it starts
  for (Index j = 0; j < x.d; ++j) {
    const auto column = x[j];
    for (Index k = 0; k < column.size; ++k) {
      const Place at = next[column.place[k]]++;
      value[at] = column.value[k];
      place[at] = static_cast<Place>(j);
    }
  }
  return {value, place, start, nullptr, x.n, x.d};
}

template <class T, class Place, bool ByRow, bool Gram>
class SparseReader {
 public:
  using Lines = SparseLines<T, Place, ByRow>;
  static constexpr bool completes_rows = false;

  /// An X by columns has no rows to be read one by one: one block holds all n.
  static Index block_rows(const Lines& x, Index) { return ByRow ? 256 : std::max<Index>(1, x.n); }
  static double work(const Lines& x) { return ByRow ? double(x.entries()) : 0; }

  SparseReader(const Lines& x, Index, Scratch& scratch) : x_(x), rows_of_(by_rows(x, scratch)) {}

  void read(Index first, Index rows) { first_ = first, rows_ = rows; }

  template <int K>
  void add_margins(Index k, const T* v, Index ldv, T* m, Index ldm) const {
    for (Index line = 0; line < lines(); ++line) {
      const auto entries = part(line);
      for (Index c = 0; c < k; ++c) {
        if constexpr (ByRow)
          m[c * ldm + line] += entries.dot(v + c * ldv);
        else
          entries.add(v[c * ldv + line], m + c * ldm, first_);
      }
    }
  }

  template <int K>
  void add_products(Index k, const T* r, Index ldr, T* out, Index ldo) const {
    for (Index line = 0; line < lines(); ++line) {
      const auto entries = part(line);
      for (Index c = 0; c < k; ++c) {
        if constexpr (ByRow)
          entries.add(r[c * ldr + line], out + c * ldo);
        else
          out[c * ldo + line] += entries.dot(r + c * ldr);
      }
    }
  }

  /// Row by row, each with itself: O(Σ entries²) over the rows, down one column of c at a time.
  void add_gram(const T* w, T* c) const {
    for (Index i = 0; i < rows_; ++i) {
      const auto row = rows_of_[first_ + i];
      for (Index k = 0; k < row.size; ++k) row.from(k).add(w[i] * row.value[k], c + row.place[k] * x_.d);
    }
  }

 private:
  using Rows = SparseLines<T, Place, true>;

  static Rows by_rows(const Lines& x, Scratch& scratch) {
    if constexpr (ByRow)
      return x;
    else if constexpr (Gram)
      return turned(x, scratch);
    else
      return {};
  }

  Index lines() const { return ByRow ? rows_ : x_.d; }

  /// A row read, or what lies in the rows read of a column: margins alone are asked of fewer than all.
  SparseLine<T, Place> part(Index line) const {
    if constexpr (ByRow)
      return x_[first_ + line];
    else
      return rows_ == x_.n ? x_[line] : x_[line].between(first_, first_ + rows_);
  }

  Lines x_;
  Rows rows_of_;  // for the Gram matrix
  Index first_ = 0, rows_ = 0;
};

}  // namespace natgrad::kernel
