// SPDX-License-Identifier: MIT
#include "natgrad/fisher/sampled.hpp"

#include "fisher/score_table.hpp"
#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <random>

using namespace natgrad;
using namespace natgrad::test;

namespace {

struct Data {
  Matrix X;
  Vector y;
};

/// Labels whose margins have the standard deviation `signal`.
Data drawn(Index n, Index d, double signal, unsigned seed = 7) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  Data data{Matrix::NullaryExpr(n, d, [&](Index, Index) { return normal(random); }), Vector(n)};
  const Vector m = data.X * Vector::Constant(d, signal / std::sqrt(double(d)));
  for (Index i = 0; i < n; ++i) data.y[i] = uniform(random) < 1 / (1 + std::exp(-m[i])) ? 1 : 0;
  return data;
}

constexpr StopWhen precise{.gradient_norm = 1e-8};
const std::string_view exact_name =
    "metric: expected Fisher information of all rows, as a sample would save little; quasi-Newton memory";

auto sampled(const auto& f, SampledFisher options = {}) {
  return minimize(f, f.start(), NaturalGradient{options}, precise);
}

std::string_view metric_of(const auto& f, const Vector& x, SampledFisher options = {}) {
  SampledFisherState<std::remove_cvref_t<decltype(f)>, Vector> state(f, x, options);
  Evaluator<std::remove_cvref_t<decltype(f)>, Vector> evaluator(f, Budget{});
  Iterate<Vector> at{x};
  state.prepare(evaluator, at);
  return state.name();
}

}  // namespace

TEST_CASE("A sampled Fisher metric needs twelve gradients at most, whatever the units of the parameters") {
  // z = (x scaled by 1e-3 … 1e3 and mixed): the Fisher matrix turns with the parameters, and the run is the same one. The terms
  // of a margin are then up to 1e6 times as large as the margin, and f is known to 1e-13 alone.
  const Matrix mix = Matrix::Identity(8, 8) + 0.3 * Matrix::Ones(8, 8);
  const Vector scale = Vector::LinSpaced(8, -3, 3).unaryExpr([](double p) { return std::pow(10, p); });
  const Matrix A = scale.asDiagonal() * mix;
  for (const unsigned seed : {1U, 3U, 4U, 6U, 7U}) {
    const Data data = drawn(8000, 8, 1.5, seed);
    const LogisticRegression f(data.X, data.y, {.intercept = true});
    const auto r = sampled(f);
    CHECK(r.status == Status::converged);
    CHECK(r.counts.gradients <= 12);

    const Matrix XA = data.X * A;
    const LogisticRegression g(XA, data.y, {.intercept = true});
    const auto q = minimize(g, g.start(), NaturalGradient{SampledFisher{}}, StopWhen{.gradient_norm = 1e-6});
    CHECK(q.status == Status::converged);
    CHECK(q.counts.gradients <= 12);
    CHECK(relative_error(Vector(A * q.x.head(8)), Vector(r.x.head(8))) < 1e-5);
  }
}

TEST_CASE("A sampled Fisher metric finds the optimum that Newton finds, by any draw, and repeats itself") {
  const Data data = drawn(3000, 40, 2);  // 100 rows a parameter would be all: a quarter of the rows serves
  const LogisticRegression f(data.X, data.y, {.ridge = 1e-3});
  const Vector expected = minimize(f, f.start(), Newton{}, precise).x;
  const auto first = sampled(f);
  CHECK(metric_of(f, f.start()).find("of a sample of the rows") != std::string_view::npos);
  CHECK(relative_error(first.x, expected) < 1e-6);
  CHECK(first.counts.hessians == 0);
  CHECK(sampled(f).x == first.x);
  const auto second = sampled(f, {.seed = 2});
  CHECK(second.x != first.x);
  CHECK(relative_error(second.x, expected) < 1e-6);
}

TEST_CASE(
    "A generalised linear model has a sampled Fisher metric, with weights, offset, other links and far "
    "starts") {
  Data data = drawn(6000, 8, 1);
  std::mt19937 random(11);
  std::uniform_real_distribution<double> uniform(0.2, 1);
  const Vector weights = Vector::NullaryExpr(6000, [&](Index) { return uniform(random); });
  const Vector offset = Vector::NullaryExpr(6000, [&](Index) { return uniform(random) - 0.6; });
  Vector counts(6000);
  for (Index i = 0; i < 6000; ++i) {
    const double eta = offset[i] + data.X.row(i).sum() / 8;
    counts[i] = std::poisson_distribution<int>(std::exp(eta))(random);
  }
  const auto is_that_of_newton = [](const auto& f, const Vector& x0) {
    const auto r = minimize(f, x0, NaturalGradient{SampledFisher{}}, precise);
    CHECK(r.status == Status::converged);
    CHECK(r.counts.gradients <= 14);
    CHECK(r.message.contains("of a sample of the rows"));
    CHECK(relative_error(r.x, minimize(f, f.start(), Newton{}, precise).x) < 1e-6);
  };
  const GeneralizedLinearModel<Poisson> poisson(
      data.X, counts, {.intercept = true, .ridge = 1e-3, .weights = weights, .offset = offset});
  for (const double far : {0.0, -6.0, 4.0}) {
    Vector x0 = poisson.start();
    x0[8] += far;
    is_that_of_newton(poisson, x0);
  }
  const GeneralizedLinearModel<Binomial, Probit> probit(data.X, data.y, {.intercept = true});
  is_that_of_newton(probit, probit.start());
}

TEST_CASE("A softmax regression has a sampled Fisher metric, identified or not") {
  const Data data = drawn(8000, 6, 1), other = drawn(8000, 6, 2, 9);
  std::vector<int> labels(8000);
  for (Index i = 0; i < 8000; ++i) labels[std::size_t(i)] = int(data.y[i]) + int(other.y[i]);
  const auto is_that_of_newton = [](const auto& f) {
    const auto r = minimize(f, f.start(), NaturalGradient{SampledFisher{}}, precise);
    CHECK(r.status == Status::converged);
    CHECK(r.counts.gradients <= 14);
    CHECK(r.message.contains("of a sample of the rows"));
    CHECK(r.value == Approx(minimize(f, f.start(), Newton{}, precise).value).epsilon(1e-13));
  };
  is_that_of_newton(SoftmaxRegression{ReferenceClass{}, data.X, labels, {.intercept = true}});
  is_that_of_newton(SoftmaxRegression{data.X, labels, {.intercept = true}});
  is_that_of_newton(SoftmaxRegression{data.X, labels, {.ridge = 1e-3}});
}

TEST_CASE("A sampled matrix that serves from the start is not formed again where it costs more than a pass") {
  for (const double signal : {0.3, 3.0}) {
    CAPTURE(signal);
    const Data data =
        drawn(4000, 100, signal);  // a sample of 1000 rows: the matrix costs as much as a pass over 5000
    const LogisticRegression f(data.X, data.y, {.ridge = 1e-3});
    const Vector start = f.start(), g = Vector::LinSpaced(100, -1, 2);
    SampledFisherState<LogisticRegression<KeptFeatures<const Matrix&>>, Vector> state(f, start, {});
    Evaluator<LogisticRegression<KeptFeatures<const Matrix&>>, Vector> evaluator(f, Budget{});
    Vector step, d(100);
    REQUIRE(state.prepare(evaluator, Iterate<Vector>{start}));
    REQUIRE(state.propose(evaluator, Iterate<Vector>{start}, step));
    REQUIRE(state.solve(0, g, d));
    const auto sample = f.sample(1000, 1);
    const auto error_at = [&](const Vector& x) {
      Matrix M(100, 100), P = M;
      sample.fisher(x, M);
      sample.penalty_hessian(x, P);
      return relative_error(Vector((M + P) * d), Vector(-g));
    };
    CHECK((error_at(start) < 1e-9) == (signal < 1));
    CHECK((error_at(start + step) < 1e-9) == (signal > 1));
    const auto r = sampled(f);
    CHECK(r.counts.fishers == (signal < 1 ? 1 : 2));
    CHECK(relative_error(r.x, minimize(f, start, Newton{}, precise).x) < 1e-6);
  }
}

TEST_CASE("Where no sample would do, the metric is that of all rows") {
  const Data few = drawn(60, 3, 1);
  const LogisticRegression small(few.X, few.y);
  CHECK(metric_of(small, small.start()) == exact_name);

  // 200 rows in 40 directions with margins of ±30 are separated, though the labels of all 1600 are not.
  Data data = drawn(1600, 40, 30);
  for (Index i = 100; i < 1600; i += 400) data.y[i] = 1 - data.y[i];
  const LogisticRegression f(data.X, data.y);
  const SampledFisher options{.rows_per_parameter = 5};
  REQUIRE(minimize(f.sample(200, options.seed), f.start(), Newton{}).status == Status::separable);
  CHECK(metric_of(f, f.start(), options) == exact_name);
  const auto r = sampled(f, options);
  CHECK(r.status == Status::converged);
  CHECK(relative_error(r.x, minimize(f, f.start(), Newton{}, precise).x) < 1e-6);
}

TEST_CASE("The sampled metric is the Fisher matrix of the sample, at the sample's optimum") {
  Data data = drawn(8000, 8, 1.5);
  const SampledFisher options{.rows_per_parameter = 50, .seed = 3};
  const auto is_that_of_the_sample = [&](const auto& f) {
    using Model = std::remove_cvref_t<decltype(f)>;
    const Vector start = f.start(), g = Vector::LinSpaced(start.size(), -1, 2);
    SampledFisherState<Model, Vector> state(f, start, options);
    Evaluator<Model, Vector> evaluator(f, Budget{});
    const Iterate<Vector> at{start};
    Vector step, d(start.size());
    REQUIRE(state.prepare(evaluator, at));
    REQUIRE(state.propose(evaluator, at, step));
    step += start;
    REQUIRE(state.solve(0, g, d));

    const auto sample = f.sample(50 * start.size(), options.seed);
    const Vector optimum = minimize(sample, start, Newton{}, precise).x;
    // a tenth of its own error, d/2m = 1/100, by the model
    CHECK(sample.value(step) - sample.value(optimum) < 1.2e-3);
    Matrix M(start.size(), start.size()), P = M;
    sample.fisher(step, M);
    sample.penalty_hessian(step, P);
    M += P;
    CHECK(relative_error(Vector(M * d), Vector(-g)) < 1e-9);
  };
  is_that_of_the_sample(LogisticRegression(data.X, data.y, {.ridge = 1e-2}));
  is_that_of_the_sample(LogisticRegression(data.X, data.y, {.intercept = true}));
  is_that_of_the_sample(GeneralizedLinearModel<Binomial, Cloglog>(data.X, data.y, {.intercept = true}));

  // A column so far from 0 that Newton's method would work in centred coordinates: the metric is that of x all the same.
  data.X.col(2).array() += 1e8;
  const LogisticRegression far(data.X, data.y, {.intercept = true, .ridge = 1e-2});
  REQUIRE(far.sample(400, options.seed).centre().size() > 0);
  const Vector start = far.start();
  SampledFisherState<std::remove_cvref_t<decltype(far)>, Vector> state(far, start, options);
  Evaluator<std::remove_cvref_t<decltype(far)>, Vector> evaluator(far, Budget{});
  Vector d(9);
  REQUIRE(state.prepare(evaluator, Iterate<Vector>{start}));
  REQUIRE(state.solve(0, Vector::Unit(9, 2), d));
  // The column's square, 1e16, stands in M, if only a millionth of it tells it from the intercept.
  CHECK(std::abs(d[2]) < 1e-8);
}
