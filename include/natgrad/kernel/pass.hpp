// SPDX-License-Identifier: MIT
#pragma once
/// The one loop over the rows behind every kernel on a design: margins, row loss and products, block by block.

#include "natgrad/kernel/dense.hpp"
#include "natgrad/kernel/parallel.hpp"
#include "natgrad/kernel/sparse.hpp"
#include "natgrad/kernel/vectors.hpp"

namespace natgrad::kernel {

/// What a pass gives, besides Σ loss where it has margins.
///            margins  residual  curvature                products
/// value         ×
/// gradient      ×        ×                               Dᵀr
/// curvature     ×        ×      × (left in an array)     Dᵀr
/// hessian       ×        ×      ×                        Dᵀr, DᵀWD
/// products               ×                               Dᵀr
/// gram                          ×                        DᵀWD
enum class Want { value, gradient, curvature, hessian, products, gram };

/// Picks what reads X. X is on pointers here: a Matrix, a Map and a Transpose share one copy of the passes.
template <class Source, bool Gram>
struct ReaderOf;
template <class T, bool ByRow, bool Gram>
struct ReaderOf<DenseRows<T, ByRow>, Gram> {
  using Type = DenseReader<T, ByRow, Gram>;
};
template <class T, class Place, bool ByRow, bool Gram>
struct ReaderOf<SparseLines<T, Place, ByRow>, Gram> {
  using Type = SparseReader<T, Place, ByRow, Gram>;
};

/// X as the passes see it
template <class Matrix>
auto source_of(const Matrix& x) {
  if constexpr (is_dense<Matrix>)
    return dense_rows(x);
  else
    return sparse_lines(x);
}
template <class Matrix>
using SourceOf = decltype(source_of(std::declval<const Matrix&>()));

/// For Want::gram, in place of a row loss: the weights, or null for ones.
template <class T>
struct GivenWeights {
  const T* weight;

  /// The block's weights: where they lie, if they need not be completed by zeros, else a copy.
  const T* of(Index first, Index rows, T* copy) const {
    if (weight && rows % row_multiple == 0) return weight + first;
    if (weight)
      std::copy_n(weight + first, rows, copy);
    else
      fill(copy, rows, T(1));
    return copy;
  }
};

template <Want want, class Source, int K>
class Pass {
  static constexpr bool has_margins = want != Want::products && want != Want::gram;
  static constexpr bool has_residual = want != Want::value && want != Want::gram;
  static constexpr bool has_curvature =
      want == Want::curvature || want == Want::hessian || want == Want::gram;
  static constexpr bool has_gram = want == Want::hessian || want == Want::gram;

  using Reader = typename ReaderOf<Source, has_gram>::Type;
  static_assert(!has_curvature || K == 1, "natgrad: curvatures are for one output");

 public:
  using T = typename Source::Scalar;

  /// `outputs` of which x, p×outputs, are the parameters (unused without margins).
  template <class Matrix, class Parameters>
  Pass(const Design<Matrix>& design, const Parameters& x, Index outputs, Scratch& scratch)
      : source_(source_of(design.features)),
        intercept_(design.intercept),
        offset_(design.offset),
        d_(design.features.cols()),
        p_(design.parameters()),
        k_(K == Eigen::Dynamic ? outputs : K),
        sums_(scratch.take<T>(size())) {
    if constexpr (has_margins) {
      T* copy = scratch.take<T>(p_ * k_);
      for (Index k = 0; k < k_; ++k) {
        for (Index j = 0; j < p_; ++j) copy[k * p_ + j] = x.coeff(j, k);
      }
      x_ = copy;
    }
  }

  /// Runs over rows [first, last). curvature: n values out, for Want::curvature, and for Want::value where it is not null.
  template <class RowLoss>
  void run(const RowLoss& loss, Index first, Index last, T* curvature = nullptr) const {
    const Cut cut(last - first, Reader::block_rows(source_, k_), Reader::work(source_), size());
    sum_parts(cut.parts, size(), sums_, [&](Index part, T* sums) {
      Scratch scratch;
      Buffers to(*this, std::min(cut.block, last - first), scratch);
      Reader reader(source_, cut.block, scratch);
      const Index begin = first + part * cut.part, end = std::min(last, begin + cut.part);
      for (Index row = begin; row < end;) {
        const Index rows = next_rows(cut.block, end - row);
        add_block(reader, loss, row, rows, to, sums, curvature);
        row += rows;
      }
    });
  }

  T value() const { return sums_[0]; }

  /// Writes Dᵀr, p×k.
  template <class Output>
  void gradient(Output&& out) const {
    for (Index k = 0; k < k_; ++k) {
      for (Index j = 0; j < p_; ++j) out.coeffRef(j, k) = sums_[1 + k * p_ + j];
    }
  }

  /// Writes the lower triangle of DᵀWD.
  template <class Output>
  void gram(Output&& lower) const {
    const T* cross = sums_ + 1 + gradient_size();
    write_gram(cross + p_, d_, intercept_ ? cross : nullptr, lower);
  }

 private:
  /// Margins, residuals and curvatures of one block; the curvatures stand beside the residuals, as a second column.
  struct Buffers {
    Index stride;
    T *m, *r, *w;
    Buffers(const Pass& pass, Index rows, Scratch& scratch) : stride(padded(rows)) {
      m = has_margins ? scratch.take<T>(stride * pass.k_) : nullptr;
      T* values = scratch.take<T>(stride * (pass.k_ + 1));
      r = has_residual ? values : nullptr;
      w = has_curvature ? values + stride * pass.k_ : nullptr;
    }
  };

  /// Given weights are read where they lie, and only the last few rows are completed by zeros: those are a block of their own.
  static Index next_rows(Index block, Index left) {
    const Index rows = std::min(block, left);
    const bool ends_apart = want == Want::gram && Reader::completes_rows && rows > row_multiple;
    return ends_apart ? rows / row_multiple * row_multiple : rows;
  }

  Index gradient_size() const { return has_residual ? p_ * k_ : 0; }
  /// value, Dᵀr (p×k), Dᵀw (p), XᵀWX (d×d)
  Index size() const { return 1 + gradient_size() + (has_gram ? p_ + d_ * d_ : 0); }

  void margins(Reader& reader, Index first, Index rows, const Buffers& to) const {
    for (Index k = 0; k < k_; ++k) {
      T* m = to.m + k * to.stride;
      fill(m, padded(rows), intercept_ ? x_[k * p_ + d_] : T(0));
      if (offset_)
        for (Index i = 0; i < rows; ++i) m[i] += offset_[first + i];
    }
    reader.template add_margins<K>(k_, x_, p_, to.m, to.stride);
  }

  template <class RowLoss>
  void add_block(Reader& reader, const RowLoss& loss, Index first, Index rows, const Buffers& to, T* sums,
                 T* curvature) const {
    if (add_strips(reader, loss, first, rows, sums, curvature)) return;
    reader.read(first, rows);
    T* gradient = sums + 1;
    T* cross = gradient + gradient_size();
    if constexpr (want == Want::gram) {
      const T* w = loss.of(first, rows, to.w);
      if (w == to.w) complete(to.w, rows);
      reader.add_gram(w, cross + p_);
      if (!intercept_) return;
      cross[d_] += total(w, rows);
      reader.template add_products<1>(1, w, to.stride, cross, p_);
    } else {
      if constexpr (has_margins) margins(reader, first, rows, to);
      RowBlock<T, K> block{first,
                           values<ConstRowValues<T, K>>(to.m, has_margins ? rows : 0, to.stride),
                           values<RowValues<T, K>>(to.r, has_residual ? rows : 0, to.stride),
                           {curvature ? curvature + first : to.w, curvature || has_curvature ? rows : 0}};
      sums[0] += loss(block);
      if constexpr (has_residual) add_ones(to.r, k_, rows, to.stride, gradient);
      if constexpr (want == Want::hessian) {
        add_ones(to.w, 1, rows, to.stride, cross);
        reader.add_gram(to.w, cross + p_);
      }
      add_products(reader, to, gradient);
    }
  }

  /// A row loss may do the whole pass over few columns itself, from the margins to the products; false where it does not.
  template <class RowLoss>
  bool add_strips(Reader& reader, const RowLoss& loss, Index first, Index rows, T* sums, T* curvature) const {
    if constexpr (K == 1 && !has_gram && has_margins
                  && requires { loss.strips(reader.strips(first, rows), first); }) {
      if (!loss.takes_strips()) return false;
      StripPass<T> pass = reader.strips(first, rows);
      if (pass.rows == 0) return false;
      pass.p = p_, pass.v = x_;
      pass.offset = offset_ ? offset_ + first : nullptr;
      pass.products = has_residual ? sums + 1 : nullptr;
      pass.curvature = curvature ? curvature + first : nullptr;
      sums[0] += loss.strips(pass, first);
      return true;
    } else {
      return false;
    }
  }

  void add_products(Reader& reader, const Buffers& to, T* gradient) const {
    if constexpr (want == Want::hessian) {
      // Dᵀr and Dᵀw at once: w stands beside r, and the second result beside the first.
      if (intercept_) return reader.template add_products<2>(2, to.r, to.stride, gradient, p_);
    }
    if constexpr (has_residual) reader.template add_products<K>(k_, to.r, to.stride, gradient, p_);
  }

  /// Zeros after the end, which the products by columns run over
  static void complete(T* column, Index rows) { fill(column + rows, padded(rows) - rows, T(0)); }

  /// The intercept's share: the sum of each column, which is completed by zeros.
  void add_ones(T* column, Index columns, Index rows, Index stride, T* out) const {
    for (Index k = 0; k < columns; ++k, column += stride) {
      complete(column, rows);
      if (intercept_) out[k * p_ + d_] += total(column, rows);
    }
  }

  template <class Values>
  Values values(T* start, Index rows, Index stride) const {
    if constexpr (K == 1)
      return {start, rows};
    else
      return {start, rows, k_, Eigen::OuterStride<>(stride)};
  }

  Source source_;
  bool intercept_;
  const T* offset_;
  Index d_, p_, k_;
  T* sums_;
  const T* x_ = nullptr;
};

}  // namespace natgrad::kernel
