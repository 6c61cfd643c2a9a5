// SPDX-License-Identifier: MIT
#include "natgrad/check/information.hpp"

#include "natgrad/check/derivatives.hpp"
#include "natgrad/objective/logistic.hpp"
#include "natgrad/objective/random.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <cmath>
#include <cstdint>
#include <string>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr Index kSamples = 60;

MatrixXd features(Index n) {
  MatrixXd X(n, 2);
  for (Index i = 0; i < n; ++i) {
    IndexedRandom random(5, static_cast<std::uint64_t>(i));
    X(i, 0) = random.normal();
    X(i, 1) = 2 * random.normal() + 0.5;
  }
  return X;
}

VectorXd point() { return Eigen::Vector3d(0.8, -0.5, 0.3); }

/// Labels drawn from the model at point().
VectorXd labels(const MatrixXd& X, std::uint64_t seed) {
  VectorXd y(X.rows());
  for (Index i = 0; i < X.rows(); ++i) {
    const double margin = X.row(i).dot(point().head(2)) + point()[2];
    y[i] = IndexedRandom(seed, static_cast<std::uint64_t>(i)).uniform() < 1 / (1 + std::exp(-margin)) ? 1 : 0;
  }
  return y;
}

/// Logistic regression, with a factor on each thing it gives and some faults that are no factor.
struct Spoiled {
  explicit Spoiled(double ridge = 0, Index n = kSamples, std::uint64_t seed = 7)
      : model(features(n), labels(features(n), seed), {.intercept = true, .ridge = ridge}) {}

  LogisticRegression<MatrixXd> model;
  double score_factor = 1, single_factor = 1, sampled_factor = 1, fisher_factor = 1, rows_factor = 1,
         times_factor = 1;
  double kl_factor = 1, penalty_factor = 1;
  bool score_has_penalty = false;     // its gradient, as if it were part of the likelihood
  bool fisher_of_mean_score = false;  // (Σs/n)(Σs/n)ᵀ
  bool fisher_of_drawn_mean = false;  // the same of scores with drawn labels
  bool labels_of_another_x = false;   // drawn at x = 0
  bool ignores_first = false;         // every block begins with sample 0
  bool fisher_is_asymmetric = false;

  Index dimension() const { return 3; }
  Index sample_count() const { return model.sample_count(); }
  double value(const VectorXd& x) const { return model.value(x); }
  void gradient(const VectorXd& x, VectorXd& g) const { model.gradient(x, g); }

  void scores(const VectorXd& x, Index first, Scores<VectorXd>& S) const {
    model.scores(x, ignores_first ? 0 : first, S);
    if (score_has_penalty) S.leftCols(2).rowwise() -= model.options().ridge * x.head(2).transpose();
    S *= score_factor;
  }
  void score(const VectorXd& x, Index i, VectorXd& s) const {
    Scores<VectorXd> S(1, 3);
    scores(x, i, S);
    s = single_factor * S.row(0).transpose();
  }
  void sampled_scores(const VectorXd& x, Index first, std::uint64_t seed, Scores<VectorXd>& S) const {
    model.sampled_scores(x, first, seed, S);
    if (labels_of_another_x) {
      Scores<VectorXd> at_zero(S.rows(), 3), observed(S.rows(), 3);
      model.sampled_scores(VectorXd(VectorXd::Zero(3)), first, seed, at_zero);
      model.scores(x, first, observed);
      for (Index i = 0; i < S.rows();
           ++i) {  // s = (y − σ)(xᵢ, 1): the last entry is the residual, and y is in the sign at 0
        const double residual = observed(i, 2), probability = model.labels()[first + i] - residual;
        S.row(i) = observed.row(i) / residual * ((at_zero(i, 2) > 0 ? 1 : 0) - probability);
      }
    }
    S *= sampled_factor;
  }
  void fisher(const VectorXd& x, MatrixXd& F) const {
    model.fisher(x, F);
    if (fisher_of_mean_score || fisher_of_drawn_mean) {
      Scores<VectorXd> S(sample_count(), 3);
      if (fisher_of_mean_score) model.scores(x, 0, S);
      if (fisher_of_drawn_mean) model.sampled_scores(x, 0, 99, S);
      const VectorXd mean = S.colwise().mean();
      F = mean * mean.transpose();
    }
    if (fisher_is_asymmetric) F(0, 1) *= 1.01;
    F *= fisher_factor;
  }
  void fisher_rows(const VectorXd& x, Index first, Scores<VectorXd>& S) const {
    model.fisher_rows(x, first, S);
    S *= std::sqrt(rows_factor);
  }
  void fisher_times(const VectorXd& x, const VectorXd& v, VectorXd& Fv) const {
    model.fisher_times(x, v, Fv);
    Fv *= times_factor;
  }
  void penalty_hessian(const VectorXd& x, MatrixXd& P) const {
    model.penalty_hessian(x, P);
    P *= penalty_factor;
  }
  double kl(const VectorXd& x, const VectorXd& to) const { return kl_factor * model.kl(x, to); }
};

CheckReport check(const Spoiled& f, const CheckOptions& options = {}) {
  return check_derivatives(f, point(), options);
}

/// The sentence of the first check that failed; empty where all hold.
std::string verdict(const Spoiled& f, const CheckOptions& options = {}) {
  const CheckReport report = check(f, options);
  const Check* wrong = report.first_wrong();
  return wrong ? wrong->sentence : "";
}

/// The member that is blamed first, and the words for its fault.
void expect(const Spoiled& f, const std::string& member, const std::string& words) {
  const CheckReport report = check(f);
  INFO(report);
  REQUIRE(report.first_wrong() != nullptr);
  CHECK(report.first_wrong()->name == member);
  CHECK(report.first_wrong()->sentence.find(words) != std::string::npos);
}

}  // namespace

TEST_CASE("a right model passes every check, with a penalty and without") {
  for (const double ridge : {0.0, 0.2}) {
    const CheckReport report = check(Spoiled(ridge));
    INFO(report);
    CHECK(report.ok());
    for (const char* name : {"score", "sampled_scores in blocks of 7", "mean of sampled_scores", "fisher",
                             "fisher_rows", "fisher_times"}) {
      CHECK(report.find(name) != nullptr);
    }
  }
}

TEST_CASE("faults of the scores are named, without a penalty") {
  const auto with = [](double factor) {
    Spoiled f;
    f.score_factor = factor;
    return f;
  };
  expect(with(-1), "mean score", "mean score is -1 times -∇f: a minus is missing");
  expect(with(2), "mean score", "a factor 2 too many");
  expect(with(1.0 / kSamples), "mean score", "wrong normalisation, divided by n = 60 once too often");
  expect(with(kSamples), "mean score", "wrong normalisation, a sum over the n = 60 samples");
  expect(with(1.001), "mean score", "1.001 times -∇f in every entry");
}

TEST_CASE("faults of the scores are named although the gradient of the penalty is not known") {
  const auto with = [](double factor) {
    Spoiled f(0.2);
    f.score_factor = factor;
    return f;
  };
  expect(with(-1), "derivative of the mean score", "-1 times ∇²penalty - ∇²f: a minus is missing");
  expect(with(2), "derivative of the mean score", "a factor 2 too many");
  expect(with(1.0 / kSamples), "derivative of the mean score",
         "wrong normalisation, divided by n = 60 once too often");
  expect(with(1.001), "derivative of the mean score", "1.001 times");
}

TEST_CASE("the penalty belongs to penalty_hessian alone, in the right size") {
  Spoiled f(0.2);
  f.score_has_penalty = true;
  expect(f, "derivative of the mean score", "The scores contain the penalty");
  Spoiled twice(0.2);
  twice.penalty_factor = 2;
  expect(twice, "penalty_hessian", "a factor 2 too many");
  Spoiled minus(0.2);
  minus.penalty_factor = -1;
  expect(minus, "penalty_hessian", "a minus is missing");
}

TEST_CASE("score, scores and their blocks have to be the same") {
  Spoiled f;
  f.single_factor = -1;
  expect(f, "score", "score is -1 times scores: a minus is missing");
  Spoiled g;
  g.ignores_first = true;
  expect(g, "scores in blocks of 1", "is `first` used?");
}

TEST_CASE("faults of the drawn scores are named") {
  Spoiled f;
  f.sampled_factor = 2;
  expect(f, "fisher", "the sampled scores have a factor 2 too many");
  f.sampled_factor = 0.5;
  expect(f, "fisher", "the sampled scores lack a factor 2");
  f.sampled_factor = 1.0 / kSamples;
  expect(f, "fisher", "each sampled score is divided by n");
  f.sampled_factor = -1;
  expect(f, "sign of sampled_scores", "one of the two lacks a minus");
  f.sampled_factor = 1;
  f.labels_of_another_x = true;
  expect(f, "mean of sampled_scores", "E[s] = 0 fails");
}

TEST_CASE("faults of the Fisher matrix are named") {
  const auto with = [](double factor) {
    Spoiled f;
    f.fisher_factor = factor;
    return f;
  };
  expect(with(2), "fisher", "a factor 2 too many");
  expect(with(0.5), "fisher", "a factor 2 is missing");
  expect(with(kSamples), "fisher",
         "wrong normalisation, a sum over the n = 60 samples where the mean is wanted");
  expect(with(1.0 / kSamples), "fisher", "wrong normalisation, divided by n = 60 once too often");
  expect(with(-1), "fisher as a mean of squares", "a negative eigenvalue");
  expect(with(1.001), "fisher", "1.001 times the Hessian of kl in every entry. One of the two is wrong");

  Spoiled f;
  f.fisher_of_mean_score = true;
  expect(f, "fisher as a mean of squares",
         "is the square of the mean score, where the mean of the squares is wanted");
  f.fisher_of_mean_score = false;
  f.fisher_of_drawn_mean = true;
  expect(f, "fisher", "has rank 1, the mark of the square of a mean score");
  f.fisher_of_drawn_mean = false;
  f.fisher_is_asymmetric = true;
  expect(f, "fisher across the diagonal", "symmetric");
}

TEST_CASE("the forms of the Fisher matrix have to agree, and so has the divergence") {
  Spoiled f;
  f.rows_factor = kSamples;
  expect(f, "fisher_rows", "a sum over the n = 60 samples");
  Spoiled g;
  g.times_factor = 2;
  expect(g, "fisher_times", "a factor 2 too many");
  Spoiled h;
  h.kl_factor = 2;
  expect(h, "Hessian of kl", "a factor 2 too many");
}

TEST_CASE("at labels that were drawn from the model, the observed scores say it all") {
  CheckOptions options;
  options.labels_from_model = true;
  const auto with = [](double factor) {
    Spoiled f(0, 3000);
    f.score_factor = factor;
    return f;
  };
  const auto found = [&](double factor) {
    const CheckReport report = check_information(with(factor), point(), options);
    const Check* check = report.find("E[s sᵀ] at the observed labels");
    REQUIRE(check != nullptr);
    return check->sentence;
  };
  CHECK(found(1).empty());
  CHECK(found(-1).find("a minus is missing") != std::string::npos);
  CHECK(found(2).find("the scores have a factor 2 too many") != std::string::npos);
  CHECK(found(1.0 / 3000).find("each score is divided by n") != std::string::npos);
  const CheckReport elsewhere = check_information(with(1), VectorXd(-point()), options);
  CHECK_FALSE(elsewhere.find("mean of the observed scores")->ok);
}

TEST_CASE("the z-tests of drawn labels reject a right model no more often than stated") {
  const Spoiled f;
  const int runs = 400;
  int alarms = 0;
  for (int k = 0; k < runs; ++k) {
    CheckOptions options;
    options.false_alarm = 0.05;
    options.drawn_rows = 100 * kSamples;
    options.seed = static_cast<std::uint64_t>(1000 * k + 1);
    alarms += check_information(f, point(), options).ok() ? 0 : 1;
  }
  CAPTURE(alarms);
  CHECK(alarms <= 20 + 3 * std::sqrt(20 * 0.95));  // three standard deviations of a count with mean 20
  CHECK(alarms >= 3);                              // and the rate is used, not wasted
}

TEST_CASE("the z-tests of observed labels reject a right model no more often than stated") {
  const int runs = 200;
  int alarms = 0;
  for (int k = 0; k < runs; ++k) {
    CheckOptions options;
    options.labels_from_model = true;
    options.false_alarm = 0.05;
    options.drawn_rows = 1;
    const CheckReport report =
        check_information(Spoiled(0, 400, static_cast<std::uint64_t>(k + 1)), point(), options);
    alarms +=
        report.find("mean of the observed scores")->ok && report.find("E[s sᵀ] at the observed labels")->ok
            ? 0
            : 1;
  }
  CAPTURE(alarms);
  CHECK(alarms <= 10 + 3 * std::sqrt(10 * 0.95));
  CHECK(alarms >= 1);
}

TEST_CASE("rare and nearly certain labels do not make an alarm") {
  const Spoiled f;
  for (int k = 12; k <= 36; ++k) {  // p(1) from 2e-3 to 2e-8, where 100000 rows hold from 200 ones to none
    CheckOptions options;
    options.seed = static_cast<std::uint64_t>(k);
    const CheckReport report = check_information(f, VectorXd(Eigen::Vector3d(0, 0, -0.5 * k)), options);
    INFO(k << '\n' << report);
    CHECK(report.ok());
  }
  const CheckReport certain = check_information(f, VectorXd(Eigen::Vector3d(0, 0, -16)));
  CHECK(certain.find("mean of sampled_scores")->sentence.find("hardly vary") != std::string::npos);
}

TEST_CASE("a seed makes the answer reproducible") {
  std::ostringstream first, second;
  first << check(Spoiled(0.1));
  second << check(Spoiled(0.1));
  CHECK(first.str() == second.str());
  CHECK(verdict(Spoiled(0.1)).empty());
}
