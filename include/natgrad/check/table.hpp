// SPDX-License-Identifier: MIT
#pragma once

/// A matrix of doubles for what the checks compare entry by entry: filled by a formula of (i, j), cheap to compile.

#include "natgrad/core/vector.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace natgrad::detail {

class Table {
 public:
  Table() = default;
  Table(Index rows, Index columns, double value = 0)
      : rows_(rows), columns_(columns), entries_(static_cast<std::size_t>(rows * columns), value) {}

  /// entry(i, j) for every i and j
  template <class Entry>
  static Table of(Index rows, Index columns, const Entry& entry) {
    Table table(rows, columns);
    for (Index j = 0; j < columns; ++j) {
      for (Index i = 0; i < rows; ++i) table(i, j) = entry(i, j);
    }
    return table;
  }

  /// A plain Eigen vector or matrix, whatever its scalar
  template <class Matrix>
  static Table copy(const Matrix& m) {
    return of(m.rows(), m.cols(), [&](Index i, Index j) { return static_cast<double>(m(i, j)); });
  }

  /// f(i, j, entry) for every entry
  template <class Function>
  Table map(const Function& f) const {
    return of(rows_, columns_, [&](Index i, Index j) { return f(i, j, (*this)(i, j)); });
  }

  Index rows() const { return rows_; }
  Index columns() const { return columns_; }
  Index size() const { return rows_ * columns_; }

  double operator()(Index i, Index j = 0) const { return entries_[static_cast<std::size_t>(i + j * rows_)]; }
  double& operator()(Index i, Index j = 0) { return entries_[static_cast<std::size_t>(i + j * rows_)]; }

  /// The largest |entry|; 0 where there is none.
  double size_of_largest() const {
    double most = 0;
    for (const double entry : entries_) most = std::fmax(most, std::abs(entry));
    return most;
  }

  bool all_finite() const {
    return std::all_of(entries_.begin(), entries_.end(), [](double entry) { return std::isfinite(entry); });
  }

  Table transpose() const {
    return of(columns_, rows_, [&](Index i, Index j) { return (*this)(j, i); });
  }

  /// √|mᵢᵢmⱼⱼ|: the size of entry (i, j) of a square matrix in the units of its row and column
  Table scales() const {
    return map([&](Index i, Index j, double) { return std::sqrt(std::abs((*this)(i, i) * (*this)(j, j))); });
  }

 private:
  Index rows_ = 0;
  Index columns_ = 0;
  std::vector<double> entries_;  // column by column
};

}  // namespace natgrad::detail
