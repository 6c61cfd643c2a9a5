// SPDX-License-Identifier: MIT
#pragma once

/// f(x) = Σ wᵢ·(max(mᵢ,0) − yᵢmᵢ + log1p(e^{−|mᵢ|}))/Σwᵢ + ½·ridge·‖w‖², m = Xw + intercept: logistic regression.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/require.hpp"
#include "natgrad/kernel/log_loss.hpp"
#include "natgrad/objective/linear_model.hpp"
#include "natgrad/objective/random.hpp"
#include "natgrad/objective/response.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace natgrad {

template <class Scalar>
struct LogisticOptions {
  bool intercept = false;    ///< a last parameter that is added to every margin and never penalised
  Scalar ridge = Scalar(0);  ///< ≥ 0, in units of 1/x²
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1>
      weights{};                     ///< n numbers ≥ 0, or empty for 1: a row of weight 2 counts as two
  std::vector<std::string> names{};  ///< of the columns of X, for inference; or empty
};

/// Parameters x are ONE vector: d weights, then the intercept where there is one.
///
/// X: n×d, dense in either order or sparse. An lvalue, a Map or a Ref is not copied and must outlive the objective; a
/// temporary is kept. y: n labels in [0, 1], fractions allowed. Throws std::invalid_argument on sizes, NaN, or labels,
/// weights and ridge out of range. The model is p(y = 1) = σ(m), its canonical link: the Hessian is the expected Fisher
/// information (McCullagh & Nelder 1989, 2.5), so Newton and the natural gradient are the same method on it.
template <class Data>
class LogisticRegression : public LinearModel<LogisticRegression<Data>, Data> {
  using Base = LinearModel<LogisticRegression<Data>, Data>;
  friend Base;

 public:
  using Scalar = typename Data::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Options = LogisticOptions<Scalar>;

  template <class X, class Y>
  LogisticRegression(X&& inputs, const Y& labels, Options options = {})
      : Base(std::forward<X>(inputs), options.intercept, options.ridge),
        labels_(detail::response<Vector>("LogisticRegression", labels)),
        options_(std::move(options)) {
    check();
    this->take_data(options_.weights);
  }

  // ---- the parameters ----------------------------------------------------------------------------------------------

  using Base::dimension;
  using Base::features;
  using Base::sample_weight;
  Index sample_count() const { return labels_.size(); }

  /// zero, of the right length
  Vector start() const { return detail::zeros<Vector>(dimension()); }

  /// the d weights of x
  template <class V>
  auto weights(const V& x) const {
    return x.head(features().cols());
  }

  /// the intercept of x; 0 where the model has none
  template <class V>
  Scalar intercept(const V& x) const {
    return predictor_.intercept(x);
  }

  const Vector& labels() const { return labels_; }
  const Options& options() const { return options_; }

  // ---- f and its derivatives ---------------------------------------------------------------------------------------

  template <class V>
  Scalar value_and_gradient(const V& x, V& g) const {
    return this->penalised(rows(), detail::Curvature::expected, x, g);
  }

  /// KL(Bernoulli(σ(m)) ‖ Bernoulli(σ(m_new))), mean over samples
  template <class V>
  Scalar kl(const V& x, const V& x_new) const {
    Scalar sum(0);
    for (Index i = 0; i < sample_count(); ++i) {
      const Scalar m = predictor_.margin(x, i), m_new = predictor_.margin(x_new, i);
      const Scalar p = residual(Scalar(0), m);
      sum += sample_weight(i) * (kernel::log_loss(m_new, p).loss - kernel::log_loss(m, p).loss);
    }
    return sum * share();
  }

  // ---- a part of the data ------------------------------------------------------------------------------------------

  /// the same objective on `rows` rows drawn without replacement
  auto sample(Index rows, std::uint64_t seed) const {
    const auto chosen = sampled_rows(sample_count(), rows, seed);
    auto part = predictor_.features().rows(chosen);
    return LogisticRegression<decltype(part)>(std::move(part), chosen_entries(labels_, chosen),
                                              Options{.intercept = options_.intercept,
                                                      .ridge = options_.ridge,
                                                      .weights = chosen_entries(options_.weights, chosen),
                                                      .names = options_.names});
  }

 private:
  using Base::design;
  using Base::predictor_;
  using Base::share;
  using Base::weights_data;

  kernel::LogisticRows<Scalar> rows() const { return {labels_.data(), weights_data()}; }
  // what the base asks
  static constexpr const Scalar* offset() { return nullptr; }
  Scalar label(Index i) const { return labels_[i]; }
  static Scalar residual(const Scalar& y, const Scalar& m) { return kernel::log_loss(m, y).residual; }
  Scalar expected_curvature(Index i, const Scalar& m) const {
    return kernel::log_loss(m, labels_[i]).curvature;
  }
  Scalar drawn(Index i, const Scalar& m, std::uint64_t seed) const {
    const double probability = static_cast<double>(residual(Scalar(0), m));
    return IndexedRandom(seed, static_cast<std::uint64_t>(i)).uniform() < probability ? Scalar(1) : Scalar(0);
  }
  /// wᵢσ(1 − σ), the same whatever the label
  template <detail::Curvature, class V>
  const Scalar* curvatures(const V& x) const {
    return predictor_.curvatures(rows(), detail::Curvature::expected, nullptr, x);
  }

  int side(Index i) const { return labels_[i] == Scalar(1) ? 1 : labels_[i] == Scalar(0) ? -1 : 0; }
  /// wᵢσ(1 − σ)
  template <class V>
  std::pair<const Scalar*, Scalar> slopes(const V& x) const {
    return {curvatures<detail::Curvature::expected>(x), Scalar(0.01)};
  }

  void check() const {
    detail::check_data("LogisticRegression", predictor_.features(), "y", labels_.size(), options_);
    const detail::Argument y("LogisticRegression", "y");
    for (Index i = 0; i < labels_.size(); ++i) {
      if (labels_[i] >= Scalar(0) && labels_[i] <= Scalar(1)) continue;
      detail::require_finite(y, labels_);
      detail::reject(y.at(i), labels_[i], "a label in [0, 1]");
    }
  }

  Vector labels_;
  Options options_;
};

template <class X, class Y>
LogisticRegression(X&&, const Y&) -> LogisticRegression<KeptFeatures<X>>;
template <class X, class Y>
LogisticRegression(X&&, const Y&, LogisticOptions<typename std::remove_cvref_t<X>::Scalar>)
    -> LogisticRegression<KeptFeatures<X>>;

}  // namespace natgrad
