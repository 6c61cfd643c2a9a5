// SPDX-License-Identifier: MIT
#pragma once

/// What every model of one linear predictor m = Xw + intercept + offset has: with D = (X, 1), its Hessian and each of its Fisher
/// matrices is Dᵀdiag(w)D/n, and its scores are diag(r)·D.

#include "natgrad/core/arithmetic.hpp"
#include "natgrad/core/objective.hpp"
#include "natgrad/objective/data_checks.hpp"
#include "natgrad/objective/linear_predictor.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace natgrad {

/// The base of a Model (by CRTP), which gives, in private, at the margin m, offset included:
///   rows(): the loss of all rows, for a pass (kernel/design.hpp); residual(y, m) = ∂loss/∂m; expected_curvature(i, m) =
///   E ∂²loss/∂m² of row i; label(i) = y; drawn(i, m, seed): a label from the model; curvatures<Curvature>(x): n numbers,
///   sample weights included; offset(): n numbers, or null; side(i): towards which margin, ±1, the loss of row i falls for ever,
///   else 0; slopes(x): n numbers, small where a row is predicted well, and below which they are.
template <class Model, class Data>
class LinearModel {
 public:
  using Scalar = typename Data::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;

  Index dimension() const { return predictor_.parameters(); }
  Index data_entries() const { return predictor_.entries(); }
  std::string_view note() const { return predictor_.features().note(); }

  const auto& features() const { return predictor_.matrix(); }

  /// sample i's weight, scaled so that all sum to n
  Scalar sample_weight(Index i) const { return has_weights() ? model().options().weights[i] : Scalar(1); }

  /// the sum of the weights as given: how many observations inference counts
  double total_weight() const { return total_weight_; }

  /// the names of the columns, then "(intercept)"
  std::vector<std::string> parameter_names() const {
    return predictor_.features().input_names(model().options().names, model().options().intercept);
  }

  /// D, by the products that the metrics ask of it
  const LinearPredictor<Data>& linear_predictor() const { return predictor_; }

  // ---- f and ∇f ----------------------------------------------------------------------------------------------------

  template <class V>
  Scalar value(const V& x) const {
    return predictor_.value(model().rows(), model().offset(), x) * share() + predictor_.penalty(x);
  }

  template <class V>
  void gradient(const V& x, V& g) const {
    model().value_and_gradient(x, g);
  }

  // ---- the Hessian Dᵀdiag(w·∂²loss/∂m²)D/n + ridge: the observed information ----------------------------------------

  template <class V>
  void hessian(const V& x, SquareMatrix<V>& H) const {
    predictor_.gram(observed(x), H);
    predictor_.add_penalty_diagonal(H.diagonal());
  }

  template <class V>
  void hessian_times(const V& x, const V& v, V& Hv) const {
    predictor_.gram_times(observed(x), v, Hv);
    predictor_.add_penalty_gradient(v, Hv);
  }

  template <class V>
  void hessian_diagonal(const V& x, V& D) const {
    predictor_.gram_diagonal(observed(x), D);
    predictor_.add_penalty_diagonal(D);
  }

  // ---- the expected Fisher information, the same with E ∂²loss/∂m² and without the penalty ---------------------------

  template <class V>
  void fisher(const V& x, SquareMatrix<V>& F) const {
    predictor_.gram(expected(x), F);
  }

  template <class V>
  void fisher_times(const V& x, const V& v, V& Fv) const {
    predictor_.gram_times(expected(x), v, Fv);
  }

  /// diag F, in one pass and without the matrix
  template <class V>
  void fisher_diagonal(const V& x, V& D) const {
    predictor_.gram_diagonal(expected(x), D);
  }

  /// rows √(w·E ∂²loss/∂m²)·(xᵢ, 1): F = SᵀS/n
  template <class V>
  void fisher_rows(const V& x, Index first, Scores<V>& S) const {
    write_rows(x, first, S, [this](Index i, const Scalar& m) {
      return Scalar(Eigen::numext::sqrt(model().sample_weight(i) * model().expected_curvature(i, m)));
    });
  }

  /// w with F = Dᵀdiag(w)D/n
  template <class V>
  void fisher_weights(const V& x, Vector& w) const {
    w.resize(model().sample_count());
    std::copy_n(expected(x), w.size(), w.data());
  }

  // ---- per-sample scores s = −∂loss/∂m·(xᵢ, 1): unweighted, without the penalty --------------------------------------

  template <class V>
  void score(const V& x, Index i, V& s) const {
    const Scalar m = predictor_.margin(x, i) + offset_of(i);
    predictor_.write_row(i, -model().residual(model().label(i), m), s);
  }

  template <class V>
  void scores(const V& x, Index first, Scores<V>& S) const {
    write_rows(x, first, S,
               [this](Index i, const Scalar& m) { return Scalar(-model().residual(model().label(i), m)); });
  }

  /// of labels drawn from the model; that of row i depends on i, seed and x alone
  template <class V>
  void sampled_scores(const V& x, Index first, std::uint64_t seed, Scores<V>& S) const {
    write_rows(x, first, S, [this, seed](Index i, const Scalar& m) {
      return Scalar(-model().residual(model().drawn(i, m, seed), m));
    });
  }

  /// w ← the weights with Σ wᵢsᵢsᵢᵀ = Dᵀdiag(w)D: wᵢ(∂loss/∂m)²
  template <class V>
  void score_weights(const V& x, Vector& w) const {
    detail::fill(w, Scalar(0));
    add_score_weights(x, w, [this](Index i, const Scalar&) { return model().label(i); });
  }

  /// w ← w + the same for labels drawn from the model
  template <class V>
  void add_sampled_score_weights(const V& x, std::uint64_t seed, Vector& w) const {
    add_score_weights(x, w, [this, seed](Index i, const Scalar& m) { return model().drawn(i, m, seed); });
  }

  // ---- F and H in the coordinates of HasCentre ---------------------------------------------------------------------

  const Vector& centre() const { return predictor_.centre(); }

  template <class V>
  void centred_fisher(const V& x, SquareMatrix<V>& F) const {
    predictor_.centred_gram(expected(x), F);
  }

  template <class V>
  void centred_hessian(const V& x, SquareMatrix<V>& H) const {
    predictor_.centred_gram(observed(x), H);
    predictor_.add_penalty_diagonal(H.diagonal());
  }

  // ---- the penalty ½·ridge·‖w‖² ------------------------------------------------------------------------------------

  template <class V>
  void penalty_hessian(const V&, SquareMatrix<V>& P) const {
    detail::fill(P, Scalar(0));
    predictor_.add_penalty_diagonal(P.diagonal());
  }

  template <class V>
  void penalty_diagonal(const V&, V& p) const {
    detail::fill(p, Scalar(0));
    predictor_.add_penalty_diagonal(p);
  }

  // ---- what data cannot tell ---------------------------------------------------------------------------------------

  /// A certificate that no estimate exists: along v no row's loss rises and some row's falls for ever, as with responses of 0 and 1,
  /// or counts of 0. A change of the margin within ε^⅔ of the size of its terms counts as 0.
  template <class V>
  bool separated_along(const V& v) const {
    return predictor_.separates(v, weight(), side());
  }

  /// v ← a direction that separates; false where there is none. x, with its gradient g: near a minimum, or where f no longer
  /// falls: the rows predicted well there are searched (objective/separation.hpp), for at most 1000 parameters. |v|: any.
  template <class V>
  bool find_separation(const V& x, const V& g, V& v) const {
    if (predictor_.is_penalised()) return predictor_.frees_intercept(weight(), side(), v);
    v = x;
    if (separated_along(v)) return true;
    const auto [slopes, well] = model().slopes(x);
    return predictor_.find_separation(model().options().weights, weight(), side(), slopes, well, g, v);
  }

 protected:
  template <class X>
  LinearModel(X&& inputs, bool intercept, const Scalar& ridge)
      : predictor_(std::forward<X>(inputs), intercept, ridge) {}

  /// Once they are checked.
  void take_data(Vector& weights) {
    predictor_.centre_far_columns();
    total_weight_ = detail::scale_weights(weights, model().sample_count());
  }

  bool has_weights() const { return model().options().weights.size() > 0; }
  /// n numbers, or null
  const Scalar* weights_data() const { return has_weights() ? model().options().weights.data() : nullptr; }

  Scalar offset_of(Index i) const {
    const Scalar* offsets = model().offset();
    return offsets ? offsets[i] : Scalar(0);
  }

  /// f(x) and g ← ∇f(x), by a loss of the rows that knows curvatures of this kind.
  template <class RowLoss, class V>
  Scalar penalised(const RowLoss& loss, detail::Curvature kind, const V& x, V& g) const {
    const Scalar sum = predictor_.value_and_gradient(loss, kind, model().offset(), x, g);
    g *= share();
    predictor_.add_penalty_gradient(x, g);
    return sum * share() + predictor_.penalty(x);
  }

  kernel::Design<Data> design() const { return predictor_.design(model().offset()); }

  /// 1/n
  Scalar share() const { return Scalar(1) / Scalar(static_cast<double>(model().sample_count())); }

  LinearPredictor<Data> predictor_;
  double total_weight_ = 0;

 private:
  const Model& model() const { return static_cast<const Model&>(*this); }

  auto weight() const {
    return [this](Index i) { return sample_weight(i); };
  }
  auto side() const {
    return [this](Index i) { return model().side(i); };
  }

  template <class V>
  const Scalar* observed(const V& x) const {
    return model().template curvatures<detail::Curvature::observed>(x);
  }
  template <class V>
  const Scalar* expected(const V& x) const {
    return model().template curvatures<detail::Curvature::expected>(x);
  }

  template <class V, class Factor>
  void write_rows(const V& x, Index first, Scores<V>& S, const Factor& factor) const {
    predictor_.write_rows(
        x, first, S, [&](Index i, const Scalar& margin) { return factor(i, Scalar(margin + offset_of(i))); });
  }

  template <class V, class Label>
  void add_score_weights(const V& x, Vector& w, const Label& label) const {
    thread_local Vector margins;
    margins.resize(w.size());
    kernel::margins(design(), x, 0, margins);
    for (Index i = 0; i < w.size(); ++i)
      w[i] +=
          model().sample_weight(i) * Eigen::numext::abs2(model().residual(label(i, margins[i]), margins[i]));
  }
};

}  // namespace natgrad
