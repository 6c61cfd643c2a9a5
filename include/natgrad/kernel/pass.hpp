// SPDX-License-Identifier: MIT
#pragma once
/// The one loop over the rows behind every kernel on a design: margins, row loss and products, block by block.

#include "natgrad/kernel/dense.hpp"
#include "natgrad/kernel/parallel.hpp"
#include "natgrad/kernel/sparse.hpp"

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

/// Picks what reads X.
template <class Matrix, bool Gram, class Kind = typename Eigen::internal::traits<Matrix>::StorageKind>
struct ReaderOf {
  using Source = DenseRows<typename Matrix::Scalar, bool(Matrix::IsRowMajor)>;
  using Type = DenseReader<typename Matrix::Scalar, bool(Matrix::IsRowMajor), Gram>;
};
template <class Matrix, bool Gram>
struct ReaderOf<Matrix, Gram, Eigen::Sparse> {
  using Source = const Matrix&;
  using Type =
      std::conditional_t<bool(Matrix::IsRowMajor), SparseRowReader<Matrix>, SparseColumnReader<Matrix>>;
};

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
      std::fill_n(copy, rows, T(1));
    return copy;
  }
};

template <Want want, class Matrix, int K>
class Pass {
  static constexpr bool has_margins = want != Want::products && want != Want::gram;
  static constexpr bool has_residual = want != Want::value && want != Want::gram;
  static constexpr bool has_curvature =
      want == Want::curvature || want == Want::hessian || want == Want::gram;
  static constexpr bool has_gram = want == Want::hessian || want == Want::gram;

  using Kind = ReaderOf<Matrix, has_gram>;
  using Reader = typename Kind::Type;
  static_assert(!has_curvature || K == 1, "natgrad: curvatures are for one output");

 public:
  using T = typename Matrix::Scalar;

  /// `outputs` of which x, p×outputs, are the parameters (unused without margins).
  template <class Parameters>
  Pass(const Design<Matrix>& design, const Parameters& x, Index outputs, Scratch& scratch)
      : design_(design),
        source_(source(design.features)),
        d_(design.features.cols()),
        p_(design.parameters()),
        k_(K == Eigen::Dynamic ? outputs : K),
        sums_(scratch.take<T>(size())) {
    if constexpr (has_margins) {
      T* copy = scratch.take<T>(p_ * k_);
      Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>(copy, p_, k_) = x;
      x_ = copy;
    }
  }

  /// Runs over rows [first, last). curvature: n values out, for Want::curvature.
  template <class RowLoss>
  void run(const RowLoss& loss, Index first, Index last, T* curvature = nullptr) const {
    const Cut cut(last - first, Reader::block_rows(source_), Reader::work(source_), size());
    sum_parts(cut.parts, size(), sums_, [&](Index part, T* sums) {
      Scratch scratch;
      Buffers to(*this, std::min(cut.block, last - first), scratch);
      Reader reader(source_, cut.block, scratch);
      const Index begin = first + part * cut.part, end = std::min(last, begin + cut.part);
      for (Index row = begin; row < end; row += cut.block)
        add_block(reader, loss, row, std::min(cut.block, end - row), to, sums, curvature);
    });
  }

  T value() const { return sums_[0]; }
  auto gradient() const { return Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, K>>(sums_ + 1, p_, k_); }

  /// Writes the lower triangle of DᵀWD.
  template <class Output>
  void gram(Output&& lower) const {
    const T* cross = sums_ + 1 + gradient_size();
    const Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>> features(cross + p_, d_, d_);
    lower.topLeftCorner(d_, d_).template triangularView<Eigen::Lower>() = features;
    if (design_.intercept) lower.row(d_) = Eigen::Map<const Eigen::Matrix<T, 1, Eigen::Dynamic>>(cross, p_);
  }

 private:
  /// Margins, residuals and curvatures of one block; the curvatures stand beside the residuals, as a second column.
  struct Buffers {
    Index stride;
    T *m, *r, *w;
    Buffers(const Pass& pass, Index rows, Scratch& scratch)
        : stride((rows + row_multiple - 1) / row_multiple * row_multiple) {
      m = has_margins ? scratch.take<T>(stride * pass.k_) : nullptr;
      T* values = scratch.take<T>(stride * (pass.k_ + 1));
      r = has_residual ? values : nullptr;
      w = has_curvature ? values + stride * pass.k_ : nullptr;
    }
  };

  static typename Kind::Source source(const Matrix& x) {
    if constexpr (std::is_reference_v<typename Kind::Source>)
      return x;
    else
      return dense_rows(x);
  }

  Index gradient_size() const { return has_residual ? p_ * k_ : 0; }
  /// value, Dᵀr (p×k), Dᵀw (p), XᵀWX (d×d)
  Index size() const { return 1 + gradient_size() + (has_gram ? p_ + d_ * d_ : 0); }

  void margins(Reader& reader, Index first, Index rows, const Buffers& to) const {
    for (Index k = 0; k < k_; ++k) {
      T* m = to.m + k * to.stride;
      std::fill(m, m + to.stride, design_.intercept ? x_[k * p_ + d_] : T(0));
      if (design_.offset)
        for (Index i = 0; i < rows; ++i) m[i] += design_.offset[first + i];
    }
    reader.template add_margins<K>(k_, x_, p_, to.m, to.stride);
  }

  template <class RowLoss>
  void add_block(Reader& reader, const RowLoss& loss, Index first, Index rows, const Buffers& to, T* sums,
                 T* curvature) const {
    reader.read(first, rows);
    T* gradient = sums + 1;
    T* cross = gradient + gradient_size();
    if constexpr (want == Want::gram) {
      const T* w = loss.of(first, rows, to.w);
      if (w == to.w) std::fill(to.w + rows, to.w + to.stride, T(0));
      reader.add_gram(w, cross + p_);
      if (!design_.intercept) return;
      cross[d_] += total(w, rows);
      reader.template add_products<1>(1, w, to.stride, cross, p_);
    } else {
      if constexpr (has_margins) margins(reader, first, rows, to);
      RowBlock<T, K> block{first,
                           values<ConstRowValues<T, K>>(to.m, has_margins ? rows : 0, to.stride),
                           values<RowValues<T, K>>(to.r, has_residual ? rows : 0, to.stride),
                           {want == Want::curvature ? curvature + first : to.w, has_curvature ? rows : 0}};
      sums[0] += loss(block);
      if constexpr (has_residual) add_ones(to.r, k_, rows, to.stride, gradient);
      if constexpr (want == Want::hessian) {
        add_ones(to.w, 1, rows, to.stride, cross);
        reader.add_gram(to.w, cross + p_);
      }
      add_products(reader, to, gradient);
    }
  }

  void add_products(Reader& reader, const Buffers& to, T* gradient) const {
    if constexpr (want == Want::hessian) {
      // Dᵀr and Dᵀw at once: w stands beside r, and the second result beside the first.
      if (design_.intercept) return reader.template add_products<2>(2, to.r, to.stride, gradient, p_);
    }
    if constexpr (has_residual) reader.template add_products<K>(k_, to.r, to.stride, gradient, p_);
  }

  /// The intercept's share: the sum of each column; and zeros after its end, which the products by columns run over.
  void add_ones(T* column, Index columns, Index rows, Index stride, T* out) const {
    for (Index k = 0; k < columns; ++k, column += stride) {
      std::fill(column + rows, column + stride, T(0));
      if (design_.intercept) out[k * p_ + d_] += total(column, rows);
    }
  }

  template <class Values>
  Values values(T* start, Index rows, Index stride) const {
    if constexpr (K == 1)
      return {start, rows};
    else
      return {start, rows, k_, Eigen::OuterStride<>(stride)};
  }

  const Design<Matrix>& design_;
  typename Kind::Source source_;
  Index d_, p_, k_;
  T* sums_;
  const T* x_ = nullptr;
};

}  // namespace natgrad::kernel
