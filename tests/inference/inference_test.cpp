// SPDX-License-Identifier: MIT
#include "natgrad/inference/inference.hpp"

#include "natgrad/inference/summary.hpp"
#include "natgrad/natgrad.hpp"
#include "support/algebra.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <sstream>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

VectorXd numbers(std::initializer_list<double> values) {
  return Eigen::Map<const VectorXd>(values.begin(), Index(values.size()));
}

/// The launches of Dalal, Fowlkes & Hoadley (1989): temperature in °F, and whether an O-ring was damaged.
struct Challenger {
  MatrixXd X{23, 1};
  VectorXd y{23};
  VectorXd estimate = numbers({-0.23216274391, 15.0429016271});
  Challenger() {
    X << 66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78, 67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58;
    y << 0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1;
  }
};

/// A likelihood with every matrix at hand.
struct Known {
  MatrixXd F{2, 2}, H{2, 2};
  MatrixXd S;  // its scores
  Index sample_count() const { return S.rows(); }
  void fisher(const VectorXd&, MatrixXd& out) const { out = F; }
  void hessian(const VectorXd&, MatrixXd& out) const { out = H; }
  void score(const VectorXd&, Index i, VectorXd& s) const { s = S.row(i).transpose(); }
  double sample_weight(Index i) const { return i == 0 ? 3 : 1; }
};

Known known() {
  Known f;
  f.F << 2, 0.5, 0.5, 1;
  f.H << 2.2, 0.3, 0.3, 1.3;
  f.S.resize(4, 2);
  f.S << 1, 2, -1, 0.5, 0.3, -2, 0.4, 1;
  return f;
}

/// f = ½(a + b − 1)² + ½(1000c − 2)²: a and b are known by their sum alone
struct Flat {
  Index sample_count() const { return 10; }
  void gradient(const VectorXd& x, VectorXd& g) const {
    const double r = x[0] + x[1] - 1;
    g << r, r, 1000 * (1000 * x[2] - 2);
  }
};

}  // namespace

TEST_CASE("the Challenger data give the published standard errors") {
  const Challenger data;
  const LogisticRegression f{data.X, data.y, {.intercept = true}};
  const auto table = inference(f, data.estimate, {.names = {"temperature", "(intercept)"}});
  CHECK(table.standard_errors[0] == Approx(0.1082).margin(5e-5));
  CHECK(table.standard_errors[1] == Approx(7.3786).margin(5e-5));
  CHECK(table.z[0] == Approx(-2.145).margin(5e-4));
  CHECK(table.p[0] == Approx(0.0320).margin(5e-5));
  CHECK(table.information_gap < 1e-14);
  CHECK(table.effective_rank == 2);
  CHECK(table.score_statistic < 1e-12);
  const auto both = table.intervals(0.9);
  CHECK(both(0, 0)
        == Approx(table.estimates[0] - 1.6448536269514722 * table.standard_errors[0]).epsilon(1e-12));
  CHECK(both(0, 1)
        == Approx(table.estimates[0] + 1.6448536269514722 * table.standard_errors[0]).epsilon(1e-12));
  std::ostringstream text;
  text << table;
  CHECK(text.str().find("temperature   -0.2322      0.1082   -2.145     0.032  -0.4443  -0.0200 *\n")
        != std::string::npos);
  CHECK(text.str().find("n = 23") != std::string::npos);
}

TEST_CASE("a likelihood from a lambda has the standard errors of the shipped model, as a mean and as a sum") {
  const Challenger data;
  const LogisticRegression shipped{data.X, data.y, {.intercept = true}};
  const auto expected = inference(shipped, data.estimate);
  for (const bool mean : {true, false}) {
    const double share = mean ? 1.0 / 23 : 1.0;
    const auto f = autodiff([&](const auto& x) {
      using std::log1p, std::exp;
      auto sum = 0 * x[0];
      for (Index i = 0; i < 23; ++i) {
        const auto eta = x[0] * data.X(i, 0) + x[1];
        sum += share * (log1p(exp(eta)) - data.y[i] * eta);
      }
      return sum;
    });
    const auto r = minimize(f, VectorXd::Zero(2), Newton{});
    REQUIRE(r.status == Status::converged);
    const auto at = inference(with_samples(f, mean ? 23 : 1), r.x);
    for (Index j = 0; j < 2; ++j) {
      CHECK(at.estimates[j] == Approx(data.estimate[j]).epsilon(1e-8));
      CHECK(at.standard_errors[j] == Approx(expected.standard_errors[j]).epsilon(1e-6));
    }
  }
  CHECK_THROWS_AS(with_samples(numeric_derivatives([](const VectorXd& x) { return x.sum(); }), 0),
                  std::invalid_argument);
  const auto counted = with_samples(shipped, 7);  // what f says itself gives way
  CHECK(counted.sample_count() == 7);
}

TEST_CASE("observed information by differences has the right standard errors in any units") {
  const double s = GENERATE(1.0, 1e-3, 1e-6, 1e-9, 1e9);
  CAPTURE(s);
  const VectorXd z{{-1.1, 0.4, 0.9, -0.3, 1.7, 0.2, -0.8, 1.2}}, y = s * (z.array() + 2);
  const double mean = y.mean(), sd = std::sqrt((y.array() - mean).square().mean());
  const VectorXd x{{mean, sd}}, wanted{{sd / std::sqrt(8.0), sd / 4}};
  const auto gradient = [&](const VectorXd& at, VectorXd& g) {
    const Eigen::ArrayXd e = (y.array() - at[0]) / at[1];
    g << -e.mean() / at[1], (1 - e.square().mean()) / at[1];
  };
  const auto value = [&](const VectorXd& at) {
    return 0.5 * ((y.array() - at[0]) / at[1]).square().mean() + std::log(at[1] / s);
  };
  const auto plain = inference(with_samples(function(value, gradient), 8), x);
  struct Normal {
    const VectorXd& y;
    double value(const VectorXd& at) const {
      return 0.5 * ((y.array() - at[0]) / at[1]).square().sum() + 8 * std::log(at[1]);
    }
    Index sample_count() const { return y.size(); }
    void score(const VectorXd& at, Index i, VectorXd& score) const {
      const double e = (y[i] - at[0]) / at[1];
      score << e / at[1], (e * e - 1) / at[1];
    }
  };
  const auto scored = inference(likelihood(Normal{y}), x).observed();
  for (Index j = 0; j < 2; ++j) {
    CHECK(plain.standard_errors[j] == Approx(wanted[j]).epsilon(1e-7));
    CHECK(scored.standard_errors[j] == Approx(wanted[j]).epsilon(1e-7));
  }
  // residuals of small size say nothing of the size of a parameter
  const LeastSquares fit{8,
                         [&](const VectorXd& at, VectorXd& r) {
                           for (Index i = 0; i < 8; ++i)
                             r[i] = y[i] - s * std::exp(at[0] + at[1] * double(i));
                         },
                         [&](const VectorXd& at, MatrixXd& J) {
                           for (Index i = 0; i < 8; ++i) {
                             J(i, 0) = -s * std::exp(at[0] + at[1] * double(i));
                             J(i, 1) = J(i, 0) * double(i);
                           }
                         }};
  const auto result = minimize(fit, VectorXd::Zero(2), NaturalGradient{});
  INFO(result);
  const auto table = inference(fit, result.x);
  // ∇²f = (JᵀJ + Σ rᵢ∇²rᵢ)/n, ∇²rᵢ = rᵢ's own J times (1, i)
  MatrixXd H = MatrixXd::Zero(2, 2);
  double squares = 0;
  for (Index i = 0; i < 8; ++i) {
    const Eigen::Vector2d a(1, double(i));
    const double m = s * std::exp(result.x.dot(a)), r = y[i] - m;
    H += (m * m - r * m) * a * a.transpose();
    squares += r * r;
  }
  const MatrixXd covariance = test::solve(H, MatrixXd(MatrixXd::Identity(2, 2))) * squares / 6;
  for (Index j = 0; j < 2; ++j)
    CHECK(table.observed().standard_errors[j] == Approx(std::sqrt(covariance(j, j))).epsilon(1e-6));
}

TEST_CASE("a penalty counts whether its Hessian is given as a matrix or by its diagonal") {
  struct Ridge : Known {
    void penalty_diagonal(const VectorXd& x, VectorXd& p) const { p = VectorXd::LinSpaced(x.size(), 2, 3); }
  };
  const Ridge f{known()};
  const MatrixXd P = VectorXd::LinSpaced(2, 2, 3).asDiagonal(), I = MatrixXd::Identity(2, 2);
  const MatrixXd wanted = test::solve(MatrixXd(f.F + P), I) / 4;
  CHECK((inference(f, numbers({1, 2})).expected_covariance - wanted).norm() < 1e-15);
}

TEST_CASE("each covariance is the matrix that its name says") {
  const Known f = known();
  const auto table = inference(f, numbers({1, 2}));
  const MatrixXd expected = test::solve(f.F, MatrixXd(MatrixXd::Identity(2, 2))) / 4,
                 observed = test::solve(f.H, MatrixXd(MatrixXd::Identity(2, 2))) / 4;
  MatrixXd meat = 9 * f.S.row(0).transpose() * f.S.row(0);
  for (Index i = 1; i < 4; ++i) meat += f.S.row(i).transpose() * f.S.row(i);
  CHECK((table.covariance - expected).norm() < 1e-15);
  CHECK((table.expected_covariance - expected).norm() < 1e-15);
  CHECK((table.observed_covariance - observed).norm() < 1e-15);
  CHECK((table.sandwich - observed * meat * observed).norm() < 1e-14);
  CHECK((table.robust().standard_errors - table.sandwich.diagonal().cwiseSqrt()).norm() < 1e-15);
  CHECK(table.observed().standard_errors[1] == Approx(std::sqrt(observed(1, 1))));
  // The gap is the largest |μ − 1| with det(H − μF) = 0.
  const double a = f.F.determinant(),
               b = -(f.F(0, 0) * f.H(1, 1) + f.F(1, 1) * f.H(0, 0) - 2 * f.F(0, 1) * f.H(0, 1)),
               c = f.H.determinant();
  const double root = std::sqrt(b * b - 4 * a * c), high = (-b + root) / (2 * a), low = (-b - root) / (2 * a);
  CHECK(table.information_gap == Approx(std::max(std::abs(high - 1), std::abs(low - 1))).epsilon(1e-12));
}

TEST_CASE("what the data leave open is named, and the rest keeps its standard error") {
  const auto table = inference(Flat{}, numbers({0.3, 0.7, 0.002}), {.names = {"a", "b", "c"}});
  CHECK(table.information == Information::observed);
  CHECK(table.effective_rank == 2);
  REQUIRE(table.unidentified_directions.size() == 1);
  const std::string name = table.unidentified_directions[0];
  CHECK((name == "a − b" || name == "b − a"));
  CHECK(table.standard_errors[0] == std::numeric_limits<double>::infinity());
  CHECK(table.p[0] == 1);
  CHECK(table.standard_errors[2] == Approx(1e-3 / std::sqrt(10.0)).epsilon(1e-7));
  // a + b is identified: its variance is 1/n
  const VectorXd sum = numbers({1, 1, 0});
  CHECK(sum.dot(table.covariance * sum) == Approx(0.1).epsilon(1e-7));
  std::ostringstream text;
  text << table;
  CHECK(text.str().find("not identified: ") != std::string::npos);
}

TEST_CASE("every model names its parameters, and its table says where no estimate exists") {
  const MatrixXd X{{1, 2}, {2, -1}, {-1, 1}, {-2, -2}, {0.5, 0.5}, {-0.5, 1}};
  const VectorXd mixed{{1, 0, 0, 1, 0, 1}};
  const VectorXd split = (X.col(0).array() > 0).cast<double>();
  const auto shown = [](const auto& f) {
    const auto r = minimize(f, f.start(), LimitedMemoryBfgs{});
    const auto table = inference(f, r.x);
    std::ostringstream text;
    text << table;
    CHECK((text.str().find("no estimate exists") != std::string::npos) == !table.exists);
    CHECK(table.exists == (r.status != Status::separable));
    return table;
  };
  const auto separated = shown(LogisticRegression{X, split, {.intercept = true, .names = {"a", "b"}}});
  CHECK(!separated.exists);
  CHECK(separated.names == std::vector<std::string>{"a", "b", "(intercept)"});
  const auto fitted = shown(LogisticRegression{X, mixed, {.intercept = true}});
  CHECK(fitted.exists);
  CHECK(fitted.names == std::vector<std::string>{"x[0]", "x[1]", "(intercept)"});
  const std::vector<int> classes = {0, 1, 2, 0, 1, 2};
  const auto softmax =
      shown(SoftmaxRegression{ReferenceClass{}, X, classes, {.intercept = true, .ridge = 0.1}});
  CHECK(softmax.exists);
  CHECK(softmax.names
        == std::vector<std::string>{"class 1: x[0]", "class 1: x[1]", "class 1: (intercept)", "class 2: x[0]",
                                    "class 2: x[1]", "class 2: (intercept)"});
  CHECK_THROWS_WITH((LogisticRegression{X, mixed, {.names = {"a"}}}),
                    Catch::Matchers::Contains("LogisticRegression: names.size() = 1"));
}

TEST_CASE("where no degree of freedom is left, there is no dispersion and no standard error") {
  const MatrixXd X{{1, 2}, {2, -1}, {-1, 1}};
  const VectorXd y{{1, 3, 2}};
  const GeneralizedLinearModel<Gaussian> f{X, y, {.intercept = true}};
  const auto table = inference(f, minimize(f, f.start(), Newton{}).x);
  CHECK(table.degrees_of_freedom == 0);
  CHECK(std::isnan(table.dispersion));
  CHECK(table.standard_errors.array().isNaN().all());
  CHECK(table.intervals(0.9).array().isNaN().all());
  std::ostringstream text;
  text << table;
  CHECK(text.str().find("no degree of freedom is left to estimate the dispersion by") != std::string::npos);
}

TEST_CASE("units change nothing but the units") {
  const Challenger data;
  const MatrixXd celsius = (data.X.array() - 32) * 5 / 9;
  const VectorXd there = numbers({data.estimate[0] * 9 / 5, data.estimate[1] + 32 * data.estimate[0]});
  const auto f = inference(LogisticRegression{data.X, data.y, {.intercept = true}}, data.estimate);
  const auto c = inference(LogisticRegression{celsius, data.y, {.intercept = true}}, there);
  CHECK(c.standard_errors[0] == Approx(f.standard_errors[0] * 9 / 5).epsilon(1e-10));
  const MatrixXd micro = data.X * 1e12;
  const auto m = inference(LogisticRegression{micro, data.y, {.intercept = true}},
                           numbers({data.estimate[0] * 1e-12, data.estimate[1]}));
  CHECK(m.standard_errors[0] == Approx(f.standard_errors[0] * 1e-12).epsilon(1e-10));
  CHECK(m.condition_number == Approx(f.condition_number).epsilon(1e-8));
}

TEST_CASE("a point that is no maximum is said to be none") {
  Known f = known();
  f.F << 1, 2, 2, 1;
  const auto table = inference(f, numbers({1, 2}));
  CHECK(!table.maximum);
  CHECK(std::isnan(table.standard_errors[0]));
  const Challenger data;
  const auto early = inference(LogisticRegression{data.X, data.y, {.intercept = true}}, numbers({0, 0}));
  CHECK(early.score_statistic > 1);
  std::ostringstream text;
  text << early;
  CHECK(text.str().find("not yet at the optimum") != std::string::npos);
}

TEST_CASE("wrong arguments are rejected by name") {
  const Challenger data;
  const LogisticRegression f{data.X, data.y, {.intercept = true}};
  CHECK_THROWS_AS(inference(f, VectorXd(VectorXd::Zero(3))), std::invalid_argument);
  CHECK_THROWS_AS(inference(f, VectorXd(VectorXd::Constant(2, NAN))), std::invalid_argument);
  CHECK_THROWS_AS(inference(f, data.estimate, {.names = {"a"}}), std::invalid_argument);
  CHECK_THROWS_AS(inference(f, data.estimate, {.level = 1}), std::invalid_argument);
  CHECK_THROWS_AS(inference(f, data.estimate).intervals(0), std::invalid_argument);
}

TEST_CASE("standard errors of a column far from 0 are those of the centred column") {
  const Index n = 200;
  const auto check = [&](double offset, double spread, auto one) {
    using Scalar = decltype(one);
    using M = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
    using W = Eigen::Matrix<Scalar, Eigen::Dynamic, 1>;
    Eigen::MatrixXd far(n, 2), near(n, 2);
    Eigen::VectorXd y(n);
    for (Index i = 0; i < n; ++i) {
      IndexedRandom random(7, static_cast<std::uint64_t>(i));
      near.row(i) << random.normal(), std::floor(spread * random.uniform());
      far.row(i) << near(i, 0), near(i, 1) + offset;
      y[i] = random.normal() + near(i, 0) - 2 * near(i, 1) / spread > -1 ? 1 : 0;
    }
    const M Xf = far.cast<Scalar>(), Xn = near.cast<Scalar>();
    const W labels = y.cast<Scalar>();
    const LogisticRegression<M> f{Xf, labels, {.intercept = true}}, g{Xn, labels, {.intercept = true}};
    const auto a = minimize(f, f.start(), NaturalGradient{});
    const auto b = minimize(g, g.start(), NaturalGradient{});
    REQUIRE(a.usable());
    const auto there = inference(f, a.x), here = inference(g, b.x);
    const double tolerance = std::sqrt(static_cast<double>(std::numeric_limits<Scalar>::epsilon()));
    CHECK(there.effective_rank == 3);
    for (Index j = 0; j < 2; ++j) {
      CHECK(there.standard_errors[j] == Approx(here.standard_errors[j]).epsilon(20 * tolerance));
      CHECK(there.robust().standard_errors[j]
            == Approx(here.robust().standard_errors[j]).epsilon(20 * tolerance));
      CHECK(there.observed().standard_errors[j]
            == Approx(here.observed().standard_errors[j]).epsilon(20 * tolerance));
    }
    // the intercept is that of x = 0, far from the data
    CHECK(there.standard_errors[2] == Approx(offset * here.standard_errors[1]).epsilon(0.1));
    CHECK(there.robust().standard_errors[2]
          == Approx(offset * here.robust().standard_errors[1]).epsilon(0.1));
    // both models are the same at 0
    CHECK(inference(f, f.start()).score_statistic
          == Approx(inference(g, g.start()).score_statistic).epsilon(20 * tolerance));
  };
  for (const double offset : {1e5, 3e6, 5e7}) check(offset, 16, 1.0);
  check(1.76e9, 600, 1.0);
  check(1990, 30, 1.0F);
}
