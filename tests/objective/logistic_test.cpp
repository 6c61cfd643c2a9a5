// SPDX-License-Identifier: MIT
#include "natgrad/objective/logistic.hpp"

#include "natgrad/check/derivatives.hpp"
#include "support/catch.hpp"
#include "support/rejects.hpp"

#include <Eigen/SparseCore>

#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Options = LogisticOptions<double>;
using Table = natgrad::Scores<VectorXd>;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// σ(m); eᵐ does not overflow a long double below m = 11356
long double sigmoid(long double margin) { return 1 / (1 + std::exp(-margin)); }

/// −y·log σ(m) − (1 − y)·log(1 − σ(m)), with 1 − σ(m) = σ(−m) so that nothing cancels
double textbook(double margin, double label) {
  const long double m = margin, y = label;
  return static_cast<double>(y * std::log1p(std::exp(-m)) + (1 - y) * std::log1p(std::exp(m)));
}

/// 37 rows, labels 0, 1 and fractions, a zero in every third entry so that a sparse X has something to leave out.
struct Data {
  MatrixXd X{37, 3};
  VectorXd y{37}, w{37};
  VectorXd x{{0.3, -0.7, 1.1, 0.2}}, v{{1, -2, 0.5, 3}};
  Data() {
    std::mt19937 random(11);
    std::normal_distribution<double> normal;
    for (Index i = 0; i < 37; ++i) {
      for (Index j = 0; j < 3; ++j) X(i, j) = (i + j) % 3 ? normal(random) : 0;
      y[i] = i % 5 == 0 ? 0.25 : double(i % 2);
      w[i] = double(i % 4);
    }
  }
};

/// Everything f tells at x, in one vector.
template <class F>
VectorXd everything(const F& f, const VectorXd& x, const VectorXd& v) {
  const Index d = x.size(), n = f.sample_count();
  VectorXd g(d), Hv(d), Fv(d), D(d), E(d), s(d), other = 0.9 * x;
  MatrixXd H(d, d), F_(d, d);
  Table S(n, d), R(n, d), drawn(n, d);
  const double value = f.value(x), fused = f.value_and_gradient(x, g);
  f.hessian(x, H);
  f.hessian_times(x, v, Hv);
  f.fisher(x, F_);
  f.fisher_times(x, v, Fv);
  f.fisher_diagonal(x, D);
  f.hessian_diagonal(x, E);
  f.scores(x, 0, S);
  f.score(x, n - 1, s);
  f.fisher_rows(x, 0, R);
  f.sampled_scores(x, 0, 5, drawn);
  VectorXd all(3 + 6 * d + 2 * d * d + 3 * n * d);
  all << value, fused, f.kl(x, other), g, Hv, Fv, D, E, s, H.reshaped(), F_.reshaped(), S.reshaped(),
      R.reshaped(), drawn.reshaped();
  return all;
}

}  // namespace

TEST_CASE("the value is the textbook's log-loss at every margin up to ±1e3") {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> exponent(-9, 3);
  std::vector<double> margins{0, 1e3, -1e3, 40, -40, 710, -710, 1e-300};
  for (int k = 0; k < 200; ++k) margins.push_back((k % 2 ? 1 : -1) * std::pow(10, exponent(random)));
  const VectorXd one = VectorXd::Ones(1);
  VectorXd g(1);
  for (const double m : margins) {
    for (const double y : {0.0, 1.0, 0.3}) {
      const LogisticRegression f{MatrixXd::Constant(1, 1, m).eval(), VectorXd::Constant(1, y)};
      INFO("margin " << m << ", label " << y);
      // some roundings of positive terms
      const double wanted = textbook(m, y);
      CHECK(f.value(one) == Approx(wanted).epsilon(2e-15).margin(1e-300));
      CHECK(f.value_and_gradient(one, g) == f.value(one));
      const long double residual = (1 - y) * sigmoid(m) - y * sigmoid(-m);  // σ(m) − y
      CHECK(g[0] == Approx(static_cast<double>(residual * m)).epsilon(1e-14).margin(1e-300));
    }
  }
}

TEST_CASE("a margin that overflows is never a low value") {
  const VectorXd huge = VectorXd::Constant(1, 1e308);
  for (const double x : {1e10, -1e10}) {
    for (const double y : {0.0, 1.0, 0.5}) {
      const LogisticRegression f{MatrixXd::Constant(1, 1, x).eval(), VectorXd::Constant(1, y)};
      const bool fits = y == (x > 0 ? 1.0 : 0.0);
      const double value = f.value(huge);
      CHECK((!std::isfinite(value) || (fits && value == 0)));
    }
  }
}

TEST_CASE("every derivative agrees with the value, with an intercept, a ridge and weights, and without") {
  const Data data;
  for (const bool intercept : {false, true}) {
    for (const double ridge : {0.0, 0.4}) {
      const LogisticRegression f{data.X, data.y, Options{intercept, ridge, ridge > 0 ? data.w : VectorXd()}};
      const CheckReport report = check_derivatives(f, data.x.head(f.dimension()));
      INFO(report);
      CHECK(report.ok());
    }
  }
}

TEST_CASE("a weight is a repeated row, and a weight of 0 none") {
  const Data data;
  const Index total = static_cast<Index>(data.w.sum());
  MatrixXd X(total, 3);
  VectorXd y(total);
  Index row = 0;
  for (Index i = 0; i < 37; ++i) {
    for (int k = 0; k < static_cast<int>(data.w[i]); ++k, ++row) {
      X.row(row) = data.X.row(i);
      y[row] = data.y[i];
    }
  }
  const LogisticRegression weighted{data.X, data.y, {.intercept = true, .ridge = 0.1, .weights = data.w}};
  const LogisticRegression scaled{
      data.X, data.y, {.intercept = true, .ridge = 0.1, .weights = 1e200 * data.w}};
  const LogisticRegression repeated{X, y, {.intercept = true, .ridge = 0.1}};
  VectorXd g(4), h(4);
  MatrixXd G(4, 4), H(4, 4);
  for (const auto* f : {&weighted, &scaled}) {
    CHECK(f->value_and_gradient(data.x, g) == Approx(repeated.value_and_gradient(data.x, h)).epsilon(1e-14));
    CHECK((g - h).norm() < 1e-15);
    f->hessian(data.x, G);
    repeated.hessian(data.x, H);
    CHECK((G - H).norm() < 1e-15);
    CHECK(f->kl(data.x, data.v) == Approx(repeated.kl(data.x, data.v)).epsilon(1e-13));
    CHECK(f->sample_weight(4) == 0);
    CHECK(f->sample_weight(5) == Approx(37.0 / double(total)));
  }
}

TEST_CASE("row-major, column-major, Map, block, sparse and temporary features give the same numbers") {
  const Data data;
  const Options options{.intercept = true, .ridge = 0.2, .weights = data.w};
  const RowMajor by_row = data.X;
  const Eigen::SparseMatrix<double> sparse = data.X.sparseView();
  const Eigen::SparseMatrix<double, Eigen::RowMajor> sparse_rows = data.X.sparseView();
  MatrixXd wide(40, 5);
  wide.setConstant(kNan);
  wide.block(2, 1, 37, 3) = data.X;
  const Eigen::Ref<const MatrixXd> ref = data.X;
  const Eigen::Map<const MatrixXd> map(data.X.data(), 37, 3);
  const VectorXd wanted = everything(LogisticRegression{data.X, data.y, options}, data.x, data.v);
  REQUIRE(wanted.allFinite());
  // sums of 37 terms of size 1 in another order
  const auto same = [&](const auto& f) {
    const VectorXd found = everything(f, data.x, data.v);
    CHECK((found - wanted).cwiseAbs().maxCoeff() < 2e-14);
  };
  same(LogisticRegression{by_row, data.y, options});
  same(LogisticRegression{map, data.y, options});
  same(LogisticRegression{ref, data.y, options});
  same(LogisticRegression{wide.block(2, 1, 37, 3), data.y, options});
  same(LogisticRegression{sparse, data.y, options});
  same(LogisticRegression{sparse_rows, data.y, options});
  same(LogisticRegression{MatrixXd(data.X), data.y, options});
  same(LogisticRegression{2 * data.X - data.X, data.y, options});
}

TEST_CASE("the ridge is on the weights and never on the intercept") {
  const Data data;
  const LogisticRegression plain{data.X, data.y, {.intercept = true}};
  const LogisticRegression ridge{data.X, data.y, {.intercept = true, .ridge = 0.5}};
  VectorXd g(4), h(4), p(4);
  MatrixXd G(4, 4), H(4, 4), P(4, 4);
  const VectorXd on_weights{{0.5, 0.5, 0.5, 0}};
  CHECK(ridge.value(data.x) - plain.value(data.x)
        == Approx(0.25 * data.x.head(3).squaredNorm()).epsilon(1e-14));
  plain.gradient(data.x, g);
  ridge.gradient(data.x, h);
  CHECK((h - g - on_weights.cwiseProduct(data.x)).norm() < 1e-15);
  plain.hessian(data.x, G);
  ridge.hessian(data.x, H);
  CHECK((H - G - MatrixXd(on_weights.asDiagonal())).norm() < 1e-15);
  ridge.penalty_hessian(data.x, P);
  CHECK(P == MatrixXd(on_weights.asDiagonal()));
  ridge.penalty_diagonal(data.x, p);
  CHECK(p == on_weights);
  ridge.fisher(data.x, H);
  CHECK((H - G).norm() == 0);
  CHECK(ridge.weights(data.x) == data.x.head(3));
  CHECK(ridge.intercept(data.x) == data.x[3]);
  CHECK(ridge.start() == VectorXd::Zero(4));
}

TEST_CASE("the weighted mean of the scores is −∇f without its penalty") {
  const Data data;
  const LogisticRegression f{data.X, data.y, {.intercept = true, .ridge = 0.5, .weights = data.w}};
  const LogisticRegression plain{data.X, data.y, {.intercept = true, .weights = data.w}};
  VectorXd g(4), s(4), mean = VectorXd::Zero(4);
  Table S(37, 4), block(5, 4);
  plain.gradient(data.x, g);
  f.scores(data.x, 0, S);
  f.scores(data.x, 30, block);
  CHECK(block == S.middleRows(30, 5));
  for (Index i = 0; i < 37; ++i) {
    f.score(data.x, i, s);
    CHECK(s.transpose() == S.row(i));
    mean += f.sample_weight(i) * s / 37;
  }
  CHECK((mean + g).norm() < 1e-15);
}

TEST_CASE("sampled scores depend on seed and row alone, and are scores at the labels 0 and 1") {
  const Data data;
  const LogisticRegression f{data.X, data.y, {.intercept = true}};
  const LogisticRegression zeros{data.X, VectorXd::Zero(37), {.intercept = true}};
  Table all(37, 4), block(7, 4), at_zero(37, 4), other(37, 4);
  f.sampled_scores(data.x, 0, 9, all);
  for (const Index first : {0, 3, 30}) {
    f.sampled_scores(data.x, first, 9, block);
    CHECK(block == all.middleRows(first, 7));
  }
  zeros.scores(data.x, 0, at_zero);
  for (Index i = 0; i < 37; ++i) {
    const double p = -at_zero(i, 3);  // σ(m), as the column of ones shows
    CHECK((all(i, 3) == -p || all(i, 3) == Approx(1 - p).epsilon(1e-14)));
  }
  f.sampled_scores(data.x, 0, 10, other);
  CHECK(other != all);
}

TEST_CASE("the expected Fisher information is the Hessian, and its rows, products and draws say the same") {
  const Data data;
  const LogisticRegression f{data.X, data.y, {.intercept = true, .weights = data.w}};
  MatrixXd F(4, 4), H(4, 4), second = MatrixXd::Zero(4, 4);
  f.fisher(data.x, F);
  f.hessian(data.x, H);
  CHECK(F == H);
  CHECK(F == F.transpose());
  Table R(37, 4), S(37, 4);
  f.fisher_rows(data.x, 0, R);
  CHECK((R.transpose() * R / 37 - F).norm() < 1e-15);
  VectorXd Fv(4), D(4);
  f.fisher_times(data.x, data.v, Fv);
  CHECK((Fv - F * data.v).norm() < 1e-14);
  f.fisher_diagonal(data.x, D);
  CHECK((D - F.diagonal()).norm() < 1e-15);
  const int draws = 4000;
  for (int seed = 0; seed < draws; ++seed) {
    f.sampled_scores(data.x, 0, static_cast<std::uint64_t>(seed), S);
    for (Index i = 0; i < 37; ++i)
      second += f.sample_weight(i) * S.row(i).transpose() * S.row(i) / 37.0 / draws;
  }
  // 4 standard errors: an entry is a mean of 37·4000 products with a spread no larger than 6 times their mean square
  const VectorXd unit = F.diagonal().cwiseSqrt().cwiseInverse();
  CHECK((unit.asDiagonal() * (second - F) * unit.asDiagonal()).cwiseAbs().maxCoeff()
        < 4 * 6 / std::sqrt(37.0 * draws));
}

TEST_CASE("KL is zero at home, positive elsewhere, and what its definition says") {
  const Data data;
  const LogisticRegression f{data.X, data.y, {.intercept = true}};
  CHECK(f.kl(data.x, data.x) == 0);
  long double sum = 0;
  for (Index i = 0; i < 37; ++i) {
    const long double a = data.X.row(i).dot(data.x.head(3)) + data.x[3];
    const long double b = data.X.row(i).dot(data.v.head(3)) + data.v[3];
    const long double p = sigmoid(a), q = sigmoid(b);
    sum += p * std::log(p / q) + (1 - p) * std::log((1 - p) / (1 - q));
  }
  CHECK(f.kl(data.x, data.v) == Approx(static_cast<double>(sum / 37)).epsilon(1e-13));
}

TEST_CASE("X and y in the wrong order are told apart") {
  const Data data;
  CHECK_THROWS_WITH((LogisticRegression{data.y, data.X}),
                    "natgrad: LogisticRegression: y.cols() = 3, wanted one column: X comes first, then y");
}

TEST_CASE("sample draws rows without replacement, by its seed alone, and without bias") {
  const Data data;
  MatrixXd X = data.X;
  X.col(0).setLinSpaced(37, 0, 0.36);  // names the row
  const LogisticRegression f{X, data.y, {.intercept = true, .ridge = 0.1, .weights = data.w}};
  const auto rows_of = [](const auto& part) {
    std::multiset<double> names;
    for (Index i = 0; i < part.sample_count(); ++i) names.insert(part.features()(i, 0));
    return names;
  };
  const auto part = f.sample(12, 4);
  const auto names = rows_of(part);
  CHECK(part.sample_count() == 12);
  CHECK(std::set<double>(names.begin(), names.end()).size() == 12);
  CHECK(rows_of(f.sample(12, 4)) == names);
  CHECK(rows_of(f.sample(12, 5)) != names);
  CHECK(part.options().ridge == 0.1);
  CHECK(f.sample(37, 1).value(data.x) == Approx(f.value(data.x)).epsilon(1e-14));

  const LogisticRegression plain{X, data.y, {.intercept = true}};
  const int draws = 2000;
  double sum = 0, square = 0;
  for (int seed = 0; seed < draws; ++seed) {
    const double miss =
        plain.sample(12, static_cast<std::uint64_t>(seed)).value(data.x) - plain.value(data.x);
    sum += miss;
    square += miss * miss;
  }
  CHECK(std::abs(sum / draws) < 4 * std::sqrt(square / draws / draws));  // 4 standard errors of the mean
  // A sample without replacement has the variance (1 − 12/37) of one with.
  double variance = 0;
  for (Index i = 0; i < 37; ++i) {
    const double m = X.row(i).dot(data.x.head(3)) + data.x[3];
    variance += std::pow(textbook(m, data.y[i]) - plain.value(data.x), 2) / 36;
  }
  const double wanted = variance / 12 * (1 - 12.0 / 37);
  CHECK(square / draws == Approx(wanted).epsilon(4 * std::sqrt(2.0 / draws)));  // 4 standard errors
}

TEST_CASE("a separating direction is one along which no loss rises and some loss falls for ever") {
  const MatrixXd X{{1.0}, {2.0}, {-1.0}, {0.0}};
  const VectorXd right{{1}}, wrong{{-1}}, nothing{{0}};
  const LogisticRegression f{X, VectorXd{{1, 1, 0, 1}}};
  CHECK(f.separated_along(right));
  CHECK(!f.separated_along(wrong));
  CHECK(!f.separated_along(nothing));
  const LogisticRegression fraction{X, VectorXd{{1, 0.99, 0, 1}}};
  CHECK(!fraction.separated_along(right));
  const LogisticRegression unweighted{X, VectorXd{{1, 0, 0, 1}}, {.weights = VectorXd{{1, 0, 1, 1}}}};
  CHECK(unweighted.separated_along(right));
  const LogisticRegression ridge{X, VectorXd{{1, 1, 0, 1}}, {.ridge = 1e-9}};
  CHECK(!ridge.separated_along(right));
}

TEST_CASE("bad data throw a sentence that names the argument, its value and what is wanted") {
  const MatrixXd X = MatrixXd::Ones(3, 2);
  const VectorXd y{{0, 1, 0.5}};
  const auto refused = [&](const MatrixXd& features, const VectorXd& labels, Options options,
                           std::initializer_list<std::string> words) {
    return rejects([&] { LogisticRegression{features, labels, options}; }, words);
  };
  CHECK(refused(MatrixXd(0, 2), VectorXd(0), {}, {"X.rows() = 0", "at least one sample"}));
  CHECK(refused(MatrixXd(0, 2), VectorXd(0), {.intercept = true}, {"X.rows() = 0", "at least one sample"}));
  CHECK(refused(MatrixXd(3, 0), y, {}, {"X.cols() = 0", "at least one column"}));
  CHECK_NOTHROW(LogisticRegression{MatrixXd(3, 0), y, {.intercept = true}});
  CHECK(refused(X, VectorXd{{0, 1}}, {}, {"y.size() = 2", "one label"}));
  for (const double bad : {-0.1, 1.1, 2.0})
    CHECK(refused(X, VectorXd{{0, bad, 1}}, {}, {"y(1) = ", "a label in [0, 1]"}));
  CHECK(refused(X, VectorXd{{0, 1, kNan}}, {}, {"y(2) = nan"}));
  CHECK(refused(X, VectorXd{{0, kInfinity, 0}}, {}, {"y(1) = inf"}));
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    MatrixXd spoiled = X;
    spoiled(2, 1) = bad;
    CHECK(refused(spoiled, y, {}, {"X(2, 1) = ", "finite numbers"}));
    CHECK(refused(X, y, {.weights = VectorXd{{1, bad, 1}}}, {"weights(1) = ", "finite numbers"}));
    CHECK(refused(X, y, {.ridge = bad}, {"ridge = ", "a finite number ≥ 0"}));
  }
  CHECK(refused(X, y, {.ridge = -1}, {"ridge = -1"}));
  CHECK(refused(X, y, {.weights = VectorXd{{1, 1}}}, {"weights.size() = 2", "one weight for each row"}));
  CHECK(refused(X, y, {.weights = VectorXd{{1, -1, 1}}}, {"weights(1) = -1", "a weight ≥ 0"}));
  CHECK(refused(X, y, {.weights = VectorXd::Zero(3)}, {"weights = 0", "a positive sum"}));
  const LogisticRegression f{X, y};
  CHECK(rejects([&] { f.sample(0, 1); }, {"sample rows = 0", "1 … n"}));
  CHECK(rejects([&] { f.sample(4, 1); }, {"sample rows = 4", "1 … n"}));
}
