// SPDX-License-Identifier: MIT
#pragma once

/// A likelihood from value(x) and score(x, i, s) alone: ∇f = −Σᵢ wᵢsᵢ/n.

#include "natgrad/core/lent.hpp"
#include "natgrad/core/objective.hpp"

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace natgrad {

/// What the model has is passed on: value, sample_count, score or scores, and where given sample_weight and total_weight,
/// dimension, hessian, hessian_times, fisher, fisher_times, fisher_rows, sampled_scores, kl, dispersion and parameter_names. The
/// model must have no penalty, whose gradient the scores do not show.
template <class Model>
class Likelihood {
  static_assert(HasSampleCount<Model>,
                "natgrad: likelihood needs sample_count() of the model: give it `natgrad::Index "
                "sample_count() const`.");

 public:
  explicit Likelihood(Model model) : model_(std::move(model)) {}

  const Model& model() const { return model_; }
  Index sample_count() const { return model_.sample_count(); }

  template <class V>
    requires HasValue<Model, V> ScalarOf<V> value(const V& x)
  const { return model_.value(x); }

  template <class V>
    requires HasAnyScores<Model, V>
  void gradient(const V& x, V& g) const {
    using Scalar = ScalarOf<V>;
    detail::Lent<V> s;
    g.setZero();
    for (Index i = 0; i < sample_count(); ++i) {
      s->setConstant(x.size(), kLeftOut<Scalar>);
      score(x, i, *s);
      if constexpr (HasSampleWeight<Model, V>) {
        g -= Scalar(model_.sample_weight(i)) * *s;
      } else {
        g -= *s;
      }
    }
    g /= Scalar(static_cast<double>(sample_count()));
  }

  /// Nothing else than a sentence.
  template <class V>
    requires(!HasAnyScores<Model, V>)
  void gradient(const V&, V&) const {
    static_assert(
        HasAnyScores<Model, V>,
        "natgrad: likelihood needs score(x, i, s) of the model: give it `void score(const V& x, Index i, V& "
        "s) "
        "const`, or scores(x, first, S) with S a natgrad::Scores<V>; V is the plain vector type of x0.");
  }

  template <class V>
    requires HasAnyScores<Model, V>
  void score(const V& x, Index i, V& s) const {
    if constexpr (HasScore<Model, V>) {
      model_.score(x, i, s);
    } else {
      detail::Lent<Scores<V>> row;
      row->setConstant(1, x.size(), kLeftOut<ScalarOf<V>>);
      model_.scores(x, i, *row);
      s = row->row(0).transpose();
    }
  }

  template <class V>
  void sampled_scores(const V& x, Index first, std::uint64_t seed,
                      Scores<V>& S) const requires HasSampledScores<Model, V> {
    model_.sampled_scores(x, first, seed, S);
  }

  template <class V>
    requires HasHessian<Model, V>
  void hessian(const V& x, SquareMatrix<V>& H) const { model_.hessian(x, H); }

  template <class V>
    requires HasHessianTimes<Model, V>
  void hessian_times(const V& x, const V& v, V& Hv) const { model_.hessian_times(x, v, Hv); }

  template <class V>
    requires HasFisher<Model, V>
  void fisher(const V& x, SquareMatrix<V>& F) const { model_.fisher(x, F); }

  template <class V>
    requires HasFisherTimes<Model, V>
  void fisher_times(const V& x, const V& v, V& Fv) const { model_.fisher_times(x, v, Fv); }

  template <class V>
    requires HasFisherRows<Model, V>
  void fisher_rows(const V& x, Index first, Scores<V>& S) const { model_.fisher_rows(x, first, S); }

  template <class V>
    requires HasKl<Model, V> ScalarOf<V> kl(const V& x, const V& x_new)
  const { return model_.kl(x, x_new); }

  Index dimension() const requires HasDimension<Model> { return model_.dimension(); }

  auto sample_weight(Index i) const requires requires(const Model& m) { m.sample_weight(i); }
  { return model_.sample_weight(i); }

  auto total_weight() const requires requires(const Model& m) { m.total_weight(); }
  { return model_.total_weight(); }

  template <class V>
    requires requires(const Model& m, const V& x) { m.dispersion(x); }
  auto dispersion(const V& x) const { return model_.dispersion(x); }

  template <class V>
    requires requires(const Model& m, const V& x) { m.dispersion(x, 1.0); }
  auto dispersion(const V& x, double degrees) const { return model_.dispersion(x, degrees); }

  std::vector<std::string> parameter_names() const requires requires(const Model& m) { m.parameter_names(); }
  { return model_.parameter_names(); }

 private:
  /// so that an entry which the model does not write is seen
  template <class Scalar>
  static constexpr Scalar kLeftOut = std::numeric_limits<Scalar>::quiet_NaN();

  Model model_;
};

/// likelihood(model): an objective to minimise, from a model that has value and score; kept by value.
template <class Model>
Likelihood<std::remove_cvref_t<Model>> likelihood(Model&& model) {
  return Likelihood<std::remove_cvref_t<Model>>(std::forward<Model>(model));
}

}  // namespace natgrad
