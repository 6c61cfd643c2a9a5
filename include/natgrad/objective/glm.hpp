// SPDX-License-Identifier: MIT
#pragma once

/// f(x) = Σ wᵢ·loss(yᵢ; μ(ηᵢ))/Σwᵢ + ½·ridge·‖β‖², η = Xβ + intercept + offset: generalised linear models.

#include "natgrad/core/objective.hpp"
#include "natgrad/kernel/cholesky.hpp"
#include "natgrad/kernel/gram.hpp"
#include "natgrad/kernel/products.hpp"
#include "natgrad/kernel/symmetric_eigen.hpp"
#include "natgrad/objective/families.hpp"
#include "natgrad/objective/features.hpp"
#include "natgrad/objective/glm_rows.hpp"
#include "natgrad/objective/separation.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace natgrad {

template <class Scalar>
struct GlmOptions {
  bool intercept = false;    ///< a last parameter that is added to every η and never penalised
  Scalar ridge = Scalar(0);  ///< ≥ 0
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1>
      weights{};  ///< n numbers ≥ 0, or empty for 1: the variance of yᵢ is φV(μᵢ)/wᵢ
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1> offset{};  ///< n known terms of η, or empty for 0
  std::vector<std::string> names{};                   ///< of the columns of X, for inference; or empty
};

/// GeneralizedLinearModel<Poisson>{X, y, {.intercept = true}}, GeneralizedLinearModel<Binomial, Probit>{X, y};
/// GeneralizedLinearModel{NegativeBinomial{.shape = 2}, Log{}, X, y} deduces the type of X too: any order, sparse, a view.
///
/// Family: Gaussian, Binomial, Poisson, Gamma, NegativeBinomial. Link: IdentityLink, Log, Logit, Inverse, Probit, Cloglog,
/// Sqrt; by default the family's canonical one, for which ∇²f is the expected Fisher information (McCullagh & Nelder 1989,
/// 2.5). With another link ∇²f depends on y, and the two differ.
///
/// X: n×d; y: n responses in the family's support. Parameters are d coefficients, then the intercept. f leaves out what
/// does not depend on them, and is +∞ or NaN where η leaves the link's domain, so that a step there is contracted.
/// Throws std::invalid_argument on sizes, NaN, and responses, weights or ridge out of range.
template <class Family, class Link = typename Family::Canonical, class Data = Eigen::MatrixXd>
class GeneralizedLinearModel {
 public:
  using Scalar = typename Data::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Options = GlmOptions<Scalar>;

  template <class X, class Y>
    requires requires(const X& x) { x.cols(); }
  GeneralizedLinearModel(X&& features, const Y& responses, Options options = {})
      : GeneralizedLinearModel(Family{}, Link{}, std::forward<X>(features), responses, std::move(options)) {}

  template <class X, class Y>
  GeneralizedLinearModel(Family family, X&& features, const Y& responses, Options options = {})
      : GeneralizedLinearModel(std::move(family), Link{}, std::forward<X>(features), responses,
                               std::move(options)) {}

  template <class X, class Y>
  GeneralizedLinearModel(Family family, Link link, X&& features, const Y& responses, Options options = {})
      : data_(std::forward<X>(features)),
        responses_(responses),
        options_(std::move(options)),
        family_(std::move(family)),
        link_(std::move(link)) {
    check();
    normalise_weights();
  }

  // ---- the parameters ----------------------------------------------------------------------------------------------

  Index dimension() const { return design().parameters(); }
  Index sample_count() const { return responses_.size(); }
  std::string_view note() const { return data_.note(); }

  /// Inside the link's domain where that is easy: the mean response where there is an intercept, else 0, else least squares.
  Vector start() const {
    Vector x = Vector::Zero(dimension());
    if (options_.intercept) x[dimension() - 1] = link_.link(start_mean()) - mean_offset();
    if (!x.allFinite()) x.setZero();
    return is_finite(value(x)) ? x : least_squares_start();
  }

  /// sample i's weight, scaled so that all sum to n
  Scalar sample_weight(Index i) const { return has_weights() ? options_.weights[i] : Scalar(1); }

  /// the sum of the weights as given: how many observations inference counts
  double total_weight() const { return total_weight_; }

  /// the names of the columns, then "(intercept)"
  std::vector<std::string> parameter_names() const {
    std::vector<std::string> names = options_.names;
    for (Index j = static_cast<Index>(names.size()); j < features().cols(); ++j)
      names.push_back("x[" + std::to_string(j) + "]");
    if (options_.intercept) names.push_back("(intercept)");
    return names;
  }

  const auto& features() const { return data_.matrix(); }
  const Vector& responses() const { return responses_; }
  const Options& options() const { return options_; }

  // ---- f and its derivatives ---------------------------------------------------------------------------------------

  template <class V>
  Scalar value(const V& x) const {
    return kernel::value(design(), rows(), x) * share() + penalty(x);
  }

  template <class V>
  Scalar value_and_gradient(const V& x, V& g) const {
    const Scalar loss = kernel::value_and_gradient(design(), rows(), x, g);
    g *= share();
    add_penalty_gradient(x, g);
    return loss * share() + penalty(x);
  }

  template <class V>
  void gradient(const V& x, V& g) const {
    value_and_gradient(x, g);
  }

  /// Xᵀdiag(w·∂²loss/∂η²)X/Σw + ridge: the observed information
  template <class V>
  void hessian(const V& x, SquareMatrix<V>& H) const {
    weighted_gram(rows<detail::Curvature::observed>(), x, H);
    if (options_.ridge != Scalar(0)) H.diagonal().head(features().cols()).array() += options_.ridge;
  }

  template <class V>
  void hessian_times(const V& x, const V& v, V& Hv) const {
    weighted_product(rows<detail::Curvature::observed>(), x, v, Hv);
    Hv.head(features().cols()) += options_.ridge * v.head(features().cols());
  }

  // ---- per-sample scores and the Fisher information ----------------------------------------------------------------

  /// s = −∂loss/∂η·(xᵢ, 1): unweighted, without the penalty
  template <class V>
  void score(const V& x, Index i, V& s) const {
    write_row(i, -terms(x, i, responses_[i]).residual, s);
  }

  template <class V>
  void scores(const V& x, Index first, Scores<V>& S) const {
    write_rows(x, first, S, [this](Index i, const Scalar& eta) {
      return Scalar(-family_.terms(link_, responses_[i], eta).residual);
    });
  }

  template <class V>
  void sampled_scores(const V& x, Index first, std::uint64_t seed, Scores<V>& S) const {
    write_rows(x, first, S, [this, seed](Index i, const Scalar& eta) {
      IndexedRandom random(seed, static_cast<std::uint64_t>(i));
      const Scalar y = Scalar(family_.draw(static_cast<double>(link_.mean(eta).value), random));
      return Scalar(-family_.terms(link_, y, eta).residual);
    });
  }

  /// rows √(w·(∂μ/∂η)²/V(μ))·(xᵢ, 1): F = SᵀS/n
  template <class V>
  void fisher_rows(const V& x, Index first, Scores<V>& S) const {
    write_rows(x, first, S, [this](Index i, const Scalar& eta) {
      return Scalar(
          Eigen::numext::sqrt(sample_weight(i) * family_.terms(link_, responses_[i], eta).expected));
    });
  }

  template <class V>
  void fisher(const V& x, SquareMatrix<V>& F) const {
    weighted_gram(rows<detail::Curvature::expected>(), x, F);
  }

  template <class V>
  void fisher_times(const V& x, const V& v, V& Fv) const {
    weighted_product(rows<detail::Curvature::expected>(), x, v, Fv);
  }

  template <class V>
  void penalty_hessian(const V&, SquareMatrix<V>& P) const {
    P.setZero();
    P.diagonal().head(features().cols()).setConstant(options_.ridge);
  }

  template <class V>
  void penalty_diagonal(const V&, V& p) const {
    p.setZero();
    p.head(features().cols()).setConstant(options_.ridge);
  }

  /// KL(p(·; x) ‖ p(·; x_new)), mean over samples: half the deviance of the model at x_new from the means at x
  template <class V>
  Scalar kl(const V& x, const V& x_new) const {
    Scalar sum(0);
    for (Index i = 0; i < sample_count(); ++i) {
      sum += sample_weight(i) * family_.deviance(link_, mean(x, i), predictor(x_new, i));
    }
    return Scalar(0.5) * sum * share();
  }

  // ---- the fit -----------------------------------------------------------------------------------------------------

  /// ηᵢ
  template <class V>
  Scalar predictor(const V& x, Index i) const {
    const Scalar offset = options_.offset.size() > 0 ? options_.offset[i] : Scalar(0);
    return data_.row_dot(i, x) + (options_.intercept ? Scalar(x[features().cols()]) : Scalar(0)) + offset;
  }

  /// μᵢ
  template <class V>
  Scalar mean(const V& x, Index i) const {
    return link_.mean(predictor(x, i)).value;
  }

  /// Σ wᵢdᵢ, weights as given: twice the log-likelihood ratio to the saturated model, times φ
  template <class V>
  Scalar deviance(const V& x) const {
    return sum_over_rows([&](Index i) { return family_.deviance(link_, responses_[i], predictor(x, i)); });
  }

  /// Pearson's Σ wᵢ(yᵢ − μᵢ)²/V(μᵢ), weights as given
  template <class V>
  Scalar pearson(const V& x) const {
    return sum_over_rows([&](Index i) {
      const Scalar mu = mean(x, i), miss = responses_[i] - mu;
      return miss * miss / family_.variance(mu);
    });
  }

  /// rows of positive weight, less d
  Index residual_degrees() const {
    return (has_weights() ? (options_.weights.array() > Scalar(0)).count() : sample_count()) - dimension();
  }

  /// φ by Pearson's estimate; for the families where it is not known to be 1
  template <class V>
    requires Family::dispersion_is_free Scalar dispersion(const V& x)
  const { return pearson(x) / Scalar(static_cast<double>(residual_degrees())); }

  /// Along v no loss rises and some loss falls for ever, so that no estimate exists: with counts of 0 or responses of 0 and
  /// 1, most of all. A change of η within ε^⅔ of the size of its terms counts as 0.
  template <class V>
  bool separated_along(const V& v) const {
    if (options_.ridge != Scalar(0) && features().cols() > 0) return false;
    const Scalar intercept = options_.intercept ? Scalar(v[features().cols()]) : Scalar(0);
    bool falls = false;
    for (Index i = 0; i < sample_count(); ++i) {
      if (sample_weight(i) == Scalar(0)) continue;
      const Scalar m = data_.row_dot(i, v) + intercept;
      const Scalar terms = data_.row_dot_abs(i, v) + Eigen::numext::abs(intercept);
      if (Eigen::numext::abs(m) <= detail::negligible_margin<Scalar>() * terms) continue;
      if (side(i) != (m > Scalar(0) ? 1 : -1)) return false;
      falls = true;
    }
    return falls;
  }

  /// v ← a direction that separates; false where there is none. x, with its gradient g: near a minimum, or where f no longer
  /// falls: the rows predicted well there are searched (objective/separation.hpp), for at most 1000 parameters. |v|: any.
  template <class V>
  bool find_separation(const V& x, const V& g, V& v) const {
    v = x;
    if (separated_along(v)) return true;
    if (options_.ridge != Scalar(0) && features().cols() > 0) return false;
    thread_local Vector residuals;
    residuals.resize(sample_count());
    kernel::margins(design(), x, 0, residuals);
    kernel::RowBlock<Scalar> block{
        0, {residuals.data(), residuals.size()}, {residuals.data(), residuals.size()}, {nullptr, 0}};
    rows()(block);
    // A loss is in nats where φ = 1, else in units of its own.
    const Scalar unit = Family::dispersion_is_free ? max_norm(residuals) : Scalar(1);
    const detail::SeparationRows data{sample_count(), [&](Index i) { return sample_weight(i); },
                                      [&](Index i, auto& row) { write_row(i, Scalar(1), row); },
                                      [&](Index i) { return side(i); },
                                      [&](auto& out) {
                                        data_.largest_entries(options_.weights, out);
                                        if (options_.intercept) out[features().cols()] = Scalar(1);
                                      }};
    return detail::find_separation(data, residuals.data(), Scalar(Scalar(0.01) * unit), g, v)
        && separated_along(v);
  }

 private:
  kernel::Design<Data> design() const {
    return {features(), options_.intercept, options_.offset.size() > 0 ? options_.offset.data() : nullptr};
  }
  template <detail::Curvature curvature = detail::Curvature::observed>
  detail::GlmRows<Scalar, Family, Link, curvature> rows() const {
    return {responses_.data(), has_weights() ? options_.weights.data() : nullptr, family_, link_};
  }
  Scalar share() const { return Scalar(1) / Scalar(static_cast<double>(sample_count())); }
  bool has_weights() const { return options_.weights.size() > 0; }

  template <class V>
  RowTerms<Scalar> terms(const V& x, Index i, const Scalar& y) const {
    return family_.terms(link_, y, predictor(x, i));
  }

  /// factor takes the linear predictor, the offset included
  template <class V, class Factor>
  void write_rows(const V& x, Index first, Scores<V>& S, const Factor& factor) const {
    data_.write_rows(x, options_.intercept, first, S, [&](Index i, const Scalar& margin) {
      return factor(i, options_.offset.size() > 0 ? Scalar(margin + options_.offset[i]) : margin);
    });
  }

  /// towards which η the loss of row i falls for ever
  int side(Index i) const {
    return detail::falling_side<Scalar>([&](const Scalar& eta) {
      return link_.contains(eta) ? family_.terms(link_, responses_[i], eta).loss
                                 : std::numeric_limits<Scalar>::infinity();
    });
  }

  template <class Row>
  void write_row(Index i, const Scalar& factor, Row& row) const {
    data_.write_row(i, factor, row);
    if (options_.intercept) row[features().cols()] = factor;
  }

  template <class V>
  Scalar penalty(const V& x) const {
    if (options_.ridge == Scalar(0)) return Scalar(0);
    return Scalar(0.5) * options_.ridge * x.head(features().cols()).squaredNorm();
  }

  template <class V>
  void add_penalty_gradient(const V& x, V& g) const {
    if (options_.ridge != Scalar(0)) g.head(features().cols()) += options_.ridge * x.head(features().cols());
  }

  /// M ← Dᵀdiag(curvature)D/n
  template <class Rows, class V>
  void weighted_gram(const Rows& loss, const V& x, SquareMatrix<V>& M) const {
    thread_local V unused;
    unused.resize(x.size());
    kernel::value_gradient_hessian(design(), loss, x, unused, M);
    kernel::symmetrize(M);
    M *= share();
  }

  /// out ← Dᵀdiag(curvature)Dv/n
  template <class Rows, class V>
  void weighted_product(const Rows& loss, const V& x, const V& v, V& out) const {
    thread_local Vector margins, curvature;
    margins.resize(sample_count());
    curvature.resize(sample_count());
    kernel::margins(design(), x, 0, margins);
    kernel::RowBlock<Scalar> block{
        0, {margins.data(), margins.size()}, {nullptr, 0}, {curvature.data(), curvature.size()}};
    loss(block);
    kernel::gram_times(design(), curvature.data(), v, out);
    out *= share();
  }

  template <class Term>
  Scalar sum_over_rows(const Term& term) const {
    Scalar sum(0);
    for (Index i = 0; i < sample_count(); ++i) {
      if (sample_weight(i) != Scalar(0)) sum += sample_weight(i) * term(i);
    }
    return sum * Scalar(total_weight_) * share();
  }

  Scalar start_mean() const {
    Scalar sum(0);
    for (Index i = 0; i < sample_count(); ++i) sum += sample_weight(i) * responses_[i];
    return family_.start_mean(Scalar(sum * share()), Scalar(total_weight_));
  }
  Scalar mean_offset() const { return options_.offset.size() > 0 ? options_.offset.mean() : Scalar(0); }

  /// Least squares of g(y) on X, responses drawn to their mean a little so that g is finite.
  Vector least_squares_start() const {
    Vector target(sample_count());
    const Scalar mean = start_mean();
    for (Index i = 0; i < sample_count(); ++i) {
      const Scalar offset = options_.offset.size() > 0 ? options_.offset[i] : Scalar(0);
      target[i] = link_.link(Scalar(Scalar(0.9) * responses_[i] + Scalar(0.1) * mean)) - offset;
    }
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> gram(dimension(), dimension());
    Vector x(dimension());
    kernel::gram(design(), nullptr, gram);
    kernel::transpose_times(design(), target, x);
    solve_scaled(gram, x);
    if (!x.allFinite()) x.setZero();
    return x;
  }

  /// b ← M⁻¹b from the lower triangle of M ⪰ 0, scaled to a unit diagonal; directions of no curvature are left out.
  template <class Matrix, class V>
  static void solve_scaled(Matrix& M, V& b) {
    const Index d = b.size();
    V root(d);
    for (Index i = 0; i < d; ++i) {
      root[i] = Eigen::numext::sqrt(std::max(M(i, i), std::numeric_limits<Scalar>::min()));
      b[i] /= root[i];
    }
    for (Index j = 0; j < d; ++j) {
      for (Index i = j; i < d; ++i) M(i, j) /= root[i] * root[j];
    }
    const Scalar rounding = Scalar(static_cast<double>(d)) * std::numeric_limits<Scalar>::epsilon();
    Matrix factor = M;
    V mu(d), off(d), part(d);
    mu.setOnes();
    if (kernel::cholesky(factor.data(), d, d, mu.data(), rounding)) {
      kernel::solve_lower(factor.data(), d, d, b.data());
      kernel::solve_lower_transposed(factor.data(), d, d, b.data());
    } else if (kernel::SymmetricEigen<Scalar>(M.data(), d, d, mu.data(), factor.data(), off.data(),
                                              part.data())
                   .compute()) {
      part = b;
      b.setZero();
      for (Index k = 0; k < d; ++k) {
        const Scalar* v = factor.data() + k * d;
        if (mu[k] > rounding * mu[d - 1])
          kernel::add_scaled(kernel::dot(v, part.data(), d) / mu[k], v, b.data(), d);
      }
    } else {
      b.setConstant(std::numeric_limits<Scalar>::quiet_NaN());
    }
    for (Index i = 0; i < d; ++i) b[i] /= root[i];
  }

  void check() const {
    using detail::require;
    const Index n = features().rows();
    require(n > 0, "GeneralizedLinearModel: X.rows()", n, "at least one sample");
    require(dimension() > 0, "GeneralizedLinearModel: X.cols()", features().cols(),
            "at least one column, or an intercept");
    require(responses_.size() == n, "GeneralizedLinearModel: y.size()", responses_.size(),
            "one response for each row of X");
    data_.require_finite("GeneralizedLinearModel: X");
    detail::require_finite("GeneralizedLinearModel: y", responses_);
    for (Index i = 0; i < n; ++i) {
      if (!Family::supports(responses_[i]))
        detail::reject_entry("GeneralizedLinearModel: y", i, responses_[i], Family::support);
    }
    require(options_.ridge >= Scalar(0) && is_finite(options_.ridge), "GeneralizedLinearModel: ridge",
            options_.ridge, "a finite number ≥ 0");
    detail::check_weights("GeneralizedLinearModel: weights", options_.weights, n);
    const Index offsets = options_.offset.size(), names = static_cast<Index>(options_.names.size());
    require(offsets == 0 || offsets == n, "GeneralizedLinearModel: offset.size()", offsets,
            "one term for each row of X, or none");
    detail::require_finite("GeneralizedLinearModel: offset", options_.offset);
    require(names == 0 || names == features().cols(), "GeneralizedLinearModel: names.size()", names,
            "one name for each column of X, or none");
    if constexpr (requires { family_.validate(); }) family_.validate();
  }

  void normalise_weights() {
    total_weight_ = static_cast<double>(has_weights() ? options_.weights.sum()
                                                      : Scalar(static_cast<double>(sample_count())));
    if (has_weights()) options_.weights *= Scalar(1) / (options_.weights.sum() * share());
  }

  Features<Data> data_;
  Vector responses_;
  Options options_;
  Family family_;
  Link link_;
  double total_weight_ = 0;
};

template <class Family, class X, class Y>
GeneralizedLinearModel(Family, X&&, const Y&)
    -> GeneralizedLinearModel<Family, typename Family::Canonical, KeptFeatures<X>>;
template <class Family, class X, class Y>
GeneralizedLinearModel(Family, X&&, const Y&, GlmOptions<typename std::remove_cvref_t<X>::Scalar>)
    -> GeneralizedLinearModel<Family, typename Family::Canonical, KeptFeatures<X>>;
template <class Family, class Link, class X, class Y>
GeneralizedLinearModel(Family, Link, X&&, const Y&) -> GeneralizedLinearModel<Family, Link, KeptFeatures<X>>;
template <class Family, class Link, class X, class Y>
GeneralizedLinearModel(Family, Link, X&&, const Y&, GlmOptions<typename std::remove_cvref_t<X>::Scalar>)
    -> GeneralizedLinearModel<Family, Link, KeptFeatures<X>>;

}  // namespace natgrad
