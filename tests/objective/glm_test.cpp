// SPDX-License-Identifier: MIT
#include "natgrad/objective/glm.hpp"

#include "fisher/score_table.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/inference/inference.hpp"
#include "natgrad/objective/least_squares.hpp"
#include "natgrad/optimizer/gradient_descent.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/step/armijo.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "support/catch.hpp"

#include <Eigen/SparseCore>

#include <cmath>
#include <stdexcept>
#include <type_traits>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

template <class F>
auto fit(const F& f, const VectorXd& start, Index limit = 10'000) {
  return minimize(f, start, NaturalGradient{ExpectedFisher{}},
                  StopWhen{.gradient_norm = 1e-11, .max_iterations = limit});
}

/// Dobson (1990), p. 93, also the first example of R's help page for glm: outcome and treatment factors of 3 levels.
struct Dobson {
  MatrixXd X{9, 4};
  VectorXd y{9};
  Dobson() {
    y << 18, 17, 15, 20, 10, 20, 25, 13, 12;
    for (int i = 0; i < 9; ++i)
      X.row(i) << double(i % 3 == 1), double(i % 3 == 2), double(i / 3 == 1), double(i / 3 == 2);
  }
};

/// Beetle mortality (Bliss 1935; Dobson & Barnett 2008, table 7.2): log dose, killed of so many.
struct Beetles {
  MatrixXd dose{8, 1};
  VectorXd trials{8}, proportion{8};
  Beetles() {
    dose << 1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369, 1.8610, 1.8839;
    trials << 59, 60, 62, 56, 63, 59, 62, 60;
    VectorXd killed(8);
    killed << 6, 13, 18, 28, 52, 53, 61, 60;
    proportion = killed.cwiseQuotient(trials);
  }
};

template <class F>
void check_table(const F& f, const VectorXd& estimates, const VectorXd& errors, double half_unit) {
  const auto result = fit(f, f.start());
  REQUIRE(result.usable());
  const auto table = inference(f, result.x);
  for (Index i = 0; i < estimates.size(); ++i) {
    CHECK(table.estimates[i] == Approx(estimates[i]).margin(half_unit));
    CHECK(table.standard_errors[i] == Approx(errors[i]).margin(half_unit));
  }
}

VectorXd pair(double a, double b) { return Eigen::Vector2d(a, b); }

}  // namespace

TEST_CASE("the deviance and Pearson's sum of many floats keep their digits") {
  const Index n = 3'000'000;
  Eigen::VectorXf y(n);
  for (Index i = 0; i < n; ++i) y[i] = i % 2 == 0 ? 1.7F : 0.3F;
  const Eigen::MatrixXf ones = Eigen::MatrixXf::Ones(n, 1);
  const GeneralizedLinearModel f{Gaussian{}, ones, y};
  const auto x = Eigen::VectorXf::Ones(1).eval();
  CHECK(f.pearson(x) == Approx(0.49 * static_cast<double>(n)).epsilon(1e-5));
  CHECK(f.deviance(x) == Approx(0.49 * static_cast<double>(n)).epsilon(1e-5));
}

TEST_CASE("Dobson's Poisson table comes out to the last printed digit") {
  const Dobson data;
  const GeneralizedLinearModel<Poisson> f{data.X, data.y, {.intercept = true}};
  const auto result = fit(f, f.start());
  REQUIRE(result.usable());
  VectorXd exact(5);
  exact << std::log(40.0 / 63), std::log(47.0 / 63), 0, 0, std::log(21.0);
  CHECK((result.x - exact).cwiseAbs().maxCoeff() < 1e-10);
  CHECK(f.deviance(result.x) == Approx(5.1291410770).epsilon(1e-10));
  CHECK(f.pearson(result.x) == Approx(5.1732).margin(5e-5));
  const auto table = inference(f, result.x);
  VectorXd errors(5);
  errors << .202171, .192742, .2, .2, .170899;
  CHECK((table.standard_errors - errors).cwiseAbs().maxCoeff() < 6e-7);
  CHECK(table.information_gap < 1e-12);
  CHECK(table.names.back() == "(intercept)");
}

TEST_CASE(
    "the first unsafeguarded step on Dobson's table overshoots to 20, and a safeguarded run converges") {
  const Dobson data;
  const GeneralizedLinearModel<Poisson> f{data.X, data.y, {.intercept = true}};
  const VectorXd zero = VectorXd::Zero(5);
  const auto first =
      minimize(f, zero, NaturalGradient{ExpectedFisher{}, FixedStep{1.0}}, StopWhen{.max_iterations = 1});
  CHECK(first.x[4] == Approx(20).epsilon(1e-12));
  CHECK(f.deviance(first.x) == Approx(2.93e9).epsilon(2e-3));
  const auto result = fit(f, zero);
  CHECK(result.usable());
  CHECK(result.x[4] == Approx(std::log(21.0)).epsilon(1e-9));
}

TEST_CASE("beetle mortality gives the published logit, probit and cloglog fits") {
  // Dobson & Barnett (2008), table 7.3, with the digits that R prints
  const Beetles data;
  const GeneralizedLinearModel logit{
      Binomial{}, data.dose, data.proportion, {.intercept = true, .weights = data.trials}};
  check_table(logit, pair(34.270, -60.717), pair(2.912, 5.181), 6e-4);
  CHECK(logit.deviance(fit(logit, logit.start()).x) == Approx(11.232).margin(6e-4));
  const GeneralizedLinearModel probit{
      Binomial{}, Probit{}, data.dose, data.proportion, {.intercept = true, .weights = data.trials}};
  check_table(probit, pair(19.728, -34.935), pair(1.487, 2.648), 6e-4);
  CHECK(probit.deviance(fit(probit, probit.start()).x) == Approx(10.120).margin(6e-4));
  const GeneralizedLinearModel cloglog{
      Binomial{}, Cloglog{}, data.dose, data.proportion, {.intercept = true, .weights = data.trials}};
  check_table(cloglog, pair(22.041, -39.572), pair(1.799, 3.240), 6e-4);
  CHECK(cloglog.deviance(fit(cloglog, cloglog.start()).x) == Approx(3.4464).margin(6e-5));
}

TEST_CASE("clotting times give the published Gamma fit, its dispersion and Student's t") {
  // McCullagh & Nelder (1989), 8.4.2, lot 1, as in R's help page for glm
  VectorXd u(9), time(9);
  u << 5, 10, 15, 20, 30, 40, 60, 80, 100;
  time << 118, 58, 42, 35, 27, 25, 21, 19, 18;
  const MatrixXd X = u.array().log().matrix();
  const GeneralizedLinearModel<Gamma> f{X, time, {.intercept = true}};
  const auto result = fit(f, f.start());
  REQUIRE(result.usable());
  const auto table = inference(f, result.x);
  // R prints the first digits of these; all of them come from an independent weighted least squares in double.
  CHECK(table.estimates[0] == Approx(0.015343114910).epsilon(1e-9));
  CHECK(table.estimates[1] == Approx(-0.016554381726).epsilon(1e-9));
  CHECK(table.standard_errors[0] == Approx(0.000414959643).epsilon(1e-8));
  CHECK(table.standard_errors[1] == Approx(0.000927549139).epsilon(1e-8));
  CHECK(table.dispersion == Approx(0.002446036242).epsilon(1e-8));
  CHECK(f.deviance(result.x) == Approx(0.016730).margin(6e-7));
  CHECK(table.degrees_of_freedom == 7);
  CHECK(table.z[0] == Approx(36.98).margin(6e-3));
}

TEST_CASE(
    "gradient, Hessian, Fisher matrix and scores of a non-canonical model agree with its value and with each "
    "other") {
  const Dobson data;
  VectorXd weights(9), offset(9), x(4), v(4);
  weights << 1, 2, 0, 1, 3, 1, 1, 2, 1;
  offset.setLinSpaced(9, -0.2, 0.3);
  x << 0.4, -0.3, 0.2, 0.1;
  v << 1, -2, 0.5, 3;
  const GeneralizedLinearModel f{
      Gamma{}, Log{}, data.X, data.y, {.ridge = 0.3, .weights = weights, .offset = offset}};
  MatrixXd H(4, 4), F(4, 4), P(4, 4);
  VectorXd g(4), above(4), below(4), product(4);
  f.gradient(x, g);
  f.hessian(x, H);
  f.fisher(x, F);
  f.penalty_hessian(x, P);
  for (Index j = 0; j < 4; ++j) {
    const double h = 1e-5;  // truncation ~1e-10, rounding ~1e-11
    const VectorXd e = h * VectorXd::Unit(4, j);
    CHECK(g[j] == Approx((f.value(VectorXd(x + e)) - f.value(VectorXd(x - e))) / (2 * h)).epsilon(1e-8));
    f.gradient(VectorXd(x + e), above);
    f.gradient(VectorXd(x - e), below);
    CHECK(((above - below) / (2 * h) - H.col(j)).cwiseAbs().maxCoeff() < 1e-7);
  }
  f.hessian_times(x, v, product);
  CHECK((product - H * v).norm() < 1e-12 * product.norm());
  f.fisher_times(x, v, product);
  CHECK((product - F * v).norm() < 1e-12 * product.norm());
  natgrad::Scores<VectorXd> S(9, 4), R(9, 4);
  f.scores(x, 0, S);
  f.fisher_rows(x, 0, R);
  CHECK((R.transpose() * R / 9 - F).norm() < 1e-12);
  VectorXd mean = VectorXd::Zero(4);
  for (Index i = 0; i < 9; ++i) mean += f.sample_weight(i) * S.row(i).transpose() / 9;
  CHECK((mean + g - P * x).norm() < 1e-12);
  CHECK((H - P - F).norm() > 0.1);  // observed and expected do differ here
}

TEST_CASE("scores at labels drawn from the model have mean 0 and variance F") {
  MatrixXd X(20'000, 2);
  for (Index i = 0; i < X.rows(); ++i) X.row(i) << 1, double(i % 10) / 10;
  const VectorXd y = VectorXd::Ones(X.rows());
  const GeneralizedLinearModel f{NegativeBinomial{2}, Log{}, X, y};
  const VectorXd x = Eigen::Vector2d(0.5, 1);
  natgrad::Scores<VectorXd> S(X.rows(), 2), block(1000, 2);
  f.sampled_scores(x, 0, 3, S);
  MatrixXd F(2, 2);
  f.fisher(x, F);
  const double n = double(X.rows());
  for (Index j = 0; j < 2; ++j) {
    CHECK(std::abs(S.col(j).mean()) < 4 * std::sqrt(F(j, j) / n));
    CHECK(S.col(j).squaredNorm() / n == Approx(F(j, j)).epsilon(4 * std::sqrt(8 / n)));  // kurtosis below 9
  }
  f.sampled_scores(x, 5000, 3, block);
  CHECK(block == S.middleRows(5000, 1000));  // a draw depends on seed and row alone
}

TEST_CASE("integer weights are repeated rows, in the fit and in its standard errors") {
  const Dobson data;
  VectorXd weights(9);
  weights << 1, 2, 1, 1, 3, 1, 1, 2, 1;
  MatrixXd X(13, 4);
  VectorXd y(13);
  Index row = 0;
  for (Index i = 0; i < 9; ++i) {
    for (int k = 0; k < int(weights[i]); ++k, ++row) {
      X.row(row) = data.X.row(i);
      y[row] = data.y[i];
    }
  }
  const GeneralizedLinearModel<Poisson> weighted{data.X, data.y, {.intercept = true, .weights = weights}};
  const GeneralizedLinearModel<Poisson> repeated{X, y, {.intercept = true}};
  const auto a = fit(weighted, weighted.start()), b = fit(repeated, repeated.start());
  CHECK((a.x - b.x).norm() < 1e-9);
  CHECK((inference(weighted, a.x).standard_errors - inference(repeated, b.x).standard_errors).norm() < 1e-9);
}

namespace {

/// The same links, under a name for which no rows are taken together.
struct RowByRowLog : Log {};
struct RowByRowLogit : Logit {};

template <class Together, class RowByRow>
void check_same(const Together& together, const RowByRow& row_by_row) {
  const Index d = together.dimension();
  VectorXd x(d), g(d), h(d);
  MatrixXd A(d, d), B(d, d);
  for (Index j = 0; j < d; ++j) x[j] = 0.4 * std::sin(1.0 + double(j));
  for (const double scale : {0.0, 1.0, 8.0}) {
    const VectorXd at = scale * x;
    const double value = together.value_and_gradient(at, g);
    CHECK(value == Approx(row_by_row.value_and_gradient(at, h)).epsilon(1e-14));
    CHECK((g - h).norm() <= 1e-14 * h.norm());
    together.hessian(at, A);
    row_by_row.hessian(at, B);
    CHECK((A - B).norm() <= 1e-14 * B.norm());
    together.fisher(at, A);
    row_by_row.fisher(at, B);
    CHECK((A - B).norm() <= 1e-14 * B.norm());
  }
}

}  // namespace

TEST_CASE("rows that are taken together give what they give one by one, weights of 0 included") {
  const Index n = 300;  // more than are taken at once
  MatrixXd X(n, 3);
  VectorXd counts(n), sizes(n), shares(n), weights(n);
  for (Index i = 0; i < n; ++i) {
    const double t = double(i);
    X.row(i) << std::sin(1.3 * t), std::cos(2.1 * t), 1;
    counts[i] = double((i * i + i / 7) % 5);
    sizes[i] = 0.5 + counts[i];
    shares[i] = counts[i] / 4;
    weights[i] = double(i % 3);
  }
  for (const VectorXd& w : {VectorXd(), weights}) {
    const GlmOptions<double> options{.weights = w};
    check_same(GeneralizedLinearModel(Poisson{}, Log{}, X, counts, options),
               GeneralizedLinearModel(Poisson{}, RowByRowLog{}, X, counts, options));
    check_same(GeneralizedLinearModel(Gamma{}, Log{}, X, sizes, options),
               GeneralizedLinearModel(Gamma{}, RowByRowLog{}, X, sizes, options));
    const NegativeBinomial clustered{.shape = 1.5};
    check_same(GeneralizedLinearModel(clustered, Log{}, X, counts, options),
               GeneralizedLinearModel(clustered, RowByRowLog{}, X, counts, options));
    check_same(GeneralizedLinearModel(Binomial{}, Logit{}, X, shares, options),
               GeneralizedLinearModel(Binomial{}, RowByRowLogit{}, X, shares, options));
  }
}

TEST_CASE("sparse features give what dense ones give") {
  const Dobson data;
  const Eigen::SparseMatrix<double, Eigen::RowMajor> sparse = data.X.sparseView();
  const GeneralizedLinearModel<Poisson> dense{data.X, data.y, {.intercept = true}};
  const GeneralizedLinearModel f{Poisson{}, sparse, data.y, {.intercept = true}};
  const VectorXd x = VectorXd::Constant(5, 0.3);
  VectorXd g(5), h(5), s(5), t(5);
  MatrixXd F(5, 5), G(5, 5);
  CHECK(f.value_and_gradient(x, g) == Approx(dense.value_and_gradient(x, h)).epsilon(1e-14));
  CHECK((g - h).norm() < 1e-13);
  f.fisher(x, F);
  dense.fisher(x, G);
  CHECK((F - G).norm() < 1e-12);
  f.score(x, 3, s);
  dense.score(x, 3, t);
  CHECK((s - t).norm() < 1e-13);
}

TEST_CASE("a sample keeps each row's response, weight and offset together") {
  const Dobson data;
  const VectorXd weights = VectorXd::LinSpaced(9, 1, 3), offset = VectorXd::LinSpaced(9, -1, 1);
  const GeneralizedLinearModel<Poisson> f{
      data.X, data.y, {.intercept = true, .ridge = 0.1, .weights = weights, .offset = offset}};
  const VectorXd x = VectorXd::LinSpaced(5, -0.3, 0.4);
  CHECK(f.sample(9, 1).value(x) == Approx(f.value(x)).epsilon(1e-14));
  const auto part = f.sample(4, 2);
  CHECK(part.sample_count() == 4);
  CHECK(part.responses() == f.sample(4, 2).responses());
  CHECK(part.responses() != f.sample(4, 5).responses());
  // offset names the row
  double sum = 0, total = 0;
  for (Index k = 0; k < 4; ++k) {
    const Index i = std::lround(4 * (part.options().offset[k] + 1));
    CHECK(part.options().offset[k] == offset[i]);
    CHECK(part.responses()[k] == data.y[i]);
    const double eta = data.X.row(i).dot(x.head(4)) + x[4] + offset[i];
    sum += weights[i] * (std::exp(eta) - data.y[i] * eta);
    total += weights[i];
  }
  CHECK(part.value(x) == Approx(sum / total + 0.05 * x.head(4).squaredNorm()).epsilon(1e-13));
  CHECK_THROWS_AS(f.sample(10, 1), std::invalid_argument);
}

TEST_CASE("a step out of the link's domain is contracted, not an end") {
  VectorXd time(4), start = VectorXd::Constant(2, 0.01);
  time << 40, 30, 1, 0.5;
  MatrixXd X(4, 2);
  X << 1, 0, 1, 0.1, 1, 4, 1, 5;
  const GeneralizedLinearModel<Gamma> f{X, time};
  CHECK(!std::isfinite(f.value(VectorXd(VectorXd::Constant(2, -1)))));
  const auto result = fit(f, start);
  CHECK(result.usable());
  VectorXd g(2);
  f.gradient(result.x, g);
  CHECK(g.cwiseAbs().maxCoeff() < 1e-8);
  CHECK(
      std::isfinite(f.value(f.start())));  // without an intercept 0 is outside the domain, and start() is not
}

TEST_CASE("the dispersion is on rows of positive weight less the rank of X, as R has it") {
  const VectorXd y{{1.1, 1.9, 3.2, 3.8, 5.3, 5.8, 7.1, 8.4}}, x = VectorXd::LinSpaced(8, 1, 8);
  MatrixXd dependent(8, 3);
  dependent << x, 2 * x, x.array() + 1;
  SECTION("columns that depend on one another") {
    const GeneralizedLinearModel<Gaussian> f{dependent, y, {.intercept = true}};
    const auto table = inference(f, fit(f, f.start()).x);
    CHECK(table.dispersion == Approx(0.0534525).epsilon(1e-5));
    CHECK(table.degrees_of_freedom == 6);
  }
  SECTION("more parameters than rows") {
    MatrixXd groups = MatrixXd::Zero(8, 8);
    for (Index i = 0; i < 8; ++i) groups(i, i / 2) = groups(i, 4 + i / 2) = 1;
    const GeneralizedLinearModel<Gaussian> f{groups, y, {.intercept = true}};
    const auto table = inference(f, fit(f, f.start()).x);
    CHECK(table.dispersion == Approx(0.3675).epsilon(1e-9));
    CHECK(table.degrees_of_freedom == 4);
  }
  SECTION("rows of weight 0 are no rows") {
    const GeneralizedLinearModel<Gaussian> f{
        x, y, {.intercept = true, .weights = VectorXd{{1, 1, 1, 1, 1, 0, 0, 0}}}};
    const auto table = inference(f, fit(f, f.start()).x);
    CHECK(table.degrees_of_freedom == 3);
    CHECK(table.p[0] == Approx(0.000794).epsilon(1e-3));
  }
  SECTION("least squares alike") {
    const LeastSquares f{8, [&](const VectorXd& p, VectorXd& r) { r = dependent * p - y; },
                         [&](const VectorXd&, MatrixXd& J) { J = dependent; }};
    const auto table = inference(f, minimize(f, VectorXd::Zero(3), NaturalGradient{}).x);
    CHECK(table.degrees_of_freedom == 6);
    CHECK(table.dispersion == Approx(0.0534525).epsilon(1e-5));
  }
}

TEST_CASE("responses of any size are no separation where the mean can be equal to them") {
  const VectorXd area{{70, 85, 90, 110, 120, 135, 150, 180}};
  const VectorXd price{{710e3, 790e3, 905e3, 980e3, 1130e3, 1290e3, 1310e3, 1650e3}};
  const auto estimates = [](const auto& f) {
    const auto r = minimize(f, f.start(), NaturalGradient{});
    INFO(r);
    CHECK(r.usable());
    CHECK(inference(f, r.x).exists);
    return r.x;
  };
  const VectorXd line = estimates(GeneralizedLinearModel<Gaussian>{area, price, {.intercept = true}});
  CHECK(line[0] == Approx(8453.457).epsilon(1e-6));  // R 4.2, glm
  estimates(GeneralizedLinearModel<Gaussian>{area, VectorXd(-1e4 * price), {.intercept = true}});
  estimates(GeneralizedLinearModel<Poisson, IdentityLink>{area, price, {.intercept = true}});
  estimates(GeneralizedLinearModel<Gamma, IdentityLink>{area, price, {.intercept = true}});
  estimates(GeneralizedLinearModel<Gamma>{area, VectorXd(price.cwiseInverse()), {.intercept = true}});
}

TEST_CASE("counts that a direction predicts perfectly are separable") {
  MatrixXd X(4, 1);
  X << 0, 0, 1, 1;
  VectorXd y(4), fine(4);
  y << 3, 5, 0, 0;
  fine << 3, 5, 0, 1;
  const GeneralizedLinearModel<Poisson> f{X, y, {.intercept = true}};
  CHECK(minimize(f, f.start(), NaturalGradient{ExpectedFisher{}}).status == Status::separable);
  const GeneralizedLinearModel<Poisson> g{X, fine, {.intercept = true}};
  CHECK(fit(g, g.start()).usable());
  const GeneralizedLinearModel<Binomial, Cloglog> h{X, VectorXd(y.array().min(1.0)), {.intercept = true}};
  CHECK(minimize(h, h.start(), NaturalGradient{ExpectedFisher{}}).status == Status::separable);
  const GeneralizedLinearModel<Poisson> ridge{X, y, {.intercept = true, .ridge = 0.1}};
  CHECK(fit(ridge, ridge.start()).usable());
}

TEST_CASE(
    "a ridge leaves the intercept free: responses that all pull it one way have no estimate, in every "
    "family") {
  MatrixXd X(5, 1);
  X << 1, 2, -1, 0.5, 3;
  const auto check = [&](const auto& f, double side) {
    const auto r = minimize(f, f.start(), Newton{});
    INFO(r);
    CHECK(r.status == Status::separable);
    VectorXd v(2);
    REQUIRE(f.find_separation(r.x, r.gradient, v));
    CHECK(v == VectorXd{{0, side}});
  };
  const VectorXd zero = VectorXd::Zero(5), one = VectorXd::Ones(5), mixed{{0, 1, 0, 0, 0}};
  check(GeneralizedLinearModel{Poisson{}, X, zero, {.intercept = true, .ridge = 0.1}}, -1);
  check(GeneralizedLinearModel{Binomial{}, X, zero, {.intercept = true, .ridge = 0.1}}, -1);
  check(GeneralizedLinearModel{Binomial{}, Probit{}, X, one, {.intercept = true, .ridge = 0.1}}, 1);
  check(LogisticRegression{X, one, {.intercept = true, .ridge = 0.1}}, 1);
  const auto stays = [](const auto& f) {
    const auto r = minimize(f, f.start(), Newton{});
    INFO(r);
    CHECK(r.usable());
    VectorXd v(f.dimension());
    CHECK(!f.find_separation(r.x, r.gradient, v));
  };
  stays(GeneralizedLinearModel{Poisson{}, X, mixed, {.intercept = true, .ridge = 0.1}});
  stays(GeneralizedLinearModel{Poisson{}, X, zero, {.ridge = 0.1}});
  stays(LogisticRegression{X, mixed, {.intercept = true, .ridge = 0.1}});
}

TEST_CASE("bad data are rejected in a sentence that names the argument") {
  const MatrixXd X = MatrixXd::Ones(3, 1);
  const VectorXd good = VectorXd::Ones(3);
  const auto message = [&](auto make) {
    try {
      make();
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  const auto says = [](const std::string& text, const char* words) {
    return text.find(words) != std::string::npos;
  };
  VectorXd bad = good;
  bad[1] = -1;
  CHECK(says(message([&] { GeneralizedLinearModel<Poisson>{X, bad}; }), "y(1) = -1, wanted a count ≥ 0"));
  CHECK(says(message([&] { GeneralizedLinearModel<Binomial>{X, bad}; }), "wanted a proportion in [0, 1]"));
  bad[1] = 0;
  CHECK(says(message([&] { GeneralizedLinearModel<Gamma>{X, bad}; }), "y(1) = 0, wanted a number > 0"));
  bad[1] = std::nan("");
  CHECK(says(message([&] { GeneralizedLinearModel<Gaussian>{X, bad}; }), "y(1) = nan"));
  const VectorXd two = VectorXd::Ones(2);
  CHECK(says(message([&] { GeneralizedLinearModel<Poisson>{X, two}; }), "y.size() = 2"));
  CHECK(says(message([&] {
               GeneralizedLinearModel<Poisson>{X, good, {.offset = two}};
             }),
             "offset.size() = 2"));
  CHECK(says(message([&] { GeneralizedLinearModel<Poisson>{X, good, {.weights = two}}; }), "weights"));
  CHECK(says(message([&] { GeneralizedLinearModel<Poisson>{X, good, {.ridge = -1}}; }), "ridge = -1"));
  CHECK(says(message([&] {
               GeneralizedLinearModel<Poisson>{X, good, {.names = {"a", "b"}}};
             }),
             "names.size() = 2"));
  CHECK(says(message([&] { GeneralizedLinearModel(NegativeBinomial{0}, X, good); }), "shape = 0"));
}

TEST_CASE("whatever is deduced keeps X as it is, with options or without") {
  const MatrixXd X = MatrixXd::Ones(4, 2);
  const Eigen::SparseMatrix<double> S = X.sparseView();
  const VectorXd y = VectorXd::Ones(4);
  const GeneralizedLinearModel plain{Poisson{}, S, y};
  const GeneralizedLinearModel with_options{Poisson{}, S, y, {.intercept = true}};
  const GeneralizedLinearModel with_link{Poisson{}, Log{}, S, y, {.intercept = true}};
  const GeneralizedLinearModel named{Poisson{}, S, y, GlmOptions<double>{.ridge = 1}};
  STATIC_REQUIRE(std::is_same_v<decltype(plain), decltype(with_options)>);
  STATIC_REQUIRE(std::is_same_v<decltype(plain), decltype(with_link)>);
  STATIC_REQUIRE(std::is_same_v<decltype(plain), decltype(named)>);
  STATIC_REQUIRE(std::is_base_of_v<Eigen::SparseMatrixBase<std::remove_cvref_t<decltype(plain.features())>>,
                                   std::remove_cvref_t<decltype(plain.features())>>);
  const GeneralizedLinearModel dense{Poisson{}, X, y, {.intercept = true}};
  CHECK(dense.features().data() == X.data());
  const Eigen::MatrixXf Xf = X.cast<float>();
  const Eigen::VectorXf yf = y.cast<float>();
  const GeneralizedLinearModel single{Binomial{}, Probit{}, Xf, yf, {.intercept = true}};
  STATIC_REQUIRE(std::is_same_v<decltype(single)::Scalar, float>);
}

TEST_CASE(
    "at the edge of the link's domain gradient descent does not call itself usable far from the optimum") {
  int edges = 0;
  for (unsigned seed = 1; seed <= 40; ++seed) {
    const MatrixXd X = natgrad::test::normal_matrix(40, 2, seed);
    VectorXd mean = 0.5 * X.rowwise().sum();
    mean.array() -= mean.minCoeff() - 0.05;
    VectorXd y(40);
    for (Index i = 0; i < 40; ++i) {
      IndexedRandom random(seed, static_cast<std::uint64_t>(i));
      y[i] = Poisson{}.draw(mean[i], random);
    }
    const GeneralizedLinearModel<Poisson, IdentityLink> f{X, y, {.intercept = true}};
    const auto by_fisher = minimize(f, f.start(), NaturalGradient{});
    if (by_fisher.converged()) continue;
    ++edges;
    const auto check = [&](const auto& r) {
      INFO(r);
      CHECK((!r.usable() || r.value < by_fisher.value + 1e-4));
      if (r.status == Status::step_failed) CHECK(r.message.contains("edge of its domain"));
    };
    check(minimize(f, f.start(), GradientDescent{}));
    check(minimize(f, f.start(), GradientDescent{Armijo{}}));
  }
  CHECK(edges > 10);
}

TEST_CASE("a linear regression ends soon after it is solved") {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    const MatrixXd noise = natgrad::test::normal_matrix(60, 5, seed);
    MatrixXd X(60, 4);
    VectorXd y(60);
    for (Index i = 0; i < 60; ++i) {
      const double t = static_cast<double>(i) / 60;
      X.row(i) << 1947 + std::floor(16 * t), 2.3e5 + 3.2e5 * t + 1e4 * noise(i, 0), 3000 + 900 * noise(i, 1),
          1.07e5 + 2.3e4 * t + 500 * noise(i, 2);
      y[i] = 6e4 + 1e4 * t + 300 * noise(i, 3);
    }
    const GeneralizedLinearModel<Gaussian> f{X, y, {.intercept = true}};
    const auto r = minimize(f, f.start(), NaturalGradient{});
    INFO(r);
    CHECK(r.usable());
    CHECK(r.iterations <= 150);
  }
}
