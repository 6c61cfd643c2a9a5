// SPDX-License-Identifier: MIT
#pragma once
/// One pass over the rows of a dense X, in blocks that stay in cache from the margins to the last product.

#include "natgrad/kernel/blocks.hpp"
#include "natgrad/kernel/design.hpp"
#include "natgrad/kernel/parallel.hpp"
#include "natgrad/kernel/scratch.hpp"
#include "natgrad/kernel/strip_pass.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace natgrad::kernel {

/// X on pointers: n×d, `stride` from row to row or from column to column.
template <class T, bool ByRow>
struct DenseRows {
  using Scalar = T;

  const T* x;
  Index stride, n, d;

  Block<T, ByRow> block(Index first, Index rows) const {
    const Index start = first * (ByRow ? stride : 1);
    return {d > 0 ? x + start : x, stride, rows, d};  // without columns x may be null
  }
};

template <class Matrix>
inline constexpr bool is_dense =
    std::is_same_v<typename Eigen::internal::traits<Matrix>::StorageKind, Eigen::Dense>;

/// lower ← c, d×d by columns, and below it the row `cross` where there is an intercept; lower triangle.
template <class T, class Output>
void write_gram(const T* c, Index d, const T* cross, Output&& lower) {
  for (Index j = 0; j < d; ++j) {
    for (Index i = j; i < d; ++i) lower.coeffRef(i, j) = c[j * d + i];
  }
  for (Index j = 0; cross && j <= d; ++j) lower.coeffRef(d, j) = cross[j];
}

/// X must be laid out in memory with an inner stride of 1; a vector may be either order.
template <class Matrix>
auto dense_rows(const Matrix& x) {
  static_assert((Matrix::Flags & Eigen::DirectAccessBit) != 0,
                "natgrad: the features must be a Matrix, Map, Ref or Block with its values in memory; "
                "evaluate the expression first");
  if (x.innerStride() != 1 && x.innerSize() > 1)
    throw std::invalid_argument(
        "natgrad: the features must have an inner stride of 1; copy them to a Matrix first");
  return DenseRows<typename Matrix::Scalar, bool(Matrix::IsRowMajor)>{x.data(), x.outerStride(), x.rows(),
                                                                      x.cols()};
}

/// The vector code of a loss takes up to so many rows together, and the last ones apart: short blocks have a multiple of them.
inline constexpr Index loss_rows_at_once = 64;
/// Measured: memory gives so many columns side by side as fast as one.
inline constexpr Index memory_streams = 16;
/// Measured: so many rows are worked on until memory answers.
inline constexpr Index strip_ahead = 64;

/// Reads X block by block: one object for each run of blocks. By columns where the layout or the Gram matrix needs it:
/// X itself if it is stored so, else a copy in cache; the last few rows are always a copy, completed by zeros.
template <class T, bool ByRow, bool Gram>
class DenseReader {
 public:
  /// To a multiple of row_multiple, by zeros
  static constexpr bool completes_rows = true;

  /// Measured: the tiles of the Gram matrix want many rows. X by rows, which is one run, is best kept in the nearest caches. X by
  /// columns wants long runs of each, even where the block then leaves the second level for the third; few columns, which memory
  /// gives side by side, the longest. From memory many columns want shorter runs: the machine reads ahead of itself only in long
  /// ones, and not while a block gives its products, so that the margins of each block ask for the next one.
  static Index block_rows(const DenseRows<T, ByRow>& x, Index outputs = 1) {
    const auto within = [&](Index kilobytes, Index least, Index most) {
      const Index rows = (kilobytes << 10) / std::max<Index>(1, x.d * Index(sizeof(T)));
      return std::clamp(rows, least, most) / loss_rows_at_once * loss_rows_at_once;
    };
    if constexpr (Gram) return within(400, 256, 1024);
    if constexpr (ByRow) return x.d < row_vector ? within(128, 256, 1024) : within(96, 64, 1024);
    const Index most = x.d <= memory_streams && outputs == 1 ? within(512, 512, 16384)
                     : comes_from_memory(x)                  ? within(256, 320, 512)
                                                             : within(2048, 512, 2048);
    if (work(x) < 2 * work_a_part) return most;
    return std::clamp<Index>(padded(equal_rows(x.n, most, work(x))), 256, most);
  }
  /// X is so large that the caches have forgotten its first rows at the end of a pass.
  static bool comes_from_memory(const DenseRows<T, ByRow>& x) {
    return double(x.n) * double(x.d) * double(sizeof(T)) > double(16 << 20);
  }
  /// multiplications of the pass
  static double work(const DenseRows<T, ByRow>& x) {
    return double(x.n) * double(x.d) * (Gram ? 1 + double(x.d) / 4 : 1);
  }

  DenseReader(const DenseRows<T, ByRow>& x, Index block, Scratch& scratch) : x_(x) {
    const Index rows = padded(std::min(block, x.n));
    // Not a power of two, which would put all columns into the same few sets of the cache.
    stride_ = ByRow ? rows + row_multiple : row_multiple;
    if (by_columns()) copy_ = scratch.take<T>(stride_ * x.d);
    if constexpr (Gram) room_ = scratch.take<T>(gram_room(rows, x.d));
  }

  void read(Index first, Index rows) {
    direct_ = x_.block(first, rows);
    ahead_ = comes_from_memory(x_) && first + rows < x_.n ? rows : 0;
    rest_ = {copy_, stride_, 0, x_.d};
    if (!by_columns()) return;
    const Index whole = ByRow ? 0 : rows / row_multiple * row_multiple;
    if (whole < rows) {
      copy_by_columns(x_.block(first + whole, rows - whole), copy_, stride_, ByRow ? ahead_ : 0);
      rest_.rows = padded(rows - whole);
    }
    direct_.rows = whole;
  }

  /// Rows [first, first + rows) by columns, where these are few enough for a row loss to take strips of them; else no rows.
  /// Columns a multiple of 4 KB apart share the sets of the nearest cache, which has room for eight of them; of 2 KB, for sixteen.
  StripPass<T> strips(Index first, Index rows) {
    const bool far = comes_from_memory(x_);
    if (x_.d == 0 || x_.d > (far ? memory_streams : few_columns)) return {};
    if constexpr (!ByRow) {
      if (x_.d > 8 * (4096 / std::gcd<Index, Index>(x_.stride * Index(sizeof(T)), 4096))) return {};
      return {
          .x = x_.x + first, .stride = x_.stride, .rows = rows, .d = x_.d, .ahead = far ? strip_ahead : 0};
    } else {
      if (!by_columns()) return {};
      read(first, rows);
      return {.x = rest_.x, .stride = rest_.stride, .rows = rows, .d = x_.d};
    }
  }

  /// m += X v, r and m with room for padded(rows)
  template <int K>
  void add_margins(Index k, const T* v, Index ldv, T* m, Index ldm) const {
    if (direct_.rows > 0) kernel::add_margins<K>(direct_, k, v, ldv, m, ldm, ahead_);
    if (rest_.rows > 0) kernel::add_margins<K>(rest_, k, v, ldv, m + direct_.rows, ldm);
  }

  /// out += Xᵀ r, r zero from rows to padded(rows)
  template <int K>
  void add_products(Index k, const T* r, Index ldr, T* out, Index ldo) const {
    if (direct_.rows > 0) kernel::add_products<K>(direct_, k, r, ldr, out, ldo);
    if (rest_.rows > 0) kernel::add_products<K>(rest_, k, r + direct_.rows, ldr, out, ldo);
  }

  /// c += Xᵀ diag(w) X, lower triangle by columns, w zero from rows to padded(rows)
  void add_gram(const T* w, T* c) const {
    if constexpr (!ByRow)
      if (direct_.rows > 0) kernel::add_gram(direct_, w, 0, x_.d, c, x_.d, room_, ahead_);
    if (rest_.rows > 0) kernel::add_gram(rest_, w + direct_.rows, 0, x_.d, c, x_.d, room_);
  }

 private:
  bool by_columns() const { return !ByRow || Gram || x_.d < row_vector; }

  const DenseRows<T, ByRow>& x_;
  Index ahead_ = 0;
  Index stride_ = 0;
  T* copy_ = nullptr;
  T* room_ = nullptr;
  Block<T, ByRow> direct_{};
  Block<T, false> rest_{};
};

}  // namespace natgrad::kernel
