// SPDX-License-Identifier: MIT
#pragma once

/// f(x) = Σ wᵢ·loss(yᵢ; μ(ηᵢ))/Σwᵢ + ½·ridge·‖β‖², η = Xβ + intercept + offset: generalised linear models.

#include "natgrad/kernel/semidefinite.hpp"
#include "natgrad/objective/families.hpp"
#include "natgrad/objective/glm_rows.hpp"
#include "natgrad/objective/linear_model.hpp"
#include "natgrad/objective/random.hpp"
#include "natgrad/objective/response.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
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
class GeneralizedLinearModel : public LinearModel<GeneralizedLinearModel<Family, Link, Data>, Data> {
  using Base = LinearModel<GeneralizedLinearModel<Family, Link, Data>, Data>;
  friend Base;

 public:
  using Scalar = typename Data::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Options = GlmOptions<Scalar>;
  /// Not deduced: the guides below deduce Data too, which would otherwise be its default.
  template <class T>
  using Given = std::type_identity_t<T>;

  template <class X, class Y>
    requires requires(const X& x) { x.cols(); }
  GeneralizedLinearModel(X&& inputs, const Y& responses, Options options = {})
      : GeneralizedLinearModel(Family{}, Link{}, std::forward<X>(inputs), responses, std::move(options)) {}

  template <class X, class Y>
  GeneralizedLinearModel(Given<Family> family, X&& inputs, const Y& responses, Options options = {})
      : GeneralizedLinearModel(std::move(family), Link{}, std::forward<X>(inputs), responses,
                               std::move(options)) {}

  template <class X, class Y>
  GeneralizedLinearModel(Given<Family> family, Given<Link> link, X&& inputs, const Y& responses,
                         Options options = {})
      : Base(std::forward<X>(inputs), options.intercept, options.ridge),
        responses_(detail::response<Vector>("GeneralizedLinearModel", responses)),
        options_(std::move(options)),
        family_(std::move(family)),
        link_(std::move(link)) {
    check();
    this->take_data(options_.weights);
  }

  // ---- the parameters ----------------------------------------------------------------------------------------------

  using Base::dimension;
  using Base::features;
  using Base::sample_weight;
  Index sample_count() const { return responses_.size(); }

  /// Inside the link's domain where that is easy: the mean response where there is an intercept, else 0, else least squares.
  Vector start() const {
    Vector x = Vector::Zero(dimension());
    if (options_.intercept) x[dimension() - 1] = link_.link(start_mean()) - mean_offset();
    if (!x.allFinite()) x.setZero();
    return is_finite(value(x)) ? x : least_squares_start();
  }

  const Vector& responses() const { return responses_; }
  const Options& options() const { return options_; }

  // ---- f and its derivatives ---------------------------------------------------------------------------------------

  using Base::value;

  template <class V>
  Scalar value_and_gradient(const V& x, V& g) const {
    using detail::Curvature;
    return predictor_.wants_curvature(Curvature::expected)
             ? this->penalised(rows<Curvature::expected>(), Curvature::expected, x, g)
             : this->penalised(rows<Curvature::observed>(), Curvature::observed, x, g);
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
    return predictor_.margin(x, i) + offset_of(i);
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
  const { return dispersion(x, static_cast<double>(residual_degrees())); }

  /// The same on so many degrees of freedom, which are more than residual_degrees() where columns of X depend on one another.
  template <class V>
    requires Family::dispersion_is_free Scalar dispersion(const V& x, double degrees)
  const { return pearson(x) / Scalar(degrees); }

  // ---- a part of the data ------------------------------------------------------------------------------------------

  /// the same objective on `rows` rows drawn without replacement
  auto sample(Index rows, std::uint64_t seed) const {
    const auto chosen = sampled_rows(sample_count(), rows, seed);
    auto part = predictor_.features().rows(chosen);
    return GeneralizedLinearModel<Family, Link, decltype(part)>(
        family_, link_, std::move(part), chosen_entries(responses_, chosen),
        {.intercept = options_.intercept,
         .ridge = options_.ridge,
         .weights = chosen_entries(options_.weights, chosen),
         .offset = chosen_entries(options_.offset, chosen),
         .names = options_.names});
  }

 private:
  using Base::design;
  using Base::has_weights;
  using Base::offset_of;
  using Base::predictor_;
  using Base::share;
  using Base::total_weight_;
  using Base::weights_data;

  const Scalar* offset() const { return options_.offset.size() > 0 ? options_.offset.data() : nullptr; }
  template <detail::Curvature curvature = detail::Curvature::observed>
  detail::GlmRows<Scalar, Family, Link, curvature> rows() const {
    return {responses_.data(), weights_data(), family_, link_};
  }

  // what the base asks
  Scalar label(Index i) const { return responses_[i]; }
  Scalar expected_curvature(Index i, const Scalar& eta) const {
    return family_.terms(link_, responses_[i], eta).expected;
  }
  Scalar residual(const Scalar& y, const Scalar& eta) const { return family_.terms(link_, y, eta).residual; }

  /// a response of row i from the model
  Scalar drawn(Index i, const Scalar& eta, std::uint64_t seed) const {
    IndexedRandom random(seed, static_cast<std::uint64_t>(i));
    return Scalar(family_.draw(static_cast<double>(link_.mean(eta).value), random));
  }

  /// Where the mean can be the response, the loss has its minimum there.
  int side(Index i) const {
    if (link_.contains(link_.link(responses_[i]))) return 0;
    return detail::falling_side<Scalar>([&](const Scalar& eta) {
      return link_.contains(eta) ? family_.terms(link_, responses_[i], eta).loss
                                 : std::numeric_limits<Scalar>::infinity();
    });
  }

  /// |∂loss/∂η|. A loss is in nats where φ = 1, else in units of its own.
  template <class V>
  std::pair<const Scalar*, Scalar> slopes(const V& x) const {
    thread_local Vector residuals;
    residuals.resize(sample_count());
    kernel::margins(design(), x, 0, residuals);
    kernel::RowBlock<Scalar> block{
        0, {residuals.data(), residuals.size()}, {residuals.data(), residuals.size()}, {nullptr, 0}};
    rows()(block);
    const Scalar unit = Family::dispersion_is_free ? max_norm(residuals) : Scalar(1);
    return {residuals.data(), Scalar(Scalar(0.01) * unit)};
  }

  /// w·∂²loss/∂η², or its expectation, of each row
  template <detail::Curvature curvature, class V>
  const Scalar* curvatures(const V& x) const {
    return predictor_.curvatures(rows<curvature>(), curvature, offset(), x);
  }

  /// Floats are added up as doubles: many rows would drown the next ones.
  template <class Term>
  Scalar sum_over_rows(const Term& term) const {
    using Sum = std::conditional_t<std::is_same_v<Scalar, float>, double, Scalar>;
    Sum sum(0);
    for (Index i = 0; i < sample_count(); ++i) {
      if (sample_weight(i) != Scalar(0)) sum += Sum(sample_weight(i) * term(i));
    }
    return Scalar(sum) * Scalar(total_weight_) * share();
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
      target[i] = link_.link(Scalar(Scalar(0.9) * responses_[i] + Scalar(0.1) * mean)) - offset_of(i);
    }
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> gram(dimension(), dimension());
    Vector x(dimension());
    kernel::gram(design(), nullptr, gram);
    kernel::transpose_times(design(), target, x);
    Vector room(dimension() * (dimension() + 4));
    if (!kernel::solve_semidefinite(gram.data(), dimension(), x.data(), room.data()) || !x.allFinite())
      x.setZero();
    return x;
  }

  void check() const {
    using detail::require;
    detail::check_data("GeneralizedLinearModel", predictor_.features(), "y", responses_.size(), options_);
    const detail::Argument y("GeneralizedLinearModel", "y");
    detail::require_finite(y, responses_);
    for (Index i = 0; i < responses_.size(); ++i) {
      if (!Family::supports(responses_[i])) detail::reject(y.at(i), responses_[i], Family::support);
    }
    const Index offsets = options_.offset.size();
    require(offsets == 0 || offsets == responses_.size(), "GeneralizedLinearModel: offset.size()", offsets,
            "one term for each row of X, or none");
    detail::require_finite("GeneralizedLinearModel: offset", options_.offset);
    if constexpr (requires { family_.validate(); }) family_.validate();
  }

  Vector responses_;
  Options options_;
  Family family_;
  Link link_;
};

namespace detail {
struct NoFamily {
  using Canonical = NoFamily;
};

/// A family or a link, no data.
template <class T>
concept NoTable = !requires(const T& t) {
  t.cols();
};

template <class T>
concept IsFamily = requires {
  typename T::Canonical;
};
}  // namespace detail

/// What X and y alone deduce.
template <class Link, class Data>
class GeneralizedLinearModel<detail::NoFamily, Link, Data> {
  static_assert(
      sizeof(Data) == 0,
      "natgrad: a GeneralizedLinearModel needs its family: GeneralizedLinearModel<Poisson>{X, y}, or "
      "GeneralizedLinearModel{Poisson{}, X, y}.");

 public:
  template <class X, class Y>
  GeneralizedLinearModel(X&&, const Y&, GlmOptions<typename Data::Scalar> = {}) {}
  template <class X, class Y, detail::IsFamily Family>
  GeneralizedLinearModel(X&&, const Y&, Family) {}
};

/// The link before the family.
template <class Link, detail::IsFamily Family, class Data>
  requires(!detail::IsFamily<Link>)
class GeneralizedLinearModel<Link, Family, Data> {
  static_assert(sizeof(Data) == 0,
                "natgrad: a GeneralizedLinearModel is of a family first and then of a link: "
                "GeneralizedLinearModel<Binomial, Probit>{X, y}, or GeneralizedLinearModel{Binomial{}, "
                "Probit{}, X, y}.");

 public:
  template <class X, class Y>
  GeneralizedLinearModel(X&&, const Y&, GlmOptions<typename Data::Scalar> = {}) {}
  template <class X, class Y>
  GeneralizedLinearModel(Link, Family, X&&, const Y&, GlmOptions<typename Data::Scalar> = {}) {}
};

template <class X, class Y, detail::IsFamily Family>
GeneralizedLinearModel(X&&, const Y&, Family) -> GeneralizedLinearModel<detail::NoFamily>;
template <class X, class Y>
GeneralizedLinearModel(X&&, const Y&) -> GeneralizedLinearModel<detail::NoFamily>;
template <class X, class Y>
GeneralizedLinearModel(X&&, const Y&, GlmOptions<typename std::remove_cvref_t<X>::Scalar>)
    -> GeneralizedLinearModel<detail::NoFamily>;

template <detail::NoTable Family, class X, class Y>
GeneralizedLinearModel(Family, X&&, const Y&)
    -> GeneralizedLinearModel<Family, typename Family::Canonical, KeptFeatures<X>>;
template <detail::NoTable Family, class X, class Y>
GeneralizedLinearModel(Family, X&&, const Y&, GlmOptions<typename std::remove_cvref_t<X>::Scalar>)
    -> GeneralizedLinearModel<Family, typename Family::Canonical, KeptFeatures<X>>;
template <detail::NoTable Family, detail::NoTable Link, class X, class Y>
GeneralizedLinearModel(Family, Link, X&&, const Y&) -> GeneralizedLinearModel<Family, Link, KeptFeatures<X>>;
template <detail::NoTable Family, detail::NoTable Link, class X, class Y>
GeneralizedLinearModel(Family, Link, X&&, const Y&, GlmOptions<typename std::remove_cvref_t<X>::Scalar>)
    -> GeneralizedLinearModel<Family, Link, KeptFeatures<X>>;

}  // namespace natgrad
