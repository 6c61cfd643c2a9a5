// SPDX-License-Identifier: MIT
#pragma once

/// (RᵀR/n + λD)⁻¹g through the n×n Gram matrix, for n < d. In the coordinates D^½x, with R̃ = RD^{−½}/√n and B = λI + D^{−½}PD^{−½}:
/// (R̃ᵀR̃ + B)⁻¹ = B⁻¹ − B⁻¹R̃ᵀ(I + R̃B⁻¹R̃ᵀ)⁻¹R̃B⁻¹ (Woodbury). Time n²d/2 + n³/3, memory nd + 2n².

#include "natgrad/core/require.hpp"
#include "natgrad/fisher/label.hpp"
#include "natgrad/fisher/row_gram.hpp"
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

  DualState(Source source, double damping, bool scale_free, Index dimension)
      : source_(std::move(source)),
        root_(dimension),
        penalty_(dimension),
        b_(dimension),
        rhs_(dimension),
        step_(dimension),
        own_damping_(Scalar(damping)),
        scale_free_(scale_free) {}

  template <class Evaluator>
  bool prepare(Evaluator& f, const Iterate<V>& at) {
    factorizations_ = &f.counts().factorizations;
    if (!source_.prepare(f, at)) return false;
    source_.all_rows(R_);
    const Scalar n = Scalar(static_cast<double>(source_.samples()));
    rhs_.setZero();
    add_squares<V>(R_, rhs_);
    rhs_ /= n;
    part_ = rhs_ + source_.penalty().diagonal();
    if (!this->set_scale(part_, scale_free_)) return false;
    trace_ = rhs_.cwiseQuotient(this->D_).sum();
    root_ = this->D_.cwiseSqrt();
    scale_ = (root_ * Eigen::numext::sqrt(n)).cwiseInverse();
    penalty_ = source_.penalty().diagonal().cwiseQuotient(this->D_);
    plain_ = source_.penalty().is_zero();
    gram_known_ = false;
    return true;
  }

  bool solve(Scalar lambda, const V& g, V& d) {
    this->lambda_ = lambda;
    total_ = lambda + own_damping_;
    const Index undamped = ((penalty_.array() + total_) <= Scalar(0)).count();
    if (R_.rows() < undamped) return false;  // singular, whatever the rows are
    if (!factor(undamped > 0 ? floor() : Scalar(0))) return false;
    rhs_ = -g.cwiseQuotient(root_);
    const bool exact = undamped == 0 && source_.penalty().is_diagonal();
    if (exact) {
      refine_where_needed();
    } else if (!iterate(2 * undamped + 100)) {
      return false;
    }
    d = step_.cwiseQuotient(root_);
    return this->measure(d, step_.dot(rhs_) - total_ * step_.squaredNorm());
  }

  /// The minimum-norm step F⁺g where g lies in the range of M, else a long step in its null space.
  bool descend(const V& g, V& d) {
    modified_ = true;
    this->lambda_ = total_ = Scalar(0);
    rhs_ = -g.cwiseQuotient(root_);
    if (!in_row_space()) {
      if (!factor(floor())) return false;
      step_.setZero();
      for (int k = 0; k < 3; ++k) {  // iterated Tikhonov: the error in the range falls by floor/μ each time
        step_ += woodbury(k == 0 ? rhs_ : residual());
      }
    }
    d = step_.cwiseQuotient(root_);
    return this->measure(d, step_.dot(applied(step_)));
  }

  bool within(Scalar radius, const V& g, V& d) { return this->solve_within(*this, radius, g, d); }

  /// P is diagonal: B is inverted at once.
  bool cheap() const { return source_.penalty().is_diagonal(); }

  std::string_view name() const { return modified_ ? modified_label : label; }

 private:
  using Numbers = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Gram = SquareMatrix<Numbers>;

  static constexpr std::string_view kHow = ", dual: Cholesky of the n x n Gram matrix";
  static constexpr std::string_view kModified =
      ", dual: Cholesky of the n x n Gram matrix; minimum norm where it was singular";
  static constexpr std::string_view label = detail::metric_label<Source::label, kHow>;
  static constexpr std::string_view modified_label = detail::metric_label<Source::label, kModified>;

  /// The mean of the eigenvalues that are not zero for want of rows.
  Scalar mean_eigenvalue() const {
    const Scalar trace = trace_ + penalty_.sum();
    const Scalar mean = trace / Scalar(static_cast<double>(std::min(R_.rows(), R_.cols())));
    return mean > Scalar(0) ? mean : Scalar(1);
  }

  /// Far below every eigenvalue that can be told from zero.
  Scalar floor() const { return Eigen::numext::sqrt(epsilon<Scalar>()) * mean_eigenvalue(); }

  /// B ← max(λ + P̃, floor), I + R̃B⁻¹R̃ᵀ = LLᵀ. Without a penalty the Gram matrix R̃R̃ᵀ serves every λ.
  bool factor(Scalar floor) {
    ++*factorizations_;
    b_ = (penalty_.array() + total_).cwiseMax(floor).matrix();
    uniform_ = plain_;
    if (uniform_) {
      part_ = scale_.cwiseAbs2();
      if (!gram_known_) detail::rows_gram<V>(R_, part_.data(), gram_, weighted_);
      gram_known_ = true;
    } else {
      part_ = scale_.cwiseAbs2().cwiseQuotient(b_);
      detail::rows_gram<V>(R_, part_.data(), gram_, weighted_);
      gram_known_ = false;
    }
    ones_.setOnes(R_.rows());
    return cholesky_.factor(gram_, ones_, uniform_ ? b_[0] : Scalar(1));
  }

  /// along_ ← R̃v
  void rows_times(const V& v) {
    scaled_ = scale_.cwiseProduct(v);
    along_.noalias() = R_ * scaled_;
  }

  /// out ← out + R̃ᵀy
  void add_rows_transposed(const Numbers& y, V& out) {
    scaled_.noalias() = R_.transpose() * y;
    out += scale_.cwiseProduct(scaled_);
  }

  /// (R̃ᵀR̃ + B)⁻¹r
  const V& woodbury(const V& r) {
    part_ = r;
    if (!uniform_) part_ = r.cwiseQuotient(b_);
    rows_times(part_);
    cholesky_.solve_negative(along_, solved_);
    part_ = r;
    add_rows_transposed(solved_, part_);
    part_ = part_.cwiseQuotient(b_);
    return part_;
  }

  /// (R̃ᵀR̃ + P̃)v
  const V& applied(const V& v) {
    rows_times(v);
    product_ = penalty_.cwiseProduct(v);
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
    residual_ = rhs_ - applied(step_) - total_ * step_;
    return residual_;
  }

  /// B⁻¹ is large where λ is small, and digits cancel: what is left of the residual gives them back. Where it is not, no more
  /// are lost than a Cholesky factorization of the matrix would lose.
  void refine_where_needed() {
    step_ = woodbury(rhs_);
    if (!(mean_eigenvalue() <= Scalar(1e5) * b_.minCoeff())) step_ += woodbury(residual());
  }

  /// Where B had to be changed to be inverted: conjugate gradients on the true matrix, with the changed one for preconditioner.
  bool iterate(Index most) {
    step_.setZero();
    const auto times = [this](const V& v, V& out) { out = applied(v) + total_ * v; };
    const auto precondition = [this](const V& r, V& out) { out = woodbury(r); };
    krylov_.start(rhs_);
    const auto end =
        krylov_.run(times, precondition, {.tolerance = Scalar(1e-10), .iterations = most}, step_);
    return end == Krylov<V>::End::converged;
  }

  /// R̃ of full row rank and g in its row space: d = −R̃ᵀ(R̃R̃ᵀ)⁻²R̃g, the minimum norm without a detour.
  bool in_row_space() {
    if (!plain_ || R_.rows() > R_.cols() || !factor(Scalar(0))) return false;
    rows_times(rhs_);
    cholesky_.solve_negative(along_, solved_);
    residual_ = rhs_;
    add_rows_transposed(solved_, residual_);
    if (!(residual_.squaredNorm() <= epsilon<Scalar>() * rhs_.squaredNorm())) return false;
    along_ = -solved_;
    cholesky_.solve_negative(along_, solved_);
    step_.setZero();
    along_ = -solved_;
    add_rows_transposed(along_, step_);
    return true;
  }

  Source source_;
  Scores<V> R_;         // as the source gives them: R̃ = R·diag(scale_)
  Scores<V> weighted_;  // R̃B^{−½}, only where the kernels do not serve
  V root_;              // D^½
  V scale_;             // D^{−½}/√n
  V penalty_;           // D^{−½}PD^{−½}, its diagonal
  V b_;                 // B
  V rhs_, step_, part_, product_, residual_, scaled_;
  Gram gram_;
  Numbers ones_, along_, solved_;
  Cholesky<Numbers> cholesky_;
  Krylov<V> krylov_;
  Index* factorizations_ = nullptr;
  Scalar own_damping_;
  Scalar total_ = Scalar(0);
  Scalar trace_ = Scalar(0);  // of R̃R̃ᵀ
  bool scale_free_;
  bool plain_ = true;
  bool uniform_ = true;
  bool gram_known_ = false;
  bool modified_ = false;
};

/// Solve through the n×n Gram matrix of the scores.
struct Dual {
  double damping = 0;      ///< λ of M + λD, added to what the step policy asks
  bool scale_free = true;  ///< D = diag(M); false: D = I

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
  auto start(Source source, const V& x0) const {
    return DualState<V, Source>(std::move(source), damping, scale_free, x0.size());
  }

  void validate() const {
    detail::require(damping >= 0 && damping - damping == 0, "Dual.damping", damping, "a finite number >= 0");
  }
};

}  // namespace natgrad
