// SPDX-License-Identifier: MIT
/// Data that break fits: each ends in the right answer, in `separable` with a certificate, or in std::invalid_argument.
#include "support/algebra.hpp"
#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <functional>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Real = long double;

namespace {

/// One row of the table.
struct Hard {
  std::string name;
  MatrixXd X;
  VectorXd y;
  bool intercept = true;
  VectorXd weights = {};
  VectorXd x0 = {};         ///< empty: start(); far away, a run may say that it failed
  VectorXd separates = {};  ///< a direction that separates; empty: there is none, and an answer is wanted
  MatrixXd null =
      {};  ///< directions that change no margin: no step has a part in them, in the units of D = diag F
  VectorXd margins = {};    ///< those of the answer, where they alone are known
  VectorXd answer = {};     ///< where it is known
  double tolerance = 1e-5;  ///< of the answer, relative to each entry, and of the score
};

/// xᵢᵀv with the intercept, in long double
Real margin(const Hard& data, Index i, const VectorXd& v) {
  Real sum = data.intercept ? Real(v[v.size() - 1]) : Real(0);
  for (Index j = 0; j < data.X.cols(); ++j) sum += Real(data.X(i, j)) * Real(v[j]);
  return sum;
}

Real weight(const Hard& data, Index i) { return data.weights.size() > 0 ? Real(data.weights[i]) : Real(1); }

/// A family with its link, without their types, so that each check and each model is compiled once for all of them.
struct Law {
  template <class Family, class Link>
  Law(const Family& family, const Link& link_of)
      : terms([=](Real y, Real eta) { return family.terms(link_of, y, eta); }),
        rounded([=](double y, double eta) { return family.terms(link_of, y, eta); }),
        link([=](double mu) { return link_of.link(mu); }),
        contains([=](double eta) { return link_of.contains(eta); }),
        start_mean([=](double mean, double n) { return family.start_mean(mean, n); }),
        dispersion_is_free(Family::dispersion_is_free),
        name(std::string(typeid(Family).name()) + ' ' + typeid(Link).name()) {}

  std::function<RowTerms<Real>(Real y, Real eta)> terms;
  std::function<RowTerms<double>(double y, double eta)> rounded;
  std::function<double(double mu)> link;
  std::function<bool(double eta)> contains;
  std::function<double(double mean, double n)> start_mean;
  bool dispersion_is_free;
  std::string name;
};

struct AnyLink {
  const Law* law;

  double link(double mu) const { return law->link(mu); }
  bool contains(double eta) const { return law->contains(eta); }
};

template <bool Free>
struct AnyFamily {
  const Law* law;

  static constexpr bool dispersion_is_free = Free;
  static constexpr const char* support = "anything";
  static bool supports(double) { return true; }
  RowTerms<double> terms(const AnyLink&, double y, double eta) const { return law->rounded(y, eta); }
  double start_mean(double mean, double n) const { return law->start_mean(mean, n); }
};

/// No loss rises along v at any length, and some loss falls: the loss at η and at η + xᵢᵀv, η from −20 to 20.
std::string broken_certificate(const Hard& data, const Law& law, const VectorXd& v) {
  bool falls = false;
  for (Index i = 0; i < data.y.size(); ++i) {
    if (weight(data, i) == 0) continue;
    const Real moved = margin(data, i, v);
    Real terms = data.intercept ? std::abs(Real(v[v.size() - 1])) : Real(0);
    for (Index j = 0; j < data.X.cols(); ++j) terms += std::abs(Real(data.X(i, j)) * Real(v[j]));
    if (std::abs(moved) <= 1e-10L * terms) continue;  // the rounding of v
    for (int eta = -20; eta < 20; ++eta) {
      const Real before = law.terms(Real(data.y[i]), Real(eta)).loss;
      const Real after = law.terms(Real(data.y[i]), Real(eta + (moved > 0 ? 1 : -1))).loss;
      if (after > before) return "the loss of row " + std::to_string(i) + " rises along v";
      falls = falls || after < before;
    }
  }
  return falls ? "" : "no loss falls along v";
}

/// The largest |Σ wᵢrᵢxᵢⱼ| relative to Σ wᵢ(|rᵢ| + ∂rᵢ/∂η)|xᵢⱼ| over the columns: 0 at the optimum, whatever the units.
double relative_score(const Hard& data, const Law& law, const VectorXd& x) {
  Real worst = 0;
  for (Index j = 0; j < x.size(); ++j) {
    Real sum = 0, size = 0;
    for (Index i = 0; i < data.y.size(); ++i) {
      if (weight(data, i) == 0) continue;
      const RowTerms<Real> row = law.terms(Real(data.y[i]), margin(data, i, x));
      const Real entry = j < data.X.cols() ? Real(data.X(i, j)) : Real(1);
      sum += weight(data, i) * row.residual * entry;
      size += weight(data, i) * (std::abs(row.residual) + row.expected) * std::abs(entry);
    }
    if (size > 0) worst = std::max(worst, std::abs(sum) / size);
  }
  return static_cast<double>(worst);
}

/// The relative sizes of D where columns are multiples of one another.
VectorXd squares(const Hard& data) {
  VectorXd D = VectorXd::Constant(data.X.cols() + (data.intercept ? 1 : 0), double(data.X.rows()));
  D.head(data.X.cols()) = data.X.colwise().squaredNorm().transpose();
  return D;
}

/// What is wrong with one run; empty where it is right.
std::string verdict(const Hard& data, const Law& law, const VectorXd& x0, const Result<VectorXd>& r) {
  if (data.x0.size() > 0 && r.status == Status::not_finite)
    return "";  // a far start may be outside what f can tell
  if (!r.x.allFinite() || !std::isfinite(r.value)) return "x or f(x) is not finite";
  if (data.separates.size() > 0) {
    const std::string broken = broken_certificate(data, law, data.separates);
    if (!broken.empty()) return "the table is wrong: " + broken;
    return r.status == Status::separable ? "" : "not called separable";
  }
  if (!r.usable())
    return data.x0.size() > 0 ? "" : "no answer";  // to give up far away is no silent wrong answer
  const double score = relative_score(data, law, r.x);
  if (!(score <= data.tolerance)) return "the score at x is " + std::to_string(score);
  for (Index k = 0; k < data.null.cols(); ++k) {
    const VectorXd v = data.null.col(k).cwiseProduct(squares(data));
    const double part = std::abs(v.dot(r.x - x0)) / (v.cwiseAbs().dot(r.x.cwiseAbs()) + 1e-300);
    // A small λ lets the rounding of the gradient through: 1e-17 of it over a λ of 1e-14.
    if (part > 1e-2) return "not of minimum norm: part " + std::to_string(part);
  }
  for (Index i = 0; i < data.margins.size(); ++i) {
    if (!(std::abs(double(margin(data, i, r.x)) - data.margins[i]) <= 1e-4))
      return "margin " + std::to_string(i) + " is not the known " + std::to_string(data.margins[i]);
  }
  for (Index j = 0; j < data.answer.size(); ++j) {
    if (!(std::abs(r.x[j] - data.answer[j]) <= data.tolerance * (std::abs(data.answer[j]) + 1e-300)))
      return "x[" + std::to_string(j) + "] is not the known answer " + std::to_string(data.answer[j]);
  }
  return "";
}

void check(const Hard& data, const Law& law, const VectorXd& x0, const char* optimizer,
           const Result<VectorXd>& r) {
  INFO(data.name << ", " << law.name << ", " << optimizer << ": " << r);
  CHECK(verdict(data, law, x0, r) == "");
}

template <class Model>
void check_model(const Hard& data, const Law& law, const Model& model) {
  const VectorXd x0 = data.x0.size() > 0 ? data.x0 : model.start();
  const Result<VectorXd> r = minimize(model, x0, NaturalGradient{});
  check(data, law, x0, "NaturalGradient", r);
  check(data, law, x0, "Newton", minimize(model, x0, Newton{}));
  VectorXd v(x0.size());
  if (data.separates.size() > 0) {
    INFO(data.name << ", " << law.name << ": " << r.x.transpose());
    CHECK(model.find_separation(r.x, r.gradient, v));
    CHECK(broken_certificate(data, law, v) == "");
  } else if (r.usable()) {
    CHECK(!model.find_separation(r.x, r.gradient, v));
  }
}

template <bool Free>
auto model_of(const Hard& data, const Law& law) {
  return GeneralizedLinearModel{AnyFamily<Free>{&law},
                                AnyLink{&law},
                                data.X,
                                data.y,
                                {.intercept = data.intercept, .weights = data.weights}};
}

void check(const Hard& data, const Law& law) {
  if (law.dispersion_is_free) return check_model(data, law, model_of<true>(data, law));
  check_model(data, law, model_of<false>(data, law));
}

/// A quasi-Newton run may give up, but what it says is true.
void check_first_order(const Hard& data,
                       const LogisticRegression<Eigen::Map<const MatrixXd, 0, Eigen::OuterStride<>>>& f) {
  const Result<VectorXd> r = minimize(f, f.start(), LimitedMemoryBfgs{}, StopWhen{.max_iterations = 2000});
  INFO(data.name << ", LimitedMemoryBfgs: " << r);
  CHECK(r.x.allFinite());
  CHECK(std::isfinite(r.value));
  if (r.converged() && data.separates.size() > 0) CHECK(r.gradient_norm <= 1e-8);
  if (r.status == Status::separable) CHECK(data.separates.size() > 0);
}

void check_logistic(const Hard& data) {
  const LogisticRegression f{data.X, data.y, {.intercept = data.intercept, .weights = data.weights}};
  check_model(data, {Binomial{}, Logit{}}, f);
  check_first_order(data, f);
}

// ---- the table -------------------------------------------------------------------------------------------------------

constexpr Index kRows = 12;

/// Two columns of 12 numbers of size 1.
MatrixXd plain() {
  MatrixXd X(kRows, 2);
  for (Index i = 0; i < kRows; ++i) X.row(i) << (double(i) - 5.5) / 5, double((5 * i) % 12 - 6) / 6;
  return X;
}

MatrixXd beside(const MatrixXd& X, const VectorXd& column) {
  MatrixXd out(X.rows(), X.cols() + 1);
  out << X, column;
  return out;
}

/// What is in no column.
VectorXd wobble() {
  VectorXd v(kRows);
  for (Index i = 0; i < kRows; ++i) v[i] = double((7 * i) % 5 - 2) / 2;
  return v;
}

/// What changes in a family: its responses to the plain columns, to be fitted by a finite answer.
struct Responses {
  VectorXd y;        ///< 12
  VectorXd perfect;  ///< 4 that have a finite link each
  double far = 1e3;  ///< margins of a far start
};

/// The cases that every family shares. `solve` is the answer to the plain problem.
std::vector<Hard> shared(const Responses& given, const std::function<VectorXd(const Hard&)>& solve,
                         const std::function<double(double)>& link) {
  const MatrixXd X = plain();
  const VectorXd& y = given.y;
  const Hard base{"plain", X, y};
  const VectorXd b = solve(base);
  std::vector<Hard> all{base};
  const auto with = [&](Hard data) { all.push_back(std::move(data)); };

  // The margins are those of the plain answer. Of the equal answers comes the one that is nearest to x0 in the metric.
  VectorXd eta(kRows);
  for (Index i = 0; i < kRows; ++i) eta[i] = static_cast<double>(margin(base, i, b));
  const auto flat = [&](const char* name, const VectorXd& column, const MatrixXd& null) {
    with({name, beside(X, column), y, true, {}, {}, {}, null, eta});
  };
  flat("collinear columns", 2 * X.col(0), VectorXd{{2, 0, -1, 0}});
  flat("the same column twice", X.col(1), VectorXd{{0, 1, -1, 0}});
  flat("a constant column", VectorXd::Ones(kRows), VectorXd{{0, 0, 1, -1}});
  flat("a zero column", VectorXd::Zero(kRows), MatrixXd(4, 0));
  flat("a column of zeros but for rounding", VectorXd::Constant(kRows, 1e-310), MatrixXd(4, 0));

  const VectorXd w = solve({"", beside(X, wobble()), y});
  VectorXd near(kRows);
  for (Index i = 0; i < kRows; ++i) near[i] = X.row(i).dot(w.head(2)) + w[2] * wobble()[i] + w[3];
  with({"nearly collinear columns", beside(X, X.col(0) + 1e-10 * wobble()), y, true, {}, {}, {}, {}, near});

  for (const double scale : {1e150, 1e-150, 1e8, 1e-8}) {
    MatrixXd scaled = X;
    scaled.col(0) *= scale;
    scaled.col(1) /= scale;
    with({"columns of scale 1e±" + std::to_string(int(std::log10(scale))),
          scaled,
          y,
          true,
          {},
          {},
          {},
          {},
          {},
          VectorXd{{b[0] / scale, b[1] * scale, b[2]}}});
  }
  for (const double mean : {1e4, 1e8}) {  // the sum loses 1e-16 of it, and the answer no more
    MatrixXd offset = X;
    offset.col(0).array() += mean;
    with({"a column of mean 1e" + std::to_string(int(std::log10(mean))),
          offset,
          y,
          true,
          {},
          {},
          {},
          {},
          {},
          VectorXd{{b[0], b[1], b[2] - mean * b[0]}},
          1e-6});
  }

  MatrixXd garbage(kRows + 3, 2);
  garbage << X, MatrixXd{{1e6, -1e6}, {1e100, 3}, {-7, 1e-9}};
  VectorXd some(kRows + 3), weights = VectorXd::Ones(kRows + 3);
  some << y, y.head(3);
  weights.tail(3).setZero();
  with({"rows of weight 0", garbage, some, true, weights, {}, {}, {}, {}, b});
  with({"weights of 1e300", X, y, true, VectorXd::Constant(kRows, 1e300), {}, {}, {}, {}, b});
  with({"weights of 1e-300", X, y, true, VectorXd::Constant(kRows, 1e-300), {}, {}, {}, {}, b});
  VectorXd heavy = VectorXd::Ones(kRows);
  heavy[3] = 1e6;
  // The other rows have a share of 1e-5 in f: where f is right to 1e-12, they are to the root of 1e-7.
  with({"one weight of 1e6", X, y, true, heavy, {}, {}, {}, {}, {}, 1e-3});
  MatrixXd outlier = X;
  outlier(7, 0) = 1e6;
  with({"an outlier of 1e6", outlier, y});

  // Fewer rows than columns, and one row: every margin is the link of its response.
  MatrixXd wide(4, 9);
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 9; ++j) wide(i, j) = std::cos(double(1 + i) * double(j)) + double(i == j);
  }
  VectorXd links(4);
  for (Index i = 0; i < 4; ++i) links[i] = link(given.perfect[i]);
  with({"4 rows of 9 columns", wide, given.perfect, false, {}, {}, {}, {}, links});
  with({"one row",
        wide.middleRows(1, 1),
        given.perfect.segment(1, 1),
        false,
        {},
        {},
        {},
        {},
        links.segment(1, 1)});

  for (const double side : {1.0, -1.0}) {
    with({"a start with margins of ±" + std::to_string(int(given.far)),
          X,
          y,
          true,
          {},
          VectorXd{{side * given.far, 0, 0}},
          {},
          {},
          {},
          b});
  }
  return all;
}

VectorXd labels() { return VectorXd{{0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0}}; }

Responses proportions() { return {labels(), VectorXd{{0.3, 0.5, 0.9, 0.2}}}; }
Responses counts() { return {VectorXd{{0, 1, 2, 0, 3, 1, 5, 2, 0, 7, 4, 6}}, VectorXd{{3, 2, 1, 5}}, 20}; }
Responses positive() {
  return {VectorXd{{0.3, 1.2, 2, 0.7, 1.1, 1, 1.4, 2, 0.5, 1.7, 0.9, 1.6}}, VectorXd{{3, 2, 1, 5}}, 20};
}
/// of means that a link with an end reaches inside its domain
Responses far_from_0() {
  return {VectorXd{{4, 6, 5, 3, 7, 5, 4, 6, 8, 5, 6, 7}}, VectorXd{{3, 2, 1, 5}}, 20};
}
Responses inside() {
  return {VectorXd{{0.3, 0.6, 0.5, 0.4, 0.7, 0.5, 0.4, 0.6, 0.8, 0.5, 0.6, 0.7}},
          VectorXd{{0.3, 0.5, 0.9, 0.2}}, 20};
}
Responses real() {
  return {VectorXd{{-1.3, 0.2, 2, -0.7, 1.1, 0, 1.4, 2, -0.5, 1.7, 0.9, 3.6}}, VectorXd{{-3, 2, 0.5, 5}}};
}

/// Every shared case in one family; the plain answer comes from the family itself and is checked by its score.
void check_family(const Law& law, const Responses& given) {
  const auto solve = [&](const Hard& data) {
    const auto run = [](const auto& model) {
      return minimize(model, model.start(), Newton{}, StopWhen{.gradient_norm = 1e-13}).x;
    };
    const VectorXd x =
        law.dispersion_is_free ? run(model_of<true>(data, law)) : run(model_of<false>(data, law));
    CHECK(relative_score(data, law, x) < 1e-11);
    return x;
  };
  for (const Hard& data : shared(given, solve, law.link)) check(data, law);
}

/// Binary data with a separating direction.
std::vector<Hard> separated() {
  const MatrixXd X = plain();
  const VectorXd zero = VectorXd::Zero(kRows), one = VectorXd::Ones(kRows);
  VectorXd y = (X.col(0).array() > 0).cast<double>();
  std::vector<Hard> all;
  const auto with = [&](Hard data) { all.push_back(std::move(data)); };
  with({"complete separation", X, y, true, {}, {}, VectorXd{{1, 0, 0}}});
  with({"complete separation without an intercept", X, y, false, {}, {}, VectorXd{{1, 0}}});
  with({"labels all 1", X, one, true, {}, {}, VectorXd{{0, 0, 1}}});
  with({"labels all 0", X, zero, true, {}, {}, VectorXd{{0, 0, -1}}});
  with({"labels all 1 and an intercept alone", MatrixXd(kRows, 0), one, true, {}, {}, VectorXd{{1}}});
  with({"one row, label 1", X.topRows(1), VectorXd{{1}}, true, {}, {}, VectorXd{{0, 0, 1}}});
  with({"one row, label 0, no intercept",
        X.topRows(1),
        VectorXd{{0}},
        false,
        {},
        {},
        VectorXd(-X.row(0).transpose())});
  for (const double scale : {1e150, 1e-150, 1e8, 1e-8}) {
    MatrixXd scaled = X;
    scaled.col(0) *= scale;
    scaled.col(1) /= scale;
    with({"separation in a column of scale 1e" + std::to_string(int(std::log10(scale))),
          scaled,
          y,
          true,
          {},
          {},
          VectorXd{{1, 0, 0}}});
  }
  for (const double mean : {1e4, 1e8}) {
    MatrixXd offset = X;
    offset.col(0).array() += mean;
    with({"separation in a column of mean 1e" + std::to_string(int(std::log10(mean))),
          offset,
          y,
          true,
          {},
          {},
          VectorXd{{1, 0, -mean}}});
  }
  with({"separation by collinear columns", beside(X, 2 * X.col(0)), y, true, {}, {}, VectorXd{{1, 0, 2, 0}}});
  MatrixXd narrow = X;  // 1e-4 between the classes
  narrow(5, 0) = -5e-5;
  narrow(6, 0) = 5e-5;
  with({"separation by a gap of 1e-4", narrow, y, true, {}, {}, VectorXd{{1, 0, 0}}});
  MatrixXd wide(4, 9);
  for (Index i = 0; i < 4; ++i) {
    for (Index j = 0; j < 9; ++j) wide(i, j) = std::cos(double(1 + i) * double(j)) + double(i == j);
  }
  const VectorXd four{{1, 0, 1, 1}}, signs = 2 * four.array() - 1;
  with({"4 rows of 9 columns",
        wide,
        four,
        false,
        {},
        {},
        wide.transpose() * test::solve(wide * wide.transpose(), signs)});
  VectorXd spoiled = y, weights = one;
  spoiled[2] = 1;
  weights[2] = 0;
  with({"separation but for a row of weight 0", X, spoiled, true, weights, {}, VectorXd{{1, 0, 0}}});

  // Quasi-separation: a group in which every label is 1.
  const VectorXd group = (X.col(1).array() > 0.5).cast<double>();
  VectorXd quasi = labels();
  for (Index i = 0; i < kRows; ++i) quasi[i] = group[i] > 0 ? 1 : quasi[i];
  with({"quasi-separation by a group",
        beside(X.leftCols(1), group),
        quasi,
        true,
        {},
        {},
        VectorXd{{0, 1, 0}}});
  const VectorXd far{{100, -30, 0}};
  with({"quasi-separation from far away",
        beside(X.leftCols(1), group),
        quasi,
        true,
        {},
        far,
        VectorXd{{0, 1, 0}}});
  // Points on the boundary with both labels.
  MatrixXd touching = X;
  touching.col(0) << -3, -2, -1, -1, 0, 0, 0, 0, 1, 1, 2, 3;
  const VectorXd touched{{0, 0, 0, 0, 0, 1, 1, 0, 1, 1, 1, 1}};
  with({"quasi-separation with ties on the boundary",
        touching.leftCols(1),
        touched,
        true,
        {},
        {},
        VectorXd{{1, 0}}});
  return all;
}

/// A few events among many rows, within the hull of the others.
Hard rare(Index events, Index rows) {
  Hard data{std::to_string(events) + " events in " + std::to_string(rows) + " rows", MatrixXd(rows, 2),
            VectorXd::Zero(rows)};
  for (Index i = 0; i < rows; ++i)
    data.X.row(i) << 2 * double(i) / double(rows - 1) - 1, double(7 * i % 11 - 5) / 5;
  for (Index k = 1; k <= events; ++k) data.y[k * rows / (events + 2) + 1] = 1;
  data.tolerance = 1e-4;  // residuals of 1e-4 on the mean: that is what ‖∇f‖ ≤ 1e-8 says of them
  return data;
}

}  // namespace

TEST_CASE("logistic regression gives the right answer on hard data") {
  const auto solve = [](const Hard& data) {
    const LogisticRegression f{data.X, data.y, {.intercept = true}};
    const auto r = minimize(f, f.start(), Newton{}, StopWhen{.gradient_norm = 1e-14});
    CHECK(relative_score(data, Law{Binomial{}, Logit{}}, r.x) < 1e-11);
    return r.x;
  };
  for (const Responses& given : {proportions(), inside()}) {
    for (const Hard& data : shared(given, solve, [](double p) { return std::log(p / (1 - p)); }))
      check_logistic(data);
  }
}

TEST_CASE("one event in 10,000 rows and three in 100,000 are fitted, and not called separable") {
  check_logistic(rare(1, 10'000));
  check_logistic(rare(3, 100'000));
  check(rare(1, 10'000), {Binomial{}, Probit{}});
  check(rare(1, 10'000), {Binomial{}, Cloglog{}});
  check(rare(1, 10'000), {Poisson{}, Log{}});
}

TEST_CASE("logistic regression calls separated data separable, and no others") {
  for (const Hard& data : separated()) check_logistic(data);
}

TEST_CASE("binomial models of every link give the right answer on hard data") {
  check_family({Binomial{}, Logit{}}, proportions());
  check_family({Binomial{}, Probit{}}, proportions());
  check_family({Binomial{}, Cloglog{}}, proportions());
  check_family({Binomial{}, Logit{}}, inside());
  check_family({Binomial{}, Log{}}, inside());
  check_family({Binomial{}, IdentityLink{}}, inside());
  check_family({Binomial{}, Sqrt{}}, inside());
  check_family({Binomial{}, Inverse{}}, inside());
}

TEST_CASE("binomial models of every link call separated data separable") {
  for (const Hard& data : separated()) {
    check(data, {Binomial{}, Logit{}});
    check(data, {Binomial{}, Probit{}});
    check(data, {Binomial{}, Cloglog{}});
  }
}

TEST_CASE("count models give the right answer on hard data") {
  check_family({Poisson{}, Log{}}, counts());
  check_family({Poisson{}, Sqrt{}}, far_from_0());
  check_family({Poisson{}, IdentityLink{}}, far_from_0());
  check_family({NegativeBinomial{2}, Log{}}, counts());
  check_family({Poisson{}, Inverse{}}, far_from_0());
  check_family({NegativeBinomial{2}, Sqrt{}}, far_from_0());
  check_family({NegativeBinomial{2}, IdentityLink{}}, far_from_0());
  check_family({NegativeBinomial{2}, Inverse{}}, far_from_0());
}

TEST_CASE("models of positive and of real responses give the right answer on hard data") {
  check_family({Gamma{}, Log{}}, positive());
  check_family({Gamma{}, Inverse{}}, far_from_0());
  check_family({Gamma{}, IdentityLink{}}, far_from_0());
  check_family({Gamma{}, Sqrt{}}, far_from_0());
  check_family({Gaussian{}, IdentityLink{}}, real());
  check_family({Gaussian{}, Log{}}, far_from_0());
  check_family({Gaussian{}, Inverse{}}, far_from_0());
  check_family({Gaussian{}, Sqrt{}}, far_from_0());
}

namespace {

/// Logistic data whose squares cannot tell them from singular ones, and the answers: a column of mean 1e8, and
/// x₂ = x₁ + 1e-10·wobble, whose margins are those of the wobble itself as a column.
std::vector<Hard> nearly_singular() {
  const MatrixXd X = plain();
  const auto solve = [](const MatrixXd& features) {
    const LogisticRegression f{features, labels(), {.intercept = true}};
    return minimize(f, f.start(), Newton{}, StopWhen{.gradient_norm = 1e-14}).x;
  };
  const VectorXd b = solve(X), w = solve(beside(X, wobble()));
  VectorXd eta(kRows);
  for (Index i = 0; i < kRows; ++i) eta[i] = X.row(i).dot(w.head(2)) + w[2] * wobble()[i] + w[3];
  MatrixXd offset = X;
  offset.col(0).array() += 1e8;  // 1e-8 of x₁ are lost by the sum
  const VectorXd shifted{{b[0], b[1], b[2] - 1e8 * b[0]}};
  return {{"a column of mean 1e8", offset, labels(), true, {}, {}, {}, {}, {}, shifted, 1e-4},
          {"nearly collinear columns",
           beside(X, X.col(0) + 1e-10 * wobble()),
           labels(),
           true,
           {},
           {},
           {},
           {},
           eta}};
}

}  // namespace

TEST_CASE("Qr fits data with a mean of 1e8, whose squares are singular") {
  const Hard data = nearly_singular().front();
  const LogisticRegression f{data.X, data.y, {.intercept = true}};
  const auto r = minimize(f, f.start(), NaturalGradient{ExpectedFisher{}, LevenbergMarquardt{}, Qr{}});
  INFO(data.name << ": " << r);
  CHECK(verdict(data, {Binomial{}, Logit{}}, f.start(), r) == "");
}

TEST_CASE("a mean of 1e8 is named in the result, and a mean of 1e4 is not") {
  MatrixXd X = plain();
  const auto message = [&] {
    const LogisticRegression f{X, labels(), {.intercept = true}};
    return std::string(minimize(f, f.start(), NaturalGradient{}).message);
  };
  X.col(1).array() -= 1e4;
  CHECK(message().find("centre it") == std::string::npos);
  X.col(1).array() -= 1e8;
  CHECK(message().find("a column of X lies so far from 0") != std::string::npos);

  const Eigen::SparseMatrix<double> sparse = X.sparseView();
  const LogisticRegression kept{sparse, labels(), {.intercept = true}};
  CHECK(std::string(minimize(kept, kept.start(), NaturalGradient{}).message)
            .find("a column of X lies so far from 0")
        != std::string::npos);
}

TEST_CASE("a far column is centred whatever the type of x0") {
  const Eigen::MatrixXf X = (plain().rowwise() + Eigen::RowVector2d{2010, 0}).cast<float>();
  const Eigen::VectorXf y = labels().cast<float>();
  const LogisticRegression f{X, y, {.intercept = true}};
  const auto any_size = minimize(f, f.start(), NaturalGradient{});
  const auto fixed = minimize(f, Eigen::Vector3f(f.start()), NaturalGradient{});
  const auto wanted = inference(f, any_size.x);
  const auto given = inference(f, fixed.x);
  CHECK(given.effective_rank == 3);
  for (int j = 0; j < 3; ++j)
    CHECK(given.standard_errors[j] == Approx(wanted.standard_errors[j]).epsilon(1e-2));
}

TEST_CASE("the default solve fits columns that are nearly collinear") {
  check_logistic(nearly_singular().back());
}
