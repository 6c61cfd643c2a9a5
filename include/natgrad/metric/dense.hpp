// SPDX-License-Identifier: MIT
#pragma once

/// A metric kept as a d×d matrix: (M + λD)d = −g by Cholesky, with a modified solve where M is not positive definite.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/centred_coordinates.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/metric/cholesky.hpp"
#include "natgrad/metric/metric.hpp"
#include "natgrad/metric/scale.hpp"
#include "natgrad/metric/spectrum.hpp"

#include <algorithm>
#include <limits>

namespace natgrad {

/// Solve by Cholesky. Time d³/3 for each λ, memory 2d², and 2d² more where M is not positive definite.
struct Dense {
  double damping = 0;      ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;  ///< D from diag(M), so that the units of x do not matter; false: D = I

  void validate() const { detail::require_non_negative("Dense.damping", damping); }
};

/// The run state. Source has `bool evaluate(Evaluator&, const Iterate<V>&, Matrix& M)`, which writes at least the lower
/// triangle, and `name()`. An asymmetric M is read from its lower triangle alone. A source with `centre()` not null gives M
/// in centred coordinates: TᵀMT is then never formed, as its squares would lose what M tells.
template <class V, class Source>
class DenseState : public MetricState<V> {
 public:
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;

  static constexpr bool can_damp = true;
  static constexpr bool can_bound = true;
  static constexpr bool has_curvature = true;
  static constexpr bool is_hessian = requires { requires Source::is_hessian; };  ///< M = ∇²f(x)

  DenseState(const Source& source, const Dense& options, Index dimension)
      : source_(source),
        options_(options),
        M_(dimension, dimension),
        D_(detail::zeros<V>(dimension)),
        weighted_(dimension),
        bend_(dimension) {
    cholesky_.reserve(dimension);
    spectrum_.reserve(dimension);
    // so that what is never written, as by a function that takes the matrix by value, cannot pass for a number
    detail::fill(M_, std::numeric_limits<Scalar>::quiet_NaN());
  }

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    factorizations_ = &f.counts().factorizations;
    spectrum_known_ = definite_known_ = false;
    const Index d = at.x.size();
    if (!source_.evaluate(f, at, M_) || M_.rows() != d || M_.cols() != d) return false;
    bool diagonal = true;
    for (Index j = 0; j < d; ++j) {
      for (Index i = j; i < d; ++i) {
        if (!is_finite(M_(i, j))) return false;
        if (i != j && M_(i, j) != Scalar(0)) diagonal = false;
      }
    }
    if (diagonal && warning_.empty() && upper_alone()) warning_ = kUpperAlone;
    if constexpr (requires { source_.centre(f); }) coordinates_.set_centre(source_.centre(f));
    scale();
    return true;
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    const bool solved = solve_turned(lambda, coordinates_.turned_gradient(g), d);
    if (solved) coordinates_.turn_back(d);
    return solved;
  }

  bool descend(const V& g, V& d) {
    if (!know_spectrum()) return false;
    spectrum_.descend(coordinates_.turned_gradient(g), d);
    modified_ = true;
    curvature_ = spectrum_.curvature();
    scaled_square_ = weighted_square(d, D_);
    coordinates_.turn_back(d);
    return is_finite(curvature_);
  }

  bool within(Scalar radius, const V& g, V& d) {
    const V& gradient = coordinates_.turned_gradient(g);
    if (!within_by_factors(radius, gradient, d)) {
      if (!know_spectrum()) return false;
      lambda_ = spectrum_.within(radius, Scalar(options_.damping), gradient, d);
      curvature_ = spectrum_.curvature();
      scaled_square_ = weighted_square(d, D_);
    }
    coordinates_.turn_back(d);
    return is_finite(curvature_);
  }

  bool indefinite() {
    if (!definite_known_) {
      ++*factorizations_;
      definite_ = cholesky_.factor(M_, D_, Scalar(0));
      definite_known_ = true;
    }
    return !definite_ && know_spectrum() && spectrum_.indefinite();
  }

  bool negative_curvature(const Iterate<V>& at, V& d) {
    if (!know_spectrum()) return false;
    spectrum_.lowest_direction(coordinates_.turned_gradient(at.gradient), d);
    coordinates_.turn_back(d);
    const Scalar size = max_norm(at.x);
    detail::scale(d, Scalar((size > Scalar(1) ? size : Scalar(1)) / max_norm(d)));
    return true;
  }

  bool met_singular() const { return spectrum_known_ && spectrum_.singular(); }
  bool flat_direction(const V& g, V& d) {
    if (!know_spectrum() || !spectrum_.flat_direction(coordinates_.turned_gradient(g), d)) return false;
    coordinates_.turn_back(d);
    return true;
  }

  /// D becomes that of the point alone. False where it all but is.
  bool forget() {
    weighted_ = D_;
    detail::fill(D_, Scalar(0));
    scale();
    spectrum_known_ = definite_known_ = false;
    for (Index i = 0; i < D_.size(); ++i) {
      if (weighted_[i] > Scalar(2) * D_[i]) return true;
    }
    return false;
  }

  /// out ← Mv
  void times(const V& v, V& out) {
    out.noalias() = M_.template selfadjointView<Eigen::Lower>() * coordinates_.turned(v);
    coordinates_.turn_gradient_back(out);
  }

  Scalar curvature() const { return curvature_; }
  Scalar scaled_norm() const { return Eigen::numext::sqrt(scaled_square_); }
  /// vᵀ|diag M|v: what a D that stands in for an empty row says nothing of
  Scalar scaled_square(const V& v) const {
    Scalar sum(0);
    for (Index i = 0; i < v.size(); ++i) sum += v[i] * (v[i] * size(i));
    return sum;
  }
  Scalar size_of_terms(const V& x) const {
    Scalar sum(0);
    for (Index i = 0; i < x.size(); ++i) sum += Eigen::numext::sqrt(size(i)) * Eigen::numext::abs(x[i]);
    return sum;
  }
  Scalar gradient_noise(const V& x) const {
    Scalar largest(0);
    for (Index i = 0; i < x.size(); ++i) largest = std::max(largest, size(i));
    return Eigen::numext::sqrt(largest) * size_of_terms(x);
  }
  Scalar dual_norm(const V& g) const {
    return Eigen::numext::sqrt(inverse_weighted_square(coordinates_.turned_gradient(g), D_));
  }
  Scalar damping() const { return lambda_; }
  /// M = 0 knows of no length
  bool knows_length() const { return !spectrum_known_ || max_norm(spectrum_.eigenvalues()) > Scalar(0); }
  const Matrix& matrix() const { return M_; }

  std::string_view warning() const { return warning_; }
  std::string_view name() const { return modified_ ? source_.modified_name() : source_.name(); }

 private:
  static constexpr std::string_view kUpperAlone =
      "M(x) has numbers above its diagonal and only zeros below, where it is read: write the lower triangle, "
      "or both";

  /// A number stands above the diagonal. (Where nothing was ever written there it is NaN.)
  bool upper_alone() const {
    for (Index j = 1; j < M_.cols(); ++j) {
      for (Index i = 0; i < j; ++i) {
        if (M_(i, j) != Scalar(0) && is_finite(M_(i, j))) return true;
      }
    }
    return false;
  }

  /// In the coordinates of M. False where M + λD is not positive definite or d is not finite.
  bool solve_turned(Scalar lambda, const V& g, V& d) {
    lambda_ = lambda;
    const Scalar total = lambda + Scalar(options_.damping);
    ++*factorizations_;
    const bool definite = cholesky_.factor(M_, D_, total);
    if (total == Scalar(0)) {
      definite_known_ = true;
      definite_ = definite;
    }
    if (!definite) return false;
    cholesky_.solve_negative(g, d);
    scaled_square_ = weighted_square(d, D_);
    curvature_ = -detail::dot(g, d) - total * scaled_square_;
    return is_finite(curvature_);
  }

  /// For a positive definite M the minimiser within a radius by Newton's iteration on 1/‖d(λ)‖_D = 1/radius, which starts left of the
  /// root and stays there (Conn, Gould & Toint 2000, 7.3.3). A factor costs a twentieth of the spectrum, which decides where
  /// this does not.
  bool within_by_factors(Scalar radius, const V& g, V& d) {
    if (spectrum_known_) return false;
    Scalar lambda(0);
    for (int trial = 0; trial < 8 && solve_turned(lambda, g, d); ++trial) {
      const Scalar length = scaled_norm();
      if (length <= radius * (lambda > Scalar(0) ? Scalar(1 + 1e-6) : Scalar(1))) return true;
      for (Index i = 0; i < d.size(); ++i) weighted_[i] = D_[i] * d[i];
      cholesky_.solve_negative(weighted_, bend_);
      lambda += (length / radius - Scalar(1)) * scaled_square_ / -detail::dot(weighted_, bend_);
    }
    return false;
  }

  /// D = max(|diag M|, kept·D); where an entry says nothing (zero beside its row), the row does; an empty row is measured in
  /// units of 1.
  void scale() {
    if (!options_.scale_free) {
      detail::fill(D_, Scalar(1));
      return;
    }
    const Scalar kept = Scalar(detail::kept_scale<Source>(options_.damping));
    for (Index i = 0; i < D_.size(); ++i) {
      D_[i] = std::max(Eigen::numext::abs(M_(i, i)), kept * D_[i]);
      if (D_[i] > Scalar(0)) continue;
      Scalar row(0);
      for (Index j = 0; j < D_.size(); ++j)
        row = std::max(row, Eigen::numext::abs(M_(std::max(i, j), std::min(i, j))));
      D_[i] = row > Scalar(0) ? row : Scalar(1);
    }
  }

  /// |Mᵢᵢ|, in the coordinates of x
  Scalar size(Index i) const { return Eigen::numext::abs(coordinates_.diagonal_entry(M_, i)); }

  bool know_spectrum() {
    if (!spectrum_known_) {
      ++*factorizations_;
      spectrum_known_ = spectrum_.compute(M_, D_);
    }
    return spectrum_known_;
  }

  Source source_;
  Dense options_;
  Matrix M_;
  V D_;
  V weighted_;  // Dd
  V bend_;      // −(M + λD)⁻¹Dd
  Cholesky<V> cholesky_;
  Spectrum<V> spectrum_;
  detail::CentredCoordinates<V> coordinates_;
  Index* factorizations_ = nullptr;
  std::string_view warning_;
  Scalar lambda_ = Scalar(0);
  Scalar curvature_ = Scalar(0);
  Scalar scaled_square_ = Scalar(0);
  bool spectrum_known_ = false;
  bool definite_known_ = false;
  bool definite_ = false;
  bool modified_ = false;
};

}  // namespace natgrad
