// SPDX-License-Identifier: MIT
#pragma once

/// M̄ₖ = Σⱼ decay^{k−j}·Mⱼ / Σⱼ decay^{k−j} over the points of a run: a Fisher matrix of any kind, smoothed.

#include "natgrad/core/require.hpp"
#include "natgrad/fisher/factors.hpp"
#include "natgrad/fisher/kinds.hpp"
#include "natgrad/fisher/label.hpp"

#include <cmath>
#include <vector>

namespace natgrad {

namespace detail {
inline constexpr std::string_view kAverageOf = "moving average of the ";
}

/// The source of another kind, each of its matrices replaced by the average over the points so far.
template <class Source, class V>
class MovingAverageSource {
 public:
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;

  static constexpr std::string_view label = detail::Joined<detail::kAverageOf, Source::label>::value;
  static constexpr bool uncentred = Source::uncentred;
  static constexpr bool semidefinite = Source::semidefinite;
  static constexpr bool has_rows = false;
  static constexpr bool has_matrix = Source::has_matrix;
  static constexpr bool has_times = false;
  static constexpr bool streams_products = false;
  static constexpr bool has_diagonal = Source::has_diagonal;
  static constexpr bool has_factors = Source::has_factors;

  MovingAverageSource(Source source, double decay) : source_(std::move(source)), decay_(decay) {}

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    ++points_;
    // without bias towards zero: the first point has weight 1
    weight_ = Scalar((1 - decay_) / (1 - std::pow(decay_, static_cast<double>(points_))));
    return source_.prepare(f, at);
  }

  void matrix(Matrix& M) {
    source_.matrix(M);
    average(M, matrix_);
  }

  bool diagonal(V& D, bool at_any_cost = true) {
    if (!source_.diagonal(D, at_any_cost)) return false;
    average(D, diagonal_);
    return true;
  }

  template <class Sizes, class Block>
  void diagonal_blocks(const Sizes& sizes, std::vector<Block>& blocks) {
    source_.diagonal_blocks(sizes, blocks);
    factors_.resize(blocks.size());
    for (std::size_t b = 0; b < blocks.size(); ++b) average(blocks[b], factors_[b].A);
  }

  void factors(std::vector<LayerFactors<V>>& layers) {
    source_.factors(layers);
    factors_.resize(layers.size());
    for (std::size_t l = 0; l < layers.size(); ++l) {
      average(layers[l].A, factors_[l].A);
      average(layers[l].G, factors_[l].G);
    }
  }

  const auto& penalty() const { return source_.penalty(); }

 private:
  template <class Fresh, class Kept>
  void average(Fresh& fresh, Kept& kept) {
    if (points_ == 1) kept = fresh;
    kept += weight_ * (fresh - kept);
    fresh = kept;
  }

  Source source_;
  double decay_;
  Index points_ = 0;
  Scalar weight_ = Scalar(1);
  Matrix matrix_;
  V diagonal_;
  std::vector<LayerFactors<V>> factors_;  // also the blocks, in A
};

/// MovingAverage{ExpectedFisher{}}, MovingAverage{EmpiricalFisher{}, 0.9} … for the forms that keep a matrix: Dense,
/// Diagonal, BlockDiagonal, Kronecker, Automatic.
template <class Kind = BestFisher>
struct MovingAverage {
  Kind kind{};
  double decay = 0.95;  ///< of the weight of a point with each later one, in [0, 1)

  template <class F, class V>
  static consteval bool requirements_hold() {
    return Kind::template requirements_hold<F, V>();
  }

  template <class F, class V>
  auto source(const F& f, const V& x0) const {
    using Source = decltype(kind.source(f, x0));
    return MovingAverageSource<Source, V>(kind.source(f, x0), decay);
  }

  void validate() const {
    detail::require(decay >= 0 && decay < 1, "MovingAverage.decay", decay, "a number in [0, 1)");
    if constexpr (requires { kind.validate(); }) kind.validate();
  }
};

template <class Kind>
MovingAverage(Kind) -> MovingAverage<Kind>;
template <class Kind>
MovingAverage(Kind, double) -> MovingAverage<Kind>;

}  // namespace natgrad
