// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/catch.hpp"

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// The mean negative log-likelihood of a Gaussian in (μ, σ²) or, Log, in (μ, ln σ), with labels that can be drawn.
template <bool Log>
struct Normal {
  Vector y;

  static double variance(const Vector& x) { return Log ? std::exp(2 * x[1]) : x[1]; }
  Index sample_count() const { return y.size(); }
  double value(const Vector& x) const {
    return 0.5 * std::log(variance(x)) + 0.5 * (y.array() - x[0]).square().mean() / variance(x);
  }
  void gradient(const Vector& x, Vector& g) const {
    Vector s(2);
    g.setZero();
    for (Index i = 0; i < y.size(); ++i) {
      score(x, i, s);
      g -= s / static_cast<double>(y.size());
    }
  }
  static void score_at(double label, const Vector& x, Vector& s) {
    const double v = variance(x), r = label - x[0];
    s[0] = r / v;
    s[1] = Log ? r * r / v - 1 : 0.5 * (r * r / v - 1) / v;
  }
  void score(const Vector& x, Index i, Vector& s) const { score_at(y[i], x, s); }
  void sampled_scores(const Vector& x, Index first, std::uint64_t seed, Rows& S) const {
    Vector s(2);
    for (Index i = 0; i < S.rows(); ++i) {
      IndexedRandom random(seed, static_cast<std::uint64_t>(first + i));
      score_at(x[0] + std::sqrt(variance(x)) * random.normal(), x, s);
      S.row(i) = s.transpose();
    }
  }
};

template <class F, class Kind>
Matrix fisher_matrix(const F& f, const Kind& kind, const Vector& x) {
  return prepared(f, kind, Dense{}, x).state.matrix();
}

Vector zeros(Index n) { return Vector::Zero(n); }

}  // namespace

TEST_CASE("The Monte Carlo Fisher matrix of a Gaussian tends to the exact one as (n draws)^-1/2") {
  const Vector x{{0.7, 2.5}};
  const double v = x[1];
  const Matrix in_variance = Vector{{1 / v, 0.5 / (v * v)}}.asDiagonal();
  const Matrix in_log = Vector{{std::exp(-2 * 0.4), 2.0}}.asDiagonal();
  double mean_error[3] = {0, 0, 0};
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (int k = 0; k < 3; ++k) {
      const MonteCarloFisher kind{.draws = Index(1) << (4 * k), .seed = seed};
      const Matrix F = fisher_matrix(Normal<false>{zeros(50)}, kind, x);
      const Vector root = in_variance.diagonal().cwiseSqrt().cwiseInverse();
      mean_error[k] += (root.asDiagonal() * (F - in_variance) * root.asDiagonal()).norm() / 20;
    }
  }
  // 16 times the draws, a quarter of the error; the mean of 20 norms is known to about a tenth
  CHECK(mean_error[0] / mean_error[1] == Approx(4).epsilon(0.35));
  CHECK(mean_error[1] / mean_error[2] == Approx(4).epsilon(0.35));
  const Matrix F =
      fisher_matrix(Normal<true>{zeros(1000)}, MonteCarloFisher{.draws = 100}, Vector{{0.7, 0.4}});
  CHECK((F - in_log).norm() < 0.12);  // five standard errors, √(56/1e5) each, of the entry 2
}

TEST_CASE("The draws of a Monte Carlo Fisher matrix depend on its seed alone") {
  const Normal<false> f{zeros(700)};
  const Vector x{{0.0, 1.0}};
  const Matrix one = fisher_matrix(f, MonteCarloFisher{.draws = 2, .seed = 5}, x);
  CHECK(one == fisher_matrix(f, MonteCarloFisher{.draws = 2, .seed = 5}, x));
  CHECK(one != fisher_matrix(f, MonteCarloFisher{.draws = 2, .seed = 6}, x));
}

TEST_CASE("With uncentred scores g'F^+g is q/(1 + q) of the centred ones, and 1 where n <= d") {
  const ScoreTable many{normal_matrix(50, 4, 1).array() + 0.3};
  auto uncentred = prepared(many, EmpiricalFisher{}, Dense{}, zeros(4));
  auto centred = prepared(many, CenteredFisher{}, Dense{}, zeros(4));
  REQUIRE((uncentred.solve(0) && centred.solve(0)));
  const double p = -uncentred.at.gradient.dot(uncentred.d);
  const double q = -centred.at.gradient.dot(centred.d);
  CHECK(p == Approx(q / (1 + q)));
  const ScoreTable few{normal_matrix(4, 9, 2)};
  auto singular = prepared(few, EmpiricalFisher{}, Dense{}, zeros(9));
  REQUIRE(singular.descend());
  CHECK(-singular.at.gradient.dot(singular.d) == Approx(1));
}

TEST_CASE("The centred Fisher matrix is the covariance of the scores, weights and a large mean included") {
  Matrix S = normal_matrix(600, 3, 3);
  const Vector weights = normal_matrix(600, 1, 4).cwiseAbs();
  S.rowwise() += Eigen::RowVector3d(1e7, 0, -5);
  const Vector w = weights * (600 / weights.sum());
  const Eigen::RowVectorXd mean = w.transpose() * S / 600;
  const Matrix centred = S.rowwise() - mean;
  const Matrix expected = centred.transpose() * w.asDiagonal() * centred / 600;
  const Matrix F = fisher_matrix(ScoreTable{S, weights}, CenteredFisher{}, zeros(3));
  // the mean of squares less the square of the mean would be off by 1e14·ε = .02
  CHECK((F - expected).norm() < 1e-6);
}

TEST_CASE("On separable data the empirical Fisher takes ever longer steps, the expected does not") {
  const Matrix X = Vector{{1.0, -1.0}};
  const LogisticRegression f{X, Vector{{1.0, 0.0}}};
  const auto path = [&](const auto& kind, int steps) {
    return minimize(f, zeros(1), NaturalGradient{kind, FixedStep{1.0}},
                    StopWhen{.gradient_norm = 0, .max_iterations = steps})
        .x[0];
  };
  CHECK(path(EmpiricalFisher{}, 1) == Approx(2));
  CHECK(path(EmpiricalFisher{}, 2) == Approx(10.389).epsilon(1e-4));
  CHECK(path(EmpiricalFisher{}, 3) == Approx(32513).epsilon(1e-4));
  CHECK(path(ExpectedFisher{}, 1) == Approx(2));
  CHECK(path(ExpectedFisher{}, 2) == Approx(3.1353).epsilon(1e-4));
  CHECK(path(ExpectedFisher{}, 3) == Approx(4.1788).epsilon(1e-4));
}

TEST_CASE("NaturalGradient takes the best Fisher matrix that the objective has, and says which") {
  const Normal<false> draws{Vector{{1.0, 2.0, 4.0, 7.0, 11.0}}};
  const auto sampled = minimize(draws, Vector{{1.0, 9.0}}, NaturalGradient{});
  CHECK(sampled.message.contains("Monte Carlo Fisher"));
  CHECK(sampled.x[0] == Approx(5));
  CHECK(sampled.x[1] == Approx(13.2));
  const ScoreTable table{normal_matrix(5, 2, 5)};
  CHECK(prepared(table, BestFisher{}, Dense{}, zeros(2)).state.name().find("expected")
        != std::string_view::npos);
}

TEST_CASE("Each kind names itself") {
  const ScoreTable f{normal_matrix(5, 2, 6)};
  const auto name = [&](const auto& kind) {
    return std::string(prepared(f, kind, Dense{}, zeros(2)).state.name());
  };
  CHECK(name(ExpectedFisher{}) == "metric: expected Fisher information, Cholesky");
  CHECK(name(EmpiricalFisher{}) == "metric: empirical Fisher matrix, Cholesky");
  CHECK(name(CenteredFisher{}) == "metric: centred empirical Fisher matrix, Cholesky");
  CHECK(name(MonteCarloFisher{}) == "metric: Monte Carlo Fisher matrix, Cholesky");
  CHECK(name(MovingAverage{CenteredFisher{}})
        == "metric: moving average of the centred empirical Fisher matrix, Cholesky");
}

TEST_CASE("Options out of range are errors") {
  CHECK_THROWS_AS(MonteCarloFisher{.draws = 0}.validate(), std::invalid_argument);
  CHECK_THROWS_AS((MovingAverage<EmpiricalFisher>{.decay = 1.0}.validate()), std::invalid_argument);
  CHECK_THROWS_AS((MovingAverage<MonteCarloFisher>{{.draws = 0}}.validate()), std::invalid_argument);
}
