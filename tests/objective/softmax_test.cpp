// SPDX-License-Identifier: MIT
#include "natgrad/objective/softmax.hpp"

#include "natgrad/core/minimize.hpp"
#include "natgrad/fisher/factors.hpp"
#include "natgrad/inference/inference.hpp"
#include "natgrad/objective/logistic.hpp"
#include "natgrad/objective/random.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "support/catch.hpp"

#include <Eigen/SparseCore>

#include <limits>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

struct Data {
  MatrixXd X{30, 2};
  std::vector<int> labels;
  VectorXd weights{30};
  Data() {
    for (int i = 0; i < 30; ++i) {
      X.row(i) << std::sin(1.3 * i), std::cos(2.1 * i);
      labels.push_back((i * i + i / 7) % 3);
      weights[i] = 1 + i % 3;
    }
  }
};

VectorXd point(Index d) {
  VectorXd x(d);
  for (Index i = 0; i < d; ++i) x[i] = 0.7 * std::sin(1.0 + double(i));
  return x;
}

template <class F>
void check_derivatives_of(const F& f) {
  const Index d = f.dimension(), n = f.sample_count();
  const VectorXd x = point(d), v = VectorXd::LinSpaced(d, -1, 2);
  VectorXd g(d), above(d), below(d), product(d), mean = VectorXd::Zero(d);
  MatrixXd H(d, d), F_(d, d), P(d, d);
  f.gradient(x, g);
  f.hessian(x, H);
  f.fisher(x, F_);
  f.penalty_hessian(x, P);
  for (Index j = 0; j < d; ++j) {
    const VectorXd e = 1e-5 * VectorXd::Unit(d, j);  // truncation and rounding ~1e-10
    CHECK(g[j]
          == Approx((f.value(VectorXd(x + e)) - f.value(VectorXd(x - e))) / 2e-5).epsilon(1e-8).margin(1e-9));
    f.gradient(VectorXd(x + e), above);
    f.gradient(VectorXd(x - e), below);
    CHECK(((above - below) / 2e-5 - H.col(j)).norm() < 1e-8);
  }
  CHECK((H - F_ - P).norm() < 1e-14);  // canonical
  f.hessian_times(x, v, product);
  CHECK((product - H * v).norm() < 1e-13);
  f.fisher_times(x, v, product);
  CHECK((product - F_ * v).norm() < 1e-13);
  f.hessian_diagonal(x, product);
  CHECK((product - H.diagonal()).norm() < 1e-14);
  f.fisher_diagonal(x, product);
  CHECK((product - F_.diagonal()).norm() < 1e-14);
  natgrad::Scores<VectorXd> S(n, d);
  f.scores(x, 0, S);
  for (Index i = 0; i < n; ++i) mean += f.sample_weight(i) * S.row(i).transpose() / double(n);
  CHECK((mean + g - P * x).norm() < 1e-14);
}

}  // namespace

TEST_CASE("value, gradient, Hessian, products and scores of a softmax regression agree") {
  const Data data;
  check_derivatives_of(
      SoftmaxRegression{data.X, data.labels, {.intercept = true, .ridge = 0.2, .weights = data.weights}});
  check_derivatives_of(
      SoftmaxRegression{ReferenceClass{}, data.X, data.labels, {.intercept = true, .weights = data.weights}});
  const Eigen::SparseMatrix<double, Eigen::RowMajor> sparse = data.X.sparseView();
  check_derivatives_of(SoftmaxRegression{sparse, data.labels, {.ridge = 0.2}});
}

TEST_CASE(
    "at one sample the Fisher matrix is (diag(p) - ppᵀ)⊗xxᵀ, with null vector 1, and so are its factors") {
  const MatrixXd X = MatrixXd::Constant(1, 1, 2);
  const std::vector<int> label = {1};
  const SoftmaxRegression f{X, label, {.classes = 3}};
  const VectorXd x = point(3);
  const VectorXd p = f.probabilities(x, 0);
  CHECK(p.sum() == Approx(1).epsilon(1e-15));
  MatrixXd F(3, 3), A, G;
  f.fisher(x, F);
  const MatrixXd wanted = MatrixXd(p.asDiagonal()) - p * p.transpose();
  CHECK((F - 4 * wanted).norm() < 1e-15);
  CHECK((F * VectorXd::Ones(3)).norm() < 1e-15);
  f.fisher_factors(x, 0, A, G);
  CHECK(A(0, 0) == Approx(4));
  CHECK((G - wanted).norm() < 1e-15);
}

TEST_CASE("both forms give the same probabilities, and the overparametrised one names what it cannot know") {
  const Data data;
  const SoftmaxRegression all{data.X, data.labels, {.intercept = true}};
  const SoftmaxRegression reference{ReferenceClass{}, data.X, data.labels, {.intercept = true}};
  const StopWhen stop{.gradient_norm = 1e-10};
  const auto a = minimize(all, all.start(), Newton{}, stop),
             b = minimize(reference, reference.start(), Newton{}, stop);
  REQUIRE(a.usable());
  REQUIRE(b.usable());
  CHECK(a.value == Approx(b.value).epsilon(1e-12));
  for (Index i = 0; i < 30; ++i)
    CHECK((all.probabilities(a.x, i) - reference.probabilities(b.x, i)).norm() < 1e-7);
  const auto table = inference(all, a.x), identified = inference(reference, b.x);
  CHECK(table.effective_rank == 6);
  CHECK(table.unidentified.cols() == 3);
  CHECK(table.standard_errors[0] == std::numeric_limits<double>::infinity());
  CHECK(identified.effective_rank == 6);
  CHECK(identified.unidentified.cols() == 0);
  // W₁ − W₀ is identified, and has the same variance in both forms.
  const VectorXd contrast = VectorXd::Unit(9, 3) - VectorXd::Unit(9, 0);
  CHECK(contrast.dot(table.covariance * contrast) == Approx(identified.covariance(0, 0)).epsilon(1e-6));
  CHECK(all.accuracy(a.x) == reference.accuracy(b.x));
}

TEST_CASE("two classes are logistic regression") {
  MatrixXd X(4, 1);
  X << -1, 0.5, 2, 3;
  const std::vector<int> labels = {0, 1, 0, 1};
  const SoftmaxRegression f{ReferenceClass{}, X, labels};
  const VectorXd x = VectorXd::Constant(1, 0.8);
  double sum = 0;
  for (int i = 0; i < 4; ++i)
    sum += std::log1p(std::exp(labels[std::size_t(i)] ? -0.8 * X(i, 0) : 0.8 * X(i, 0)));
  CHECK(f.value(x) == Approx(sum / 4).epsilon(1e-15));
}

TEST_CASE("margins of a thousand neither overflow nor lose the loss") {
  const MatrixXd X = MatrixXd::Constant(1, 1, 1000);
  const std::vector<int> label = {1};
  const SoftmaxRegression f{X, label};
  VectorXd x(2), g(2);
  x << 1, -1;
  CHECK(f.value_and_gradient(x, g) == 2000);
  CHECK(g[1] == -1000);
}

TEST_CASE("a column of mean 1e8 is fitted as well as one of mean 0, for every class") {
  // quarters and a mean of 2²⁷, so that no entry of X is rounded
  const double mean = 134217728;
  Data data;
  data.X = (4 * data.X.array()).round() / 4;
  MatrixXd far = data.X;
  far.col(0).array() += mean;
  const auto check = [&](const auto& form, double ridge) {
    const auto made = [&](const MatrixXd& X) {
      return SoftmaxRegression{
          form, X, data.labels, {.intercept = true, .ridge = ridge, .weights = data.weights}};
    };
    const auto near_model = made(data.X), far_model = made(far);
    REQUIRE(near_model.centre().size() == 0);
    REQUIRE(far_model.centre().size() == 3);
    const auto near_fit =
        minimize(near_model, near_model.start(), Newton{}, StopWhen{.gradient_norm = 1e-12});
    const auto fit = minimize(far_model, far_model.start(), Newton{});
    CAPTURE(fit);
    REQUIRE(fit.usable());
    CHECK(fit.value == Approx(near_fit.value).epsilon(1e-12));
    const auto W = far_model.weights(fit.x), W0 = near_model.weights(near_fit.x);
    // what the softmax does not see of W left out
    const auto contrast = [](const MatrixXd& A) { return (A.colwise() - A.col(0)).eval(); };
    const bool all = W.cols() == 3;
    const MatrixXd slopes = W.topRows(2), slopes0 = W0.topRows(2);
    if (all)
      CHECK((contrast(slopes) - contrast(slopes0)).norm() < 1e-6);
    else
      CHECK((slopes - slopes0).norm() < 1e-6);
    for (Index i = 0; i < 30; ++i)
      CHECK((far_model.probabilities(fit.x, i) - near_model.probabilities(near_fit.x, i)).norm() < 1e-6);
  };
  check(ReferenceClass{}, 0);
  check(ReferenceClass{}, 0.01);
  check(Overparametrized{}, 0.01);

  // The matrices in the coordinates of the centred columns are those of a model that was given them.
  const SoftmaxRegression f{ReferenceClass{}, far, data.labels, {.intercept = true, .ridge = 0.1}};
  MatrixXd moved = far;
  moved.rowwise() -= f.centre().head(2).transpose();
  const SoftmaxRegression g{ReferenceClass{}, moved, data.labels, {.intercept = true, .ridge = 0.1}};
  VectorXd x = 1e-9 * point(6), at = x;
  at[2] += f.centre().head(2).dot(x.head(2));
  at[5] += f.centre().head(2).dot(x.segment(3, 2));
  MatrixXd H(6, 6), H0(6, 6);
  f.centred_hessian(x, H);
  g.hessian(at, H0);
  CHECK((H - H0).norm() < 1e-14);
  f.centred_fisher(x, H);
  g.fisher(at, H0);
  CHECK((H - H0).norm() < 1e-14);
  CHECK(f.value(x) == Approx(g.value(at)).epsilon(1e-14));
}

TEST_CASE("a perfectly predicted training set is separable, unless it has a ridge") {
  MatrixXd X(3, 2);
  X << 1, 0, 0, 1, -1, -1;
  const std::vector<int> labels = {0, 1, 2};
  const SoftmaxRegression f{X, labels}, ridge{X, labels, {.ridge = 0.01}};
  CHECK(minimize(f, f.start(), Newton{}).status == Status::separable);
  CHECK(minimize(ridge, ridge.start(), Newton{}).usable());
}

TEST_CASE(
    "a ridge leaves the intercepts free: a class without rows is separable, and a certificate says so") {
  MatrixXd X(6, 1);
  X << 1, 2, -1, 0.5, -2, 3;
  const auto check = [&](const auto& f) {
    const auto r = minimize(f, f.start(), Newton{});
    CHECK(r.status == Status::separable);
    VectorXd v(f.dimension());
    REQUIRE(f.find_separation(r.x, r.gradient, v));
    const VectorXd x = VectorXd::LinSpaced(f.dimension(), -0.2, 0.3);
    CHECK(f.value(VectorXd(x + v)) < f.value(x) * (1 - 1e-3));
    CHECK(f.value(VectorXd(x + 20 * v)) < f.value(VectorXd(x + v)));
  };
  for (const auto& labels : {std::vector<int>{0, 1, 0, 1, 1, 0}, {2, 1, 1, 2, 2, 1}, {2, 0, 0, 2, 2, 0}}) {
    check(SoftmaxRegression{ReferenceClass{}, X, labels, {.intercept = true, .ridge = 0.1, .classes = 3}});
    check(SoftmaxRegression{X, labels, {.intercept = true, .ridge = 0.1, .classes = 3}});
    const SoftmaxRegression none{X, labels, {.ridge = 0.1, .classes = 3}};
    CHECK(minimize(none, none.start(), Newton{}).usable());
  }
}

TEST_CASE("a class that some rows alone decide has no estimate, and a certificate says so") {
  // The first column tells class 2 from the others where it is 1; within the rest all classes are mixed.
  const Index n = 24;
  MatrixXd X(n, 2);
  std::vector<int> labels, mixed, without;
  for (Index i = 0; i < n; ++i) {
    X.row(i) << (i % 4 == 0 ? 1 : 0), double(7 * i % 11 - 5) / 5;
    labels.push_back(i % 4 == 0 ? 2 : int(i % 3));
    mixed.push_back(int(i % 3));
    without.push_back(i % 4 == 0 ? int(1 + i / 4 % 2) : int(i % 3));  // class 0 alone falls behind
  }
  const VectorXd weights = VectorXd::LinSpaced(n, 1, 2);
  const auto check = [&](const auto& f, bool separable) {
    const auto r = minimize(f, f.start(), Newton{});
    INFO(r);
    VectorXd v(f.dimension());
    CHECK(f.find_separation(r.x, r.gradient, v) == separable);
    CHECK((r.status == Status::separable) == separable);
    CHECK((separable || r.usable()));
    if (separable) {
      CHECK(f.separated_along(v));
      CHECK(f.value(VectorXd(r.x + v * (10 / v.norm()))) <= r.value);
    }
  };
  check(SoftmaxRegression{X, labels, {.intercept = true}}, true);
  check(SoftmaxRegression{ReferenceClass{}, X, labels, {.intercept = true, .weights = weights}}, true);
  check(SoftmaxRegression{X, without, {.intercept = true}}, true);
  check(SoftmaxRegression{ReferenceClass{}, X, without, {.intercept = true}}, true);
  check(SoftmaxRegression{X, mixed, {.intercept = true, .weights = weights}}, false);
  check(SoftmaxRegression{ReferenceClass{}, X, mixed, {.intercept = true}}, false);
  // a class that never occurs falls behind for ever
  check(SoftmaxRegression{X, mixed, {.intercept = true, .classes = 4}}, true);
}

TEST_CASE(
    "a margin that is the rounding of its own terms decides nothing, in either form and for any class") {
  // 0.1 + 0.2 − 0.3 = 5.6e-17: on the first row the classes 0 and 2 are level
  MatrixXd X(3, 3);
  X << 0.1, 0.2, 0.3, 0, 1, 0, -1, 0, 0;
  const std::vector<int> labels{0, 2, 1};
  const VectorXd direction{{1, 1, -1}};
  const SoftmaxRegression reference{ReferenceClass{}, X, labels};
  REQUIRE(X.row(0).dot(direction) > 0);
  VectorXd v = VectorXd::Zero(6);
  v.tail(3) = direction;
  CHECK(reference.separated_along(v));
  const SoftmaxRegression all{X, labels};
  VectorXd w = VectorXd::Zero(9);
  w.tail(6) = v;
  CHECK(all.separated_along(w));
  X(0, 2) = 0.29;
  CHECK_FALSE(reference.separated_along(v));
  CHECK_FALSE(all.separated_along(w));
  // a row without weight has no say
  const SoftmaxRegression weighted{ReferenceClass{}, X, labels, {.weights = VectorXd{{0, 1, 1}}}};
  CHECK(weighted.separated_along(v));
}

TEST_CASE("labels drawn from the model give scores of mean 0 and variance F, whatever the blocks") {
  const MatrixXd X = MatrixXd::Ones(20'000, 1);
  const std::vector<int> labels(20'000, 2);
  const SoftmaxRegression f{X, labels};
  const VectorXd x = point(3);
  natgrad::Scores<VectorXd> S(20'000, 3), block(10, 3);
  MatrixXd F(3, 3);
  f.fisher(x, F);
  f.sampled_scores(x, 0, 9, S);
  CHECK((S.transpose() * S / 20'000 - F).cwiseAbs().maxCoeff()
        < 4 * 0.5 / std::sqrt(20'000.0));  // entries within ±1
  f.sampled_scores(x, 777, 9, block);
  CHECK(block == S.middleRows(777, 10));
  // KL(x ‖ x + h) = ½hᵀFh + O(h³): the remainder falls 8-fold with h
  VectorXd h(3);
  h << 0.02, -0.01, 0.03;
  const double rest = f.kl(x, VectorXd(x + h)) - 0.5 * h.dot(F * h);
  h *= 0.5;
  CHECK(rest / (f.kl(x, VectorXd(x + h)) - 0.5 * h.dot(F * h)) == Approx(8).epsilon(0.05));
}

TEST_CASE("labels that are no class are rejected by number") {
  const MatrixXd X = MatrixXd::Ones(2, 1);
  const std::vector<int> negative = {0, -1}, large = {0, 5}, one = {0, 0};
  const VectorXd half = VectorXd::Constant(2, 0.5);
  CHECK_THROWS_WITH((SoftmaxRegression{X, negative}),
                    "natgrad: SoftmaxRegression: labels(1) = -1, wanted a whole number 0 … K − 1");
  CHECK_THROWS_AS((SoftmaxRegression{X, large, {.classes = 3}}), std::invalid_argument);
  CHECK_THROWS_AS((SoftmaxRegression{X, half}), std::invalid_argument);
  CHECK_THROWS_AS((SoftmaxRegression{X, one}), std::invalid_argument);
  CHECK_THROWS_AS((SoftmaxRegression{X, std::vector<int>{0, 1, 1}}), std::invalid_argument);
}

TEST_CASE("a sample keeps each row's label and weight, and all classes") {
  const MatrixXd X{{0.3}, {-1.2}, {0.8}, {1.5}, {-0.4}, {0.1}};
  const VectorXd weights{{2, 1, 3, 1, 1, 4}};
  const std::vector<int> labels{0, 1, 2, 0, 3, 1};
  const SoftmaxRegression f{
      ReferenceClass{}, X, labels, {.intercept = true, .ridge = 0.1, .weights = weights}};
  const VectorXd x = VectorXd::LinSpaced(6, -1, 1);
  CHECK(f.sample(6, 1).value(x) == Approx(f.value(x)).epsilon(1e-14));
  const auto part = f.sample(2, 3);
  CHECK(part.classes() == 4);
  CHECK(part.sample_count() == 2);
  const auto row_of = [&](Index k) {
    Index i = 0;
    while (X(i, 0) != part.features()(k, 0)) ++i;
    return i;
  };
  for (Index k = 0; k < 2; ++k) CHECK(part.labels()[std::size_t(k)] == labels[std::size_t(row_of(k))]);
  CHECK(part.sample_weight(1) / part.sample_weight(0) == Approx(weights[row_of(1)] / weights[row_of(0)]));
  CHECK_THROWS_AS(f.sample(7, 1), std::invalid_argument);
}

TEST_CASE("labels that count from 1 are remarked on") {
  const MatrixXd X{{1}, {2}, {0}, {1.5}};
  const std::vector<int> from_one = {1, 2, 1, 2}, from_zero = {0, 1, 0, 1};
  const auto message = [&](const std::vector<int>& labels) {
    const SoftmaxRegression f{X, labels, {.ridge = 0.1}};
    return minimize(f, f.start(), Newton{}).message.str();
  };
  CHECK(message(from_one).find("no sample has the label 0, and classes count from 0") != std::string::npos);
  CHECK(message(from_zero).find("label 0") == std::string::npos);
}

TEST_CASE("a row of weight k counts as k observations in the standard errors of every classifier") {
  const VectorXd weights{{2, 1, 3, 1, 1, 4}};
  const MatrixXd X{{0.3}, {-1.2}, {0.8}, {1.5}, {-0.4}, {0.1}};
  const std::vector<int> labels{0, 1, 1, 0, 1, 0};
  MatrixXd repeated(12, 1);
  std::vector<int> repeated_labels;
  VectorXd y(6), repeated_y(12);
  for (Index i = 0; i < 6; ++i) {
    y[i] = labels[std::size_t(i)];
    for (int k = 0; k < int(weights[i]); ++k) {
      repeated.row(Index(repeated_labels.size())) = X.row(i);
      repeated_y[Index(repeated_labels.size())] = y[i];
      repeated_labels.push_back(labels[std::size_t(i)]);
    }
  }
  const auto agree = [](const auto& weighted, const auto& all) {
    const VectorXd x = minimize(all, all.start(), Newton{}, StopWhen{.gradient_norm = 1e-11}).x;
    const auto a = inference(weighted, x), b = inference(all, x);
    CHECK(a.samples == 12);
    CHECK((a.standard_errors - b.standard_errors).norm() <= 1e-12 * b.standard_errors.norm());
  };
  agree(LogisticRegression{X, y, {.intercept = true, .weights = weights}},
        LogisticRegression{repeated, repeated_y, {.intercept = true}});
  agree(SoftmaxRegression{ReferenceClass{}, X, labels, {.intercept = true, .weights = weights}},
        SoftmaxRegression{ReferenceClass{}, repeated, repeated_labels, {.intercept = true}});
}

TEST_CASE("data that are all but separated are fitted, and are no saddle, with a column for every class") {
  int separable = 0;
  for (std::uint64_t t = 0; t < 200; ++t) {
    const Index n = 20 + Index(t) % 40;
    MatrixXd X(n, 1);
    std::vector<int> labels;
    for (Index i = 0; i < n; ++i) {
      IndexedRandom random(t, static_cast<std::uint64_t>(i));
      X(i, 0) = random.normal();
      labels.push_back(4 * X(i, 0) + 1.5 * random.normal() > 0 ? 1 : 0);
      X(i, 0) *= std::pow(10.0, -double(t % 7));
    }
    const SoftmaxRegression all{X, labels};
    const SoftmaxRegression reference{ReferenceClass{}, X, labels};
    const auto wanted = minimize(reference, reference.start(), Newton{});
    separable += wanted.status == Status::separable;
    const auto check = [&](const auto& r) {
      CAPTURE(t, r, wanted);
      CHECK((r.status == Status::separable) == (wanted.status == Status::separable));
      CHECK((r.usable() || r.status == Status::separable));
      if (r.usable()) CHECK(r.value == Approx(wanted.value).epsilon(1e-9));
    };
    check(minimize(all, all.start(), Newton{}));
    check(minimize(all, all.start(), NaturalGradient{}));
  }
  CHECK(separable < 20);
}

TEST_CASE("the information of rows with a p of all but 1 keeps its digits, as a matrix and as products") {
  // margins (40, 0, −2) and the like: 1 − p = e^{−40}(1 + e^{−2})/(1 + …), which 1 and p do not tell
  const MatrixXd X = MatrixXd::Constant(1, 1, 1.0);
  const std::vector<int> labels{0};
  const auto check = [&](const auto& f, const VectorXd& x, const std::vector<long double>& margins) {
    std::vector<long double> p;
    long double total = 0;
    for (const long double m : margins) total += std::exp(m - margins[0]);
    for (const long double m : margins) p.push_back(std::exp(m - margins[0]) / total);
    const Index columns = x.size(), first = Index(margins.size()) - columns;
    MatrixXd F(columns, columns);
    f.fisher(x, F);
    for (Index k = 0; k < columns; ++k) {
      VectorXd e = VectorXd::Unit(columns, k), Fe(columns);
      f.fisher_times(x, e, Fe);
      for (Index l = 0; l < columns; ++l) {
        long double expected = -p[std::size_t(k + first)] * p[std::size_t(l + first)];
        if (k == l) {
          expected = 0;
          for (std::size_t m = 0; m < p.size(); ++m)
            if (m != std::size_t(k + first)) expected += p[std::size_t(k + first)] * p[m];
        }
        CAPTURE(k, l);
        CHECK(F(k, l) == Approx(double(expected)).epsilon(1e-13).margin(0));
        CHECK(Fe[l] == Approx(double(expected)).epsilon(1e-13).margin(0));
      }
    }
  };
  const SoftmaxRegression all{X, labels, {.intercept = false, .classes = 3}};
  check(all, VectorXd{{40, 0, -2}}, {40, 0, -2});
  const SoftmaxRegression reference{ReferenceClass{}, X, labels, {.intercept = false, .classes = 3}};
  check(reference, VectorXd{{-40, -42}}, {0, -40, -42});
}

TEST_CASE("separated data are found where a column lies far from 0, with two classes and with three") {
  // two integer columns; x₀ decides but where it is 0
  const Index n = 60;
  for (const double offset : {0.0, 1e4, 1e6, 3e6, 1e9}) {
    MatrixXd X(n, 2);
    std::vector<int> two, three;
    VectorXd y(n);
    for (Index i = 0; i < n; ++i) {
      IndexedRandom random(3, static_cast<std::uint64_t>(i));
      const double x = std::floor(17 * random.uniform()) - 8;
      X.row(i) << x + offset, std::floor(17 * random.uniform()) - 8 + offset;
      two.push_back(x > 0 || (x == 0 && random.uniform() < 0.5) ? 1 : 0);
      three.push_back(two.back() == 1 && random.uniform() < 0.5 ? 2 : two.back());
      y[i] = two.back();
    }
    CAPTURE(offset);
    const auto check = [](const auto& f) {
      const auto newton = minimize(f, f.start(), Newton{}),
                 natural = minimize(f, f.start(), NaturalGradient{});
      CAPTURE(newton, natural);
      CHECK(newton.status == Status::separable);
      CHECK(natural.status == Status::separable);
    };
    check(LogisticRegression{X, y, {.intercept = true}});
    check(SoftmaxRegression{X, two, {.intercept = true}});
    check(SoftmaxRegression{X, three, {.intercept = true}});
  }
}
