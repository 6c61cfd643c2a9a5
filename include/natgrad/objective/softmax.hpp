// SPDX-License-Identifier: MIT
#pragma once

/// f(x) = Σ wᵢ·(log Σₖ e^{mᵢₖ} − mᵢ,yᵢ)/Σwᵢ + ½·ridge·‖W‖², m = XW + intercepts: softmax regression over K classes.

#include "natgrad/core/objective.hpp"
#include "natgrad/kernel/gram.hpp"
#include "natgrad/kernel/linear_pass.hpp"
#include "natgrad/kernel/score_rows.hpp"
#include "natgrad/objective/class_labels.hpp"
#include "natgrad/objective/inputs.hpp"
#include "natgrad/objective/random.hpp"
#include "natgrad/objective/softmax_information.hpp"
#include "natgrad/objective/softmax_rows.hpp"
#include "natgrad/objective/softmax_separation.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace natgrad {

/// One column of W for each class: symmetric in the classes, but adding a vector to every column changes nothing.
struct Overparametrized {
  static constexpr Index fixed_classes = 0;
};

/// The margin of class 0 is 0, so that W has K − 1 columns, for the classes 1 … K − 1, and is identified.
struct ReferenceClass {
  static constexpr Index fixed_classes = 1;
};

template <class Scalar>
struct SoftmaxOptions {
  bool intercept = false;    ///< a last row of W that is added to the margins and never penalised
  Scalar ridge = Scalar(0);  ///< ≥ 0
  Eigen::Matrix<Scalar, Eigen::Dynamic, 1>
      weights{};                     ///< n numbers ≥ 0, or empty for 1: a row of weight 2 counts as two
  Index classes = 0;                 ///< K ≥ 2; 0: the largest label + 1
  std::vector<std::string> names{};  ///< of the columns of X, for inference; or empty
};

/// SoftmaxRegression{X, labels, {.intercept = true}}, or SoftmaxRegression{ReferenceClass{}, X, labels}.
///
/// X: n×d, dense in either order or sparse; an lvalue, a Map or a Ref is not copied and must outlive the objective. labels: n
/// whole numbers 0 … K − 1, of any type. Parameters x are the matrix W column by column: inputs × columns, inputs = d, or d + 1
/// with the intercepts as last row. Canonical: the Hessian is the expected Fisher information. Throws std::invalid_argument on
/// sizes, NaN, and labels, weights or ridge out of range.
template <class Data, class Form = Overparametrized>
class SoftmaxRegression {
 public:
  using Scalar = typename Data::Scalar;
  using Vector = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  using Options = SoftmaxOptions<Scalar>;

  template <class X, class Y>
  SoftmaxRegression(X&& features, const Y& labels, Options options = {})
      : inputs_(std::forward<X>(features), options.intercept),
        options_(std::move(options)),
        labels_("SoftmaxRegression", labels, options_.classes) {
    check();
    inputs_.centre_far_columns();
    total_weight_ = detail::scale_weights(options_.weights, sample_count());
  }
  template <class X, class Y>
  SoftmaxRegression(Form, X&& features, const Y& labels, Options options = {})
      : SoftmaxRegression(std::forward<X>(features), labels, std::move(options)) {}

  // ---- the parameters ----------------------------------------------------------------------------------------------

  Index classes() const { return labels_.classes(); }
  Index inputs() const { return inputs_.parameters(); }
  Index columns() const { return classes() - Form::fixed_classes; }
  Index dimension() const { return inputs() * columns(); }
  Index sample_count() const { return labels_.count(); }
  Index data_entries() const { return inputs_.entries() * columns(); }
  std::string_view note() const {
    return labels_.from_zero() ? inputs_.features().note()
                               : "no sample has the label 0, and classes count from 0";
  }
  Vector start() const { return Vector::Zero(dimension()); }

  /// "class 1: x[0]", …, "class 1: (intercept)", "class 2: x[0]", …
  std::vector<std::string> parameter_names() const {
    std::vector<std::string> names;
    for (Index k = Form::fixed_classes; k < classes(); ++k) {
      for (const std::string& input : inputs_.features().input_names(options_.names, options_.intercept))
        names.push_back("class " + std::to_string(k) + ": " + input);
    }
    return names;
  }

  /// x as the inputs×columns matrix W
  template <class V>
  Eigen::Map<const Matrix> weights(const V& x) const {
    return {x.data(), inputs(), columns()};
  }

  Scalar sample_weight(Index i) const { return has_weights() ? options_.weights[i] : Scalar(1); }
  /// the sum of the weights as given: how many observations inference counts
  double total_weight() const { return total_weight_; }
  const auto& features() const { return inputs_.matrix(); }
  const std::vector<int>& labels() const { return labels_.all(); }
  const Options& options() const { return options_; }

  // ---- f and its derivatives ---------------------------------------------------------------------------------------

  template <class V>
  Scalar value(const V& x) const {
    return inputs_.centred([&](const auto& D, const auto& W) { return kernel::value(D, rows(), W); },
                           weights(x))
             * share()
         + penalty(x);
  }

  template <class V>
  Scalar value_and_gradient(const V& x, V& g) const {
    Eigen::Map<Matrix> G(g.data(), inputs(), columns());
    const Scalar loss = inputs_.centred(
        [&](const auto& D, const auto& W) { return kernel::value_and_gradient(D, rows(), W, G); },
        weights(x));
    inputs_.turn_back(G);
    G *= share();
    if (options_.ridge != Scalar(0))
      G.topRows(features().cols()) += options_.ridge * weights(x).topRows(features().cols());
    return loss * share() + penalty(x);
  }

  template <class V>
  void gradient(const V& x, V& g) const {
    value_and_gradient(x, g);
  }

  template <class V>
  void hessian(const V& x, SquareMatrix<V>& H) const {
    fisher(x, H);
    if (options_.ridge != Scalar(0)) add_ridge(H.diagonal());
  }

  template <class V>
  void hessian_times(const V& x, const V& v, V& Hv) const {
    fisher_times(x, v, Hv);
    if (options_.ridge == Scalar(0)) return;
    Eigen::Map<Matrix>(Hv.data(), inputs(), columns()).topRows(features().cols()) +=
        options_.ridge * weights(v).topRows(features().cols());
  }

  template <class V>
  void hessian_diagonal(const V& x, V& D) const {
    fisher_diagonal(x, D);
    if (options_.ridge != Scalar(0)) add_ridge(D);
  }

  // ---- per-sample scores and the Fisher information ----------------------------------------------------------------

  /// s = (xᵢ, 1)(e_y − p)ᵀ, column by column: unweighted, without the penalty
  template <class V>
  void score(const V& x, Index i, V& s) const {
    Scores<V> row(1, dimension());
    scores(x, i, row);
    s = row.row(0);
  }

  template <class V>
  void scores(const V& x, Index first, Scores<V>& S) const {
    write_scores(x, first, S, [&](Index i, const auto&) { return labels_[i]; });
  }

  template <class V>
  void sampled_scores(const V& x, Index first, std::uint64_t seed, Scores<V>& S) const {
    write_scores(x, first, S, [&](Index i, const auto& p) {
      double left = IndexedRandom(seed, static_cast<std::uint64_t>(i)).uniform();
      if (Form::fixed_classes == 1 && (left -= 1 - static_cast<double>(p.sum())) < 0) return 0;
      int label = Form::fixed_classes;
      while (label + 1 < classes() && !((left -= static_cast<double>(p[label - Form::fixed_classes])) < 0))
        ++label;
      return label;
    });
  }

  /// E[(diag(p) − ppᵀ)⊗(x, 1)(x, 1)ᵀ] (objective/softmax_information.hpp)
  template <class V>
  void fisher(const V& x, SquareMatrix<V>& F) const {
    at_probabilities(x, [&](const auto& information) { information.matrix(design(), F); });
  }

  /// Where columns were centred: c, and the matrices of the centred columns (HasCentre).
  const Vector& centre() const { return inputs_.centre(); }
  template <class V>
  void centred_fisher(const V& x, SquareMatrix<V>& F) const {
    at_probabilities(x, [&](const auto& information) {
      inputs_.with_centred_design([&](const auto& D) { information.matrix(D, F); });
    });
  }
  template <class V>
  void centred_hessian(const V& x, SquareMatrix<V>& H) const {
    centred_fisher(x, H);
    if (options_.ridge != Scalar(0)) add_ridge(H.diagonal());
  }

  template <class V>
  void fisher_times(const V& x, const V& v, V& Fv) const {
    Eigen::Map<Matrix> out(Fv.data(), inputs(), columns());
    at_probabilities(x, [&](const auto& information) { information.times(design(), weights(v), out); });
  }

  /// F ≈ G⊗A with A = DᵀD/n, found once, and G = E[diag(p) − ppᵀ]: one layer
  template <class V>
  void fisher_factors(const V& x, Index, Matrix& A, Matrix& G) const {
    A = input_moment();
    at_probabilities(x, [&](const auto& information) { information.between_classes(G); });
  }

  /// diag F, in one pass a class and without the matrix
  template <class V>
  void fisher_diagonal(const V& x, V& D) const {
    thread_local Vector curvature;
    at_probabilities(x, [&](const auto& information) {
      for (Index k = 0; k < columns(); ++k) {
        information.curvature(k, k, curvature);
        auto part = D.segment(k * inputs(), inputs());
        inputs_.weighted_squares(curvature.data(), part);
      }
    });
  }

  template <class V>
  void penalty_hessian(const V&, SquareMatrix<V>& P) const {
    P.setZero();
    add_ridge(P.diagonal());
  }

  template <class V>
  void penalty_diagonal(const V&, V& p) const {
    p.setZero();
    add_ridge(p);
  }

  /// Σₖ p(k; x)·log(p(k; x)/p(k; x_new)), mean over samples
  template <class V>
  Scalar kl(const V& x, const V& x_new) const {
    Matrix both(inputs(), 2 * columns());
    both << weights(x), weights(x_new);
    const detail::SoftmaxDivergence<Scalar> divergence{sample_weights(), Form::fixed_classes == 1};
    return inputs_.centred([&](const auto& D, const auto& W) { return kernel::value(D, divergence, W); },
                           both)
         * share();
  }

  // ---- the fit -----------------------------------------------------------------------------------------------------

  /// p(0 … K − 1; xᵢ)
  template <class V>
  Vector probabilities(const V& x, Index i) const {
    Matrix M(1, columns());
    margins(x, i, M);
    Vector p = Vector::Zero(classes());
    p.tail(columns()) = M.row(0).transpose();
    p = (p.array() - p.maxCoeff()).exp();
    return p / p.sum();
  }

  /// the share of rows whose likeliest class is their label
  template <class V>
  Scalar accuracy(const V& x) const {
    Matrix M(sample_count(), columns());
    margins(x, 0, M);
    Index right = 0;
    for (Index i = 0; i < sample_count(); ++i) {
      Index best = 0;
      const Scalar largest = M.row(i).maxCoeff(&best);
      best = Form::fixed_classes == 1 && !(largest > Scalar(0)) ? 0 : best + Form::fixed_classes;
      right += best == labels_[i];
    }
    return Scalar(static_cast<double>(right)) * share();
  }

  /// the same objective on `rows` rows drawn without replacement; a class keeps its parameters where none of its rows is drawn
  auto sample(Index rows, std::uint64_t seed) const {
    const auto chosen = sampled_rows(sample_count(), rows, seed);
    auto part = inputs_.features().rows(chosen);
    return SoftmaxRegression<decltype(part), Form>(std::move(part), chosen_entries(labels(), chosen),
                                                   {.intercept = options_.intercept,
                                                    .ridge = options_.ridge,
                                                    .weights = chosen_entries(options_.weights, chosen),
                                                    .classes = classes(),
                                                    .names = options_.names});
  }

  /// No row's own class has a smaller margin along v than another, and some has a larger one: f falls along v for ever.
  template <class V>
  bool separated_along(const V& v) const {
    const bool moves_coefficients = max_norm(weights(v).topRows(features().cols())) > Scalar(0);
    if (options_.ridge != Scalar(0) && moves_coefficients) return false;  // the penalty rises
    return pairs().separated_along(weights(v));
  }

  /// v ← a direction that separates; false where there is none. x, with its gradient g: near a minimum, or where f no longer
  /// falls (objective/softmax_separation.hpp); for at most 1000 parameters of the classes from 1 on. |v|: any.
  template <class V>
  bool find_separation(const V& x, const V& g, V& v) const {
    v = x;
    if (separated_along(v)) return true;
    Vector direction(inputs() * (classes() - 1));
    if (!find_direction(x, g, direction)) return false;
    v.setZero();
    v.tail(direction.size()) = direction;
    return separated_along(v);
  }

 private:
  /// The same in the parameters of the classes from 1 on. With a penalty the intercepts alone are free.
  template <class V>
  bool find_direction(const V& x, const V& g, Vector& direction) const {
    if (options_.ridge != Scalar(0)) return options_.intercept && pairs().flee_empty_class(direction);
    if (direction.size() > detail::most_separation_parameters) return false;
    Matrix P;
    all_probabilities(x, P);
    return pairs().separate(P.rightCols(classes() - 1), g.tail(direction.size()), direction);
  }

  kernel::Design<Data> design() const { return inputs_.design(); }
  detail::SoftmaxRows<Scalar> rows() const {
    return {labels().data(), sample_weights(), Form::fixed_classes == 1};
  }
  detail::ClassPairs<Data> pairs() const { return {inputs_, options_.weights, labels_}; }
  const Scalar* sample_weights() const { return has_weights() ? options_.weights.data() : nullptr; }
  Scalar share() const { return Scalar(1) / Scalar(static_cast<double>(sample_count())); }
  bool has_weights() const { return options_.weights.size() > 0; }

  /// DᵀD/n depends on the data alone: computed when it is first asked for, by one thread while others wait
  const Matrix& input_moment() const {
    std::call_once(moment_->once, [&] {
      Matrix& A = moment_->value;
      A.resize(inputs(), inputs());
      kernel::gram(design(), sample_weights(), A);
      kernel::symmetrize(A);
      A *= share();
    });
    return moment_->value;
  }

  /// M ← the margins of the rows from `first` on
  template <class V>
  void margins(const V& x, Index first, Matrix& M) const {
    inputs_.centred([&](const auto& D, const auto& W) { kernel::margins(D, W, first, M); }, weights(x));
  }

  /// P ← rows×columns: the probability of each class that has a column, for the rows from `first` on
  template <class V>
  void find_probabilities(const V& x, Index first, Index rows, Matrix& P) const {
    P.resize(rows, columns());
    margins(x, first, P);
    this->rows().to_probabilities(P);
  }
  template <class V>
  void all_probabilities(const V& x, Matrix& P) const {
    find_probabilities(x, 0, sample_count(), P);
  }

  /// Row i of S ← (x, 1)(e_y − p)ᵀ of row first + i, y = label(first + i, p)
  template <class V, class Label>
  void write_scores(const V& x, Index first, Scores<V>& S, const Label& label) const {
    thread_local Matrix factors;
    find_probabilities(x, first, S.rows(), factors);
    for (Index i = 0; i < S.rows(); ++i) {
      auto p = factors.row(i);
      const Index y = label(first + i, p) - Form::fixed_classes;
      p = -p;
      if (y >= 0) p[y] += Scalar(1);
    }
    for (Index k = 0; k < columns(); ++k) {
      auto part = S.middleCols(k * inputs(), inputs());
      kernel::scaled_rows(design(), factors.col(k).data(), first, part);
    }
  }

  /// use(F) with F at the probabilities at x
  template <class V, class Use>
  void at_probabilities(const V& x, const Use& use) const {
    thread_local Matrix P;
    all_probabilities(x, P);
    use(detail::SoftmaxInformation<Scalar>{P, options_.weights, Form::fixed_classes == 1});
  }

  template <class V>
  Scalar penalty(const V& x) const {
    if (options_.ridge == Scalar(0)) return Scalar(0);
    return Scalar(0.5) * options_.ridge * weights(x).topRows(features().cols()).squaredNorm();
  }

  template <class Diagonal>
  void add_ridge(Diagonal&& diagonal) const {
    for (Index k = 0; k < columns(); ++k)
      diagonal.segment(k * inputs(), features().cols()).array() += options_.ridge;
  }

  void check() const {
    detail::check_data("SoftmaxRegression", inputs_.features(), "labels", sample_count(), options_);
  }

  struct InputMoment {
    std::once_flag once;
    Matrix value;
  };

  Inputs<Data> inputs_;
  Options options_;
  double total_weight_ = 0;
  detail::ClassLabels labels_;
  std::shared_ptr<InputMoment> moment_ =
      std::make_shared<InputMoment>();  // shared by copies, which have the same data
};

template <class X, class Y>
SoftmaxRegression(X&&, const Y&) -> SoftmaxRegression<KeptFeatures<X>>;
template <class X, class Y>
SoftmaxRegression(X&&, const Y&, SoftmaxOptions<typename std::remove_cvref_t<X>::Scalar>)
    -> SoftmaxRegression<KeptFeatures<X>>;
template <class Form, class X, class Y>
  requires requires { Form::fixed_classes; }
SoftmaxRegression(Form, X&&, const Y&)->SoftmaxRegression<KeptFeatures<X>, Form>;
template <class Form, class X, class Y>
  requires requires { Form::fixed_classes; }
SoftmaxRegression(Form, X&&, const Y&, SoftmaxOptions<typename std::remove_cvref_t<X>::Scalar>)
    ->SoftmaxRegression<KeptFeatures<X>, Form>;

}  // namespace natgrad
