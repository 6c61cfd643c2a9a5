// SPDX-License-Identifier: MIT
#pragma once

/// D^{-½}MD^{-½} = Q·diag(μ)·Qᵀ: what is left to do when M is indefinite or singular, and the exact trust region.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/kernel/symmetric_eigen.hpp"

#include <algorithm>
#include <cmath>

namespace natgrad {

template <class V>
class Spectrum {
 public:
  using Scalar = ScalarOf<V>;
  using Matrix = SquareMatrix<V>;

  /// Takes its memory before the loop, which must not allocate; what no indefinite M ever asks for is never touched.
  void reserve(Index size) {
    for (V* v : {&root_, &eigenvalues_, &off_, &part_, &scaled_gradient_}) v->resize(size);
    for (Matrix* m : {&scaled_, &eigenvectors_}) m->resize(size, size);
  }

  /// False where the decomposition fails.
  bool compute(const Matrix& M, const V& D) {
    const Index size = M.rows();
    reserve(size);
    for (Index i = 0; i < size; ++i) root_[i] = sqrt(D[i]);
    scaled_ = M;
    for (Index j = 0; j < size; ++j) {
      for (Index i = j; i < size; ++i) scaled_(i, j) /= root_[i] * root_[j];
    }
    kernel::SymmetricEigen<Scalar> solver(scaled_.data(), size, size, eigenvalues_.data(),
                                          eigenvectors_.data(), off_.data(), part_.data());
    if (!solver.compute()) return false;
    largest_ = max_norm(eigenvalues_);
    rounding_ = Scalar(4) * Scalar(static_cast<double>(size)) * epsilon<Scalar>() * largest_;
    return true;
  }

  /// A negative eigenvalue that is no rounding error.
  bool indefinite() const { return eigenvalues_[0] < -rounding_; }

  /// An eigenvalue of 0, but for rounding.
  bool singular() const {
    for (Index i = 0; i < eigenvalues_.size() && eigenvalues_[i] <= rounding_; ++i) {
      if (eigenvalues_[i] >= -rounding_) return true;
    }
    return false;
  }

  /// d ← −D^{-½}Q|μ|⁻¹QᵀD^{-½}g: minimum norm over the null space where g has no part in it, else a long step there.
  void descend(const V& g, V& d) {
    project(g);
    const Scalar floor =
        largest_ > Scalar(0) ? max(largest_ * sqrt(epsilon<Scalar>()), rounding_) : Scalar(1);
    const Scalar negligible = sqrt(epsilon<Scalar>()) * detail::norm(part_);
    curvature_ = Scalar(0);
    for (Index i = 0; i < part_.size(); ++i) {
      Scalar size = abs(eigenvalues_[i]);
      if (!(size > rounding_)) size = abs(part_[i]) > negligible || largest_ == Scalar(0) ? floor : Scalar(0);
      part_[i] = size > Scalar(0) ? Scalar(-part_[i] / size) : Scalar(0);
      curvature_ += size * part_[i] * part_[i];
    }
    restore(d);
  }

  /// d ← argmin gᵀd + ½dᵀ(M + λD)d within ‖d‖_D ≤ radius, the hard case included (Nocedal & Wright 2006, 4.3). Returns σ ≥ 0
  /// with (M + λD + σD)d = −g.
  Scalar within(Scalar radius, Scalar lambda, const V& g, V& d) {
    project(g);
    const V& mu = eigenvalues_;
    const Scalar edge = mu[0] > rounding_ ? Scalar(0) : max(Scalar(0), -mu[0]) + rounding_;
    Scalar sigma = max(lambda, edge);
    Scalar length = shifted_norm(sigma);
    if (length > radius) {
      sigma = shift_for(radius, sigma);
      apply_shift(sigma);
    } else {
      apply_shift(sigma);
      if (sigma == edge && mu[0] < -rounding_) part_[0] += to_boundary(radius, length);  // the hard case
    }
    curvature_ = weighted_square(part_, mu);
    restore(d);
    return sigma - lambda;
  }

  /// d ← D^{-½}q₀, the direction of the lowest curvature; downhill, and where ∇f = 0 with its first entry positive
  void lowest_direction(const V& g, V& d) const {
    d.resize(root_.size());
    for (Index i = 0; i < d.size(); ++i) d[i] = eigenvectors_(i, 0) / root_[i];
    Scalar sign = -detail::dot(g, d);
    for (Index i = 0; i < d.size() && sign == Scalar(0); ++i) sign = d[i];
    if (sign < Scalar(0)) detail::scale(d, Scalar(-1));
  }

  /// d ← −D^{-½}QQᵀD^{-½}g over the eigenvalues that are 0 but for rounding: gᵀd < 0 and no curvature. False where g has no
  /// part there.
  bool flat_direction(const V& g, V& d) {
    project(g);
    const Scalar negligible = sqrt(epsilon<Scalar>()) * detail::norm(part_);
    bool found = false;
    for (Index i = 0; i < part_.size(); ++i) {
      const bool flat = !(abs(eigenvalues_[i]) > rounding_) && abs(part_[i]) > negligible;
      part_[i] = flat ? Scalar(-part_[i]) : Scalar(0);
      found = found || flat;
    }
    if (found) restore(d);
    return found;
  }

  /// dᵀMd with the eigenvalues that were used
  Scalar curvature() const { return curvature_; }

  const V& eigenvalues() const { return eigenvalues_; }

 private:
  static Scalar abs(const Scalar& a) { return Eigen::numext::abs(a); }
  static Scalar sqrt(const Scalar& a) { return Eigen::numext::sqrt(a); }
  static Scalar max(const Scalar& a, const Scalar& b) { return a < b ? b : a; }

  void project(const V& g) {
    const Index size = g.size();
    for (Index i = 0; i < size; ++i) scaled_gradient_[i] = g[i] / root_[i];
    detail::fill(part_, Scalar(0));
    kernel::add_columns_transposed(eigenvectors_.data(), size, size, size, scaled_gradient_.data(),
                                   part_.data());
  }
  void restore(V& d) const {
    const Index size = part_.size();
    detail::set_zero(d, size);
    kernel::add_columns(eigenvectors_.data(), size, size, size, part_.data(), d.data());
    for (Index i = 0; i < size; ++i) d[i] /= root_[i];
  }

  Scalar shifted_norm(Scalar sigma) const {
    Scalar sum(0);
    for (Index i = 0; i < part_.size(); ++i) {
      const Scalar shifted = eigenvalues_[i] + sigma;
      if (part_[i] != Scalar(0)) sum += (part_[i] / shifted) * (part_[i] / shifted);
    }
    return sqrt(sum);
  }

  void apply_shift(Scalar sigma) {
    for (Index i = 0; i < part_.size(); ++i) {
      const Scalar shifted = eigenvalues_[i] + sigma;
      part_[i] = part_[i] != Scalar(0) && shifted > Scalar(0) ? Scalar(-part_[i] / shifted) : Scalar(0);
    }
  }

  /// Newton's iteration on 1/‖d(σ)‖ = 1/radius, which is nearly linear in σ; kept inside a shrinking bracket.
  Scalar shift_for(Scalar radius, Scalar sigma) const {
    Scalar low = sigma, high = sigma + detail::norm(part_) / radius;
    for (int i = 0; i < 60; ++i) {
      Scalar square(0), slope(0);
      for (Index k = 0; k < part_.size(); ++k) {
        if (part_[k] == Scalar(0)) continue;  // 0/0 where M = 0
        const Scalar shifted = eigenvalues_[k] + sigma;
        const Scalar ratio = part_[k] / shifted;
        square += ratio * ratio;
        slope += ratio * ratio / shifted;
      }
      const Scalar length = sqrt(square);
      if (abs(length - radius) <= Scalar(1e-6) * radius) break;
      (length > radius ? low : high) = sigma;
      const Scalar next = sigma + (length / radius - Scalar(1)) * square / slope;
      sigma = next > low && next < high ? next : Scalar(0.5) * (low + high);
    }
    return sigma;
  }

  /// How far along q₀ the boundary lies from the present part_.
  Scalar to_boundary(Scalar radius, Scalar length) const {
    const Scalar room = radius * radius - length * length;
    const Scalar along = part_[0];
    return sqrt(max(Scalar(0), along * along + room)) * (along < Scalar(0) ? Scalar(-1) : Scalar(1)) - along;
  }

  V eigenvalues_;  // μ, ascending
  Matrix eigenvectors_;
  Matrix scaled_;  // the matrix that is taken apart
  V off_;          // its tridiagonal form, beside the diagonal
  V root_;
  V scaled_gradient_;
  V part_;
  Scalar largest_ = Scalar(0);
  Scalar rounding_ = Scalar(0);
  Scalar curvature_ = Scalar(0);
};

}  // namespace natgrad
