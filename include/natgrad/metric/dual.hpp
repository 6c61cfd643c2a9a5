// SPDX-License-Identifier: MIT
#pragma once

/// (RᵀR/n + λD)⁻¹g through the n×n Gram matrix, for n < d. In the coordinates D^½x, with R̃ = RD^{−½}/√n and B = λI + D^{−½}PD^{−½}:
/// (R̃ᵀR̃ + B)⁻¹ = B⁻¹ − B⁻¹R̃ᵀ(I + R̃B⁻¹R̃ᵀ)⁻¹R̃B⁻¹ (Woodbury). Time n²d/2 + n³/3, memory 2n², and nd where the rows are written down.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/fisher/label.hpp"
#include "natgrad/metric/cholesky.hpp"
#include "natgrad/metric/krylov.hpp"
#include "natgrad/metric/scaled_state.hpp"

#include <algorithm>
#include <utility>

namespace natgrad {

template <class V, class Source>
class DualState : public ScaledState<V> {
 public:
  using Scalar = ScalarOf<V>;

  DualState(const Source& source, double damping, bool scale_free, Index dimension)
      : ScaledState<V>(dimension, damping, scale_free, detail::kept_scale<Source>(damping)), source_(source) {
    for (V* v : {&root_, &scale_, &penalty_, &b_, &rhs_, &step_, &part_, &product_, &residual_, &scaled_})
      v->resize(dimension);
  }

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    factorizations_ = &f.counts().factorizations;
    if (!source_.prepare(f, at)) return false;
    source_.all_rows(rows_);
    return scale_rows();
  }

  bool forget() { return ScaledState<V>::forget() && scale_rows(); }

  bool solve(Scalar lambda, const V& g, V& d) {
    this->lambda_ = lambda;
    total_ = lambda + this->own_damping_;
    Index undamped = 0;
    each([&](Index j) { undamped += penalty_[j] + total_ <= Scalar(0); });
    if (rows_.count() < undamped) return false;  // singular, whatever the rows are
    if (!factor(undamped > 0 ? floor() : Scalar(0))) return false;
    each([&](Index j) { rhs_[j] = -g[j] / root_[j]; });
    const bool exact = undamped == 0 && source_.penalty().is_diagonal();
    if (exact) {
      refine_where_needed();
    } else if (!iterate(2 * undamped + 100)) {
      return false;
    }
    unscale(d);
    return this->measure(d, detail::dot(step_, rhs_) - total_ * detail::dot(step_, step_));
  }

  /// The minimum-norm step F⁺g where g lies in the range of M, else a long step in its null space.
  bool descend(const V& g, V& d) {
    modified_ = true;
    this->lambda_ = total_ = Scalar(0);
    each([&](Index j) { rhs_[j] = -g[j] / root_[j]; });
    if (!in_row_space()) {
      if (!factor(floor())) return false;
      detail::fill(step_, Scalar(0));
      for (int k = 0; k < 3; ++k) {  // iterated Tikhonov: the error in the range falls by floor/μ each time
        add_to_step(woodbury(k == 0 ? rhs_ : residual()));
      }
    }
    unscale(d);
    return this->measure(d, detail::dot(step_, applied(step_)));
  }

  bool within(Scalar radius, const V& g, V& d) { return this->solve_within(*this, radius, g, d); }

  /// P is diagonal: B is inverted at once.
  bool cheap() const { return source_.penalty().is_diagonal(); }

  std::string_view name() const { return modified_ ? modified_label : label; }

 private:
  bool scale_rows() {
    const Scalar n = Scalar(static_cast<double>(source_.samples()));
    const V& penalty = source_.penalty().diagonal();
    const Scalar root_n = Eigen::numext::sqrt(n);
    rows_.squares(rhs_);
    each([&](Index j) {
      rhs_[j] /= n;
      part_[j] = rhs_[j] + penalty[j];
    });
    if (!this->set_scale(part_)) return false;
    trace_ = penalty_trace_ = Scalar(0);
    each([&](Index j) {
      trace_ += rhs_[j] / this->D_[j];
      root_[j] = Eigen::numext::sqrt(this->D_[j]);
      scale_[j] = Scalar(1) / (root_[j] * root_n);
      penalty_[j] = penalty[j] / this->D_[j];
      penalty_trace_ += penalty_[j];
    });
    plain_ = source_.penalty().is_zero();
    gram_known_ = false;
    return true;
  }

  using Numbers = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Gram = SquareMatrix<Numbers>;

  static constexpr std::string_view kHow = ", dual: Cholesky of the n x n Gram matrix";
  static constexpr std::string_view kModified =
      ", dual: Cholesky of the n x n Gram matrix; minimum norm where it was singular";
  static constexpr std::string_view label = detail::metric_label<Source::label, kHow>;
  static constexpr std::string_view modified_label = detail::metric_label<Source::label, kModified>;

  template <class Visit>
  void each(const Visit& visit) const {
    for (Index j = 0; j < root_.size(); ++j) visit(j);
  }

  void add_to_step(const V& v) {
    each([&](Index j) { step_[j] += v[j]; });
  }

  /// d ← D^{−½}·step_
  void unscale(V& d) const {
    each([&](Index j) { d[j] = step_[j] / root_[j]; });
  }

  /// The mean of the eigenvalues that are not zero for want of rows.
  Scalar mean_eigenvalue() const {
    const Scalar trace = trace_ + penalty_trace_;
    const Scalar mean = trace / Scalar(static_cast<double>(std::min(rows_.count(), root_.size())));
    return mean > Scalar(0) ? mean : Scalar(1);
  }

  /// Far below every eigenvalue that can be told from zero.
  Scalar floor() const { return Eigen::numext::sqrt(epsilon<Scalar>()) * mean_eigenvalue(); }

  /// B ← max(λ + P̃, floor), I + R̃B⁻¹R̃ᵀ = LLᵀ. Without a penalty the Gram matrix R̃R̃ᵀ serves every λ.
  bool factor(Scalar floor) {
    ++*factorizations_;
    each([&](Index j) { b_[j] = std::max(Scalar(penalty_[j] + total_), floor); });
    uniform_ = plain_;
    if (uniform_) {
      each([&](Index j) { part_[j] = scale_[j] * scale_[j]; });
      if (!gram_known_) rows_.gram(part_, gram_);
      gram_known_ = true;
    } else {
      each([&](Index j) { part_[j] = scale_[j] * scale_[j] / b_[j]; });
      rows_.gram(part_, gram_);
      gram_known_ = false;
    }
    ones_.resize(rows_.count());
    detail::fill(ones_, Scalar(1));
    return cholesky_.factor(gram_, ones_, uniform_ ? b_[0] : Scalar(1));
  }

  /// along_ ← R̃v
  void rows_times(const V& v) {
    each([&](Index j) { scaled_[j] = scale_[j] * v[j]; });
    rows_.times(scaled_, along_);
  }

  /// out ← out + R̃ᵀy
  void add_rows_transposed(const Numbers& y, V& out) {
    rows_.transposed_times(y, scaled_);
    each([&](Index j) { out[j] += scale_[j] * scaled_[j]; });
  }

  /// (R̃ᵀR̃ + B)⁻¹r
  const V& woodbury(const V& r) {
    each([&](Index j) { part_[j] = uniform_ ? r[j] : Scalar(r[j] / b_[j]); });
    rows_times(part_);
    cholesky_.solve_negative(along_, solved_);
    part_ = r;
    add_rows_transposed(solved_, part_);
    each([&](Index j) { part_[j] /= b_[j]; });
    return part_;
  }

  /// (R̃ᵀR̃ + P̃)v
  const V& applied(const V& v) {
    rows_times(v);
    each([&](Index j) { product_[j] = penalty_[j] * v[j]; });
    add_rows_transposed(along_, product_);
    if (!source_.penalty().is_diagonal()) {
      const auto& P = source_.penalty().matrix();
      for (Index j = 0; j < P.cols(); ++j) {
        const Scalar share = v[j] / root_[j];
        for (Index i = 0; i < P.rows(); ++i) {
          if (i != j) product_[i] += P(i, j) * share / root_[i];
        }
      }
    }
    return product_;
  }

  const V& residual() {
    const V& product = applied(step_);
    each([&](Index j) { residual_[j] = rhs_[j] - product[j] - total_ * step_[j]; });
    return residual_;
  }

  /// B⁻¹ is large where λ is small, and digits cancel: what is left of the residual gives them back. Where it is not, no more
  /// are lost than a Cholesky factorization of the matrix would lose.
  void refine_where_needed() {
    step_ = woodbury(rhs_);
    Scalar least = b_[0];
    each([&](Index j) { least = std::min(least, b_[j]); });
    if (!(mean_eigenvalue() <= Scalar(1e5) * least)) add_to_step(woodbury(residual()));
  }

  /// Where B had to be changed to be inverted: conjugate gradients on the true matrix, with the changed one for preconditioner.
  bool iterate(Index most) {
    detail::fill(step_, Scalar(0));
    const auto times = [this](const V& v, V& out) {
      out = applied(v);
      each([&](Index j) { out[j] += total_ * v[j]; });
    };
    const auto precondition = [this](const V& r, V& out) { out = woodbury(r); };
    krylov_.start(rhs_);
    const auto end =
        krylov_.run(times, precondition, {.tolerance = Scalar(1e-10), .iterations = most}, step_);
    return end == Krylov<V>::End::converged;
  }

  /// R̃ of full row rank and g in its row space: d = −R̃ᵀ(R̃R̃ᵀ)⁻²R̃g, the minimum norm without a detour.
  bool in_row_space() {
    if (!plain_ || rows_.count() > root_.size() || !factor(Scalar(0))) return false;
    rows_times(rhs_);
    cholesky_.solve_negative(along_, solved_);
    residual_ = rhs_;
    add_rows_transposed(solved_, residual_);
    if (!(detail::dot(residual_, residual_) <= epsilon<Scalar>() * detail::dot(rhs_, rhs_))) return false;
    along_ = solved_;
    cholesky_.solve_negative(along_, solved_);  // two signs that cancel: the first solve's and this one's
    detail::fill(step_, Scalar(0));
    add_rows_transposed(solved_, step_);
    return true;
  }

  Source source_;
  typename Source::AllRows rows_;  // R̃ = R·diag(scale_)
  V root_;                         // D^½
  V scale_;                        // D^{−½}/√n
  V penalty_;                      // D^{−½}PD^{−½}, its diagonal
  V b_;                            // B
  V rhs_, step_, part_, product_, residual_, scaled_;
  Gram gram_;
  Numbers ones_, along_, solved_;
  Cholesky<Numbers> cholesky_;
  Krylov<V> krylov_;
  Index* factorizations_ = nullptr;
  Scalar total_ = Scalar(0);
  Scalar trace_ = Scalar(0);  // of R̃R̃ᵀ
  Scalar penalty_trace_ = Scalar(0);
  bool plain_ = true;
  bool uniform_ = true;
  bool gram_known_ = false;
  bool modified_ = false;
};

/// Solve through the n×n Gram matrix of the scores.
struct Dual {
  double damping = 0;      ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;  ///< D from diag(M); false: D = I

  template <class Source>
  static consteval bool requirements_hold() {
    static_assert(
        Source::has_rows,
        "natgrad: Dual needs rows R with M = R'R/n: a Fisher kind whose objective gives score, scores, "
        "sampled_scores or fisher_rows. A Hessian and a moving average have none: use Dense or "
        "ConjugateGradient.");
    return Source::has_rows;
  }

  template <class V, class Source>
  auto start(const Source& source, const V& x0) const {
    return DualState<V, Source>(source, damping, scale_free, x0.size());
  }

  void validate() const { detail::require_non_negative("Dual.damping", damping); }
};

}  // namespace natgrad
