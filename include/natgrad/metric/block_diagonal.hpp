// SPDX-License-Identifier: MIT
#pragma once

/// M ≈ its diagonal blocks: (M_b + λD_b)d_b = −g_b, each by Cholesky. Time Σ n·size² + size³/3, memory Σ 2·size².

#include "natgrad/core/require.hpp"
#include "natgrad/fisher/label.hpp"
#include "natgrad/metric/cholesky.hpp"
#include "natgrad/metric/scaled_state.hpp"
#include "natgrad/metric/spectrum.hpp"

#include <utility>
#include <vector>

namespace natgrad {

template <class V, class Source>
class BlockDiagonalState : public ScaledState<V> {
 public:
  using Scalar = ScalarOf<V>;
  using Numbers = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Block = SquareMatrix<Numbers>;

  BlockDiagonalState(const Source& source, double damping, bool scale_free, std::vector<Index> sizes,
                     Index dimension)
      : ScaledState<V>(dimension, damping, scale_free, detail::kept_scale<Source>(damping)),
        source_(source),
        sizes_(std::move(sizes)),
        diagonal_(dimension) {
    if (sizes_.empty()) sizes_.push_back(dimension);
    Index covered = 0;
    for (const Index size : sizes_) covered += size;
    detail::require(covered == dimension, "BlockDiagonal.sizes: their sum", covered, "x0.size()");
    for (const Index size : sizes_) blocks_.emplace_back(Block::Zero(size, size));
    parts_.resize(sizes_.size());
    for (std::size_t b = 0; b < sizes_.size(); ++b) {
      parts_[b].cholesky.reserve(sizes_[b]);
      parts_[b].spectrum.reserve(sizes_[b]);
    }
  }

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    factorizations_ = &f.counts().factorizations;
    if (!source_.prepare(f, at)) return false;
    source_.diagonal_blocks(sizes_, blocks_);
    bool finite = true;
    each([&](std::size_t b, Index first, Index size) {
      diagonal_.segment(first, size) = blocks_[b].diagonal();
      for (Index j = 0; j < size; ++j) {
        for (Index i = j; i < size; ++i) finite = finite && is_finite(blocks_[b](i, j));
      }
    });
    if (!finite || !this->set_scale(diagonal_)) return false;
    hand_out_scale();
    return true;
  }

  bool forget() {
    if (!ScaledState<V>::forget()) return false;
    hand_out_scale();
    return true;
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    this->lambda_ = lambda;
    const Scalar total = lambda + this->own_damping_;
    bool definite = true;
    ++*factorizations_;
    each([&](std::size_t b, Index first, Index size) {
      Part& part = parts_[b];
      if (!definite || !(definite = part.cholesky.factor(blocks_[b], part.D, total))) return;
      part.g = g.segment(first, size);
      part.cholesky.solve_negative(part.g, part.d);
      d.segment(first, size) = part.d;
    });
    return definite && this->measure(d, -g.dot(d) - total * weighted_square(d, this->D_));
  }

  /// Each block by its |eigenvalues|, minimum norm where it is singular.
  bool descend(const V& g, V& d) {
    modified_ = true;
    this->lambda_ = Scalar(0);
    bool known = true;
    Scalar curvature(0);
    each([&](std::size_t b, Index first, Index size) {
      Part& part = parts_[b];
      if (!(known = known && know_spectrum(b))) return;
      part.g = g.segment(first, size);
      part.spectrum.descend(part.g, part.d);
      d.segment(first, size) = part.d;
      curvature += part.spectrum.curvature();
    });
    return known && this->measure(d, curvature);
  }

  bool within(Scalar radius, const V& g, V& d) { return this->solve_within(*this, radius, g, d); }

  bool indefinite() {
    if (Source::semidefinite) return false;
    for (std::size_t b = 0; b < sizes_.size(); ++b) {
      if (know_spectrum(b) && parts_[b].spectrum.indefinite()) return true;
    }
    return false;
  }

  bool negative_curvature(const Iterate<V>& at, V& d) {
    bool found = false;
    each([&](std::size_t b, Index first, Index size) {
      Part& part = parts_[b];
      if (found || !know_spectrum(b) || !part.spectrum.indefinite()) return;
      found = true;
      part.g = at.gradient.segment(first, size);
      part.spectrum.lowest_direction(part.g, part.d);
      const Scalar length = max_norm(at.x);
      d.setZero(at.x.size());
      d.segment(first, size) = part.d * ((length > Scalar(1) ? length : Scalar(1)) / max_norm(part.d));
    });
    return found;
  }

  std::string_view name() const { return modified_ ? modified_label : label; }

 private:
  void hand_out_scale() {
    each([&](std::size_t b, Index first, Index size) {
      parts_[b].D = this->D_.segment(first, size);
      parts_[b].spectrum_known = false;
    });
  }

  static constexpr std::string_view kHow = ", Cholesky of its diagonal blocks";
  static constexpr std::string_view kModified =
      ", Cholesky of its diagonal blocks; |eigenvalues| where one was not positive definite";
  static constexpr std::string_view label = detail::metric_label<Source::label, kHow>;
  static constexpr std::string_view modified_label = detail::metric_label<Source::label, kModified>;

  struct Part {
    Numbers D, g, d;
    Cholesky<Numbers> cholesky;
    Spectrum<Numbers> spectrum;
    bool spectrum_known = false;
  };

  template <class Visit>
  void each(const Visit& visit) const {
    Index first = 0;
    for (std::size_t b = 0; b < sizes_.size(); first += sizes_[b], ++b) visit(b, first, sizes_[b]);
  }

  bool know_spectrum(std::size_t b) {
    if (!parts_[b].spectrum_known)
      parts_[b].spectrum_known = parts_[b].spectrum.compute(blocks_[b], parts_[b].D);
    return parts_[b].spectrum_known;
  }

  Source source_;
  std::vector<Index> sizes_;
  std::vector<Block> blocks_;
  std::vector<Part> parts_;
  V diagonal_;
  Index* factorizations_ = nullptr;
  bool modified_ = false;
};

/// Solve block by block.
struct BlockDiagonal {
  double damping = 0;          ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;      ///< D from diag(M); false: D = I
  std::vector<Index> sizes{};  ///< of the blocks in the order of x, ≥ 1 each, their sum d; empty: one block

  template <class Source>
  static consteval bool requirements_hold() {
    static_assert(Source::has_matrix,
                  "natgrad: BlockDiagonal needs the blocks of a matrix: hessian(x, H), fisher(x, F) or "
                  "scores of the objective.");
    return Source::has_matrix;
  }

  template <class V, class Source>
  auto start(const Source& source, const V& x0) const {
    return BlockDiagonalState<V, Source>(source, damping, scale_free, sizes, x0.size());
  }

  void validate() const {
    detail::require_non_negative("BlockDiagonal.damping", damping);
    for (const Index size : sizes)
      detail::require(size >= 1, "BlockDiagonal.sizes: an entry", size, "a count >= 1");
  }
};

}  // namespace natgrad
