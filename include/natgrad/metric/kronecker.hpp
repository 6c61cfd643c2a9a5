// SPDX-License-Identifier: MIT
#pragma once

/// M ≈ G⊗A for each layer: (A + π√λD_A)·X·(G + √λ/π·D_G) = −g as inputs×outputs matrices, π² = mean(A/D_A)/mean(G/D_G) over the
/// diagonals (Martens & Grosse 2015, 6.3). Time inputs³/3 + outputs³/3 a layer.

#include "natgrad/core/require.hpp"
#include "natgrad/fisher/factors.hpp"
#include "natgrad/fisher/label.hpp"
#include "natgrad/kernel/cholesky.hpp"
#include "natgrad/kernel/symmetric_eigen.hpp"
#include "natgrad/metric/scaled_state.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace natgrad {

namespace detail {

/// One symmetric factor: damped and factored, or its pseudo-inverse.
template <class V>
struct DampedFactor {
  using Scalar = ScalarOf<V>;
  using Numbers = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  Numbers D;
  Factor<V> kept;  // L, or the pseudo-inverse
  Numbers pivots;  // the damped diagonal
  bool definite = false;

  void set_scale(const Factor<V>& A, bool scale_free) {
    D = A.diagonal().cwiseAbs();
    for (Index i = 0; i < D.size(); ++i) {
      if (!scale_free || !(D[i] > Scalar(0))) D[i] = Scalar(1);
    }
  }

  Scalar mean(const Factor<V>& A) const { return A.diagonal().cwiseQuotient(D).mean(); }

  bool factor(const Factor<V>& A, const Scalar& damping) {
    kept = A;
    pivots = A.diagonal() + damping * D;
    kept.diagonal() = pivots;
    const Scalar rounding = Scalar(static_cast<double>(D.size())) * epsilon<Scalar>();
    definite = kernel::cholesky(kept.data(), kept.rows(), kept.rows(), pivots.data(), rounding);
    return definite;
  }

  /// kept ← D^{−½}(D^{−½}AD^{−½})⁺D^{−½}
  bool invert_range(const Factor<V>& A) {
    const Numbers root = D.cwiseSqrt();
    Factor<V> scaled = root.cwiseInverse().asDiagonal() * A * root.cwiseInverse().asDiagonal();
    const Index size = D.size();
    Numbers inverse(size), work(2 * size);
    Factor<V> vectors(size, size);
    kernel::SymmetricEigen<Scalar> spectrum(scaled.data(), size, size, inverse.data(), vectors.data(),
                                            work.data(), work.data() + size);
    if (!spectrum.compute()) return false;
    const Scalar rounding =
        Scalar(4) * Scalar(static_cast<double>(size)) * epsilon<Scalar>() * max_norm(inverse);
    for (Index i = 0; i < size; ++i) inverse[i] = inverse[i] > rounding ? Scalar(1) / inverse[i] : Scalar(0);
    const Factor<V> Q = root.cwiseInverse().asDiagonal() * vectors;
    kept = Q * inverse.asDiagonal() * Q.transpose();
    definite = false;
    return true;
  }

  /// X ← factor⁻¹X
  void apply(Factor<V>& X) const {
    if (definite) {
      for (Index k = 0; k < X.cols(); ++k) {
        kernel::solve_lower(kept.data(), kept.rows(), kept.rows(), X.col(k).data());
        kernel::solve_lower_transposed(kept.data(), kept.rows(), kept.rows(), X.col(k).data());
      }
    } else {
      X = (kept * X).eval();
    }
  }
};

}  // namespace detail

template <class V, class Source>
class KroneckerState : public ScaledState<V> {
 public:
  using Scalar = ScalarOf<V>;

  KroneckerState(const Source& source, double damping, bool scale_free, Index dimension)
      : ScaledState<V>(dimension, damping, scale_free, 0),
        source_(source),
        diagonal_(dimension),
        scale_free_(scale_free) {}

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    factorizations_ = &f.counts().factorizations;
    if (!source_.prepare(f, at)) return false;
    source_.factors(layers_);
    parts_.resize(layers_.size());
    bool finite = true;
    each([&](const LayerFactors<V>& layer, Part& part, Index first) {
      finite = finite && layer.A.allFinite() && layer.G.allFinite();
      part.input.set_scale(layer.A, scale_free_);
      part.output.set_scale(layer.G, scale_free_);
      for (Index k = 0; k < layer.G.rows(); ++k) {
        diagonal_.segment(first + k * layer.A.rows(), layer.A.rows()) = layer.A.diagonal() * layer.G(k, k);
      }
    });
    if (!finite || !this->set_scale(diagonal_)) return false;
    penalty_ = source_.penalty().diagonal().cwiseQuotient(this->D_).mean();
    diagonal_ += source_.penalty().diagonal();
    return this->set_scale(diagonal_);
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    this->lambda_ = lambda;
    const Scalar root = Eigen::numext::sqrt(lambda + this->own_damping_ + penalty_);
    ++*factorizations_;
    bool definite = true;
    each([&](const LayerFactors<V>& layer, Part& part, Index) {
      const Scalar pi = Eigen::numext::sqrt(part.input.mean(layer.A) / part.output.mean(layer.G));
      definite = definite && part.input.factor(layer.A, pi * root) && part.output.factor(layer.G, root / pi);
    });
    return definite && apply(g, d);
  }

  /// Each factor by its pseudo-inverse where it is singular: the minimum norm.
  bool descend(const V& g, V& d) {
    modified_ = true;
    this->lambda_ = Scalar(0);
    bool solved = true;
    each([&](const LayerFactors<V>& layer, Part& part, Index) {
      solved = solved && (part.input.factor(layer.A, Scalar(0)) || part.input.invert_range(layer.A))
            && (part.output.factor(layer.G, Scalar(0)) || part.output.invert_range(layer.G));
    });
    return solved && apply(g, d);
  }

  bool within(Scalar radius, const V& g, V& d) { return this->solve_within(*this, radius, g, d); }

  std::string_view name() const { return modified_ ? modified_label : label; }

 private:
  static constexpr std::string_view kHow = ", Kronecker factors";
  static constexpr std::string_view kModified = ", Kronecker factors; minimum norm where one was singular";
  static constexpr std::string_view label = detail::metric_label<Source::label, kHow>;
  static constexpr std::string_view modified_label = detail::metric_label<Source::label, kModified>;

  struct Part {
    detail::DampedFactor<V> input, output;
    Factor<V> X, XT;
  };

  template <class Visit>
  void each(const Visit& visit) {
    Index first = 0;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      visit(layers_[l], parts_[l], first);
      first += layers_[l].A.rows() * layers_[l].G.rows();
    }
  }

  /// d ← −(layer by layer) A⁻¹·g·G⁻¹, and dᵀMd with the factors undamped
  bool apply(const V& g, V& d) {
    Scalar curvature(0);
    each([&](const LayerFactors<V>& layer, Part& part, Index first) {
      const Index rows = layer.A.rows(), columns = layer.G.rows();
      part.X = -Eigen::Map<const Factor<V>>(g.data() + first, rows, columns);
      part.input.apply(part.X);
      part.XT = part.X.transpose();
      part.output.apply(part.XT);
      part.X = part.XT.transpose();
      Eigen::Map<Factor<V>>(d.data() + first, rows, columns) = part.X;
      part.XT.noalias() = layer.G * part.X.transpose();
      curvature += (layer.A * part.X).cwiseProduct(part.XT.transpose()).sum();
    });
    product_.setZero(d.size());
    source_.penalty().add_times(d, product_);
    return this->measure(d, curvature + d.dot(product_));
  }

  Source source_;
  std::vector<LayerFactors<V>> layers_;
  std::vector<Part> parts_;
  V diagonal_;
  V product_;
  Index* factorizations_ = nullptr;
  Scalar penalty_ = Scalar(0);  // mean of P/D, which acts as damping
  bool scale_free_;
  bool modified_ = false;
};

/// Solve layer by layer with the Kronecker factors of the Fisher information.
struct Kronecker {
  double damping = 0;      ///< λ, split between the factors; added to what the step policy asks
  bool scale_free = true;  ///< D_A = diag(A) and D_G = diag(G); false: identities

  template <class Source>
  static consteval bool requirements_hold() {
    static_assert(Source::has_factors,
                  "natgrad: Kronecker needs fisher_factors(x, layer, A, G) of the objective and "
                  "ExpectedFisher: use Dense, "
                  "BlockDiagonal or ConjugateGradient.");
    return Source::has_factors;
  }

  template <class V, class Source>
  auto start(const Source& source, const V& x0) const {
    return KroneckerState<V, Source>(source, damping, scale_free, x0.size());
  }

  void validate() const { detail::require_non_negative("Kronecker.damping", damping); }
};

}  // namespace natgrad
