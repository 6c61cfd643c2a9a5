// SPDX-License-Identifier: MIT
#include "natgrad/objective/likelihood.hpp"

#include "natgrad/check/derivatives.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/inference/inference.hpp"
#include "natgrad/objective/logistic.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <string>
#include <vector>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Vector1d = Eigen::Matrix<double, 1, 1>;

namespace {

/// Exponential waiting times of rate e^x, from value and score alone.
struct Waiting {
  VectorXd times{{0.5, 1.5, 4, 2}};
  double value(const Vector1d& x) const { return std::exp(x[0]) * times.mean() - x[0]; }
  Index sample_count() const { return times.size(); }
  void score(const Vector1d& x, Index i, Vector1d& s) const { s[0] = 1 - std::exp(x[0]) * times[i]; }
};

/// The same with whole blocks of scores, and with weights.
struct Blocks : Waiting {
  Index sample_count() const { return 4; }
  void score(const Vector1d&, Index, Vector1d&) const = delete;
  void scores(const Vector1d& x, Index first, natgrad::Scores<Vector1d>& S) const {
    for (Index i = 0; i < S.rows(); ++i) S(i, 0) = 1 - std::exp(x[0]) * times[first + i];
  }
};

struct Weighted : Waiting {
  VectorXd w{{2, 0, 1, 1}};
  double value(const Vector1d& x) const { return std::exp(x[0]) * times.dot(w) / 4 - x[0]; }
  double sample_weight(Index i) const { return w[i]; }
  Index dimension() const { return 1; }
  void fisher(const Vector1d&, SquareMatrix<Vector1d>& F) const { F(0, 0) = 1; }
  std::vector<std::string> parameter_names() const { return {"log rate"}; }
};

}  // namespace

TEST_CASE("the gradient is minus the mean of the scores") {
  const Vector1d x(0.3);
  Vector1d g;
  const auto f = likelihood(Waiting{});
  f.gradient(x, g);
  CHECK(g[0] == Approx(2 * std::exp(0.3) - 1).epsilon(1e-15));
  CHECK(f.value(x) == Waiting{}.value(x));
  CHECK(f.sample_count() == 4);
  likelihood(Blocks{}).gradient(x, g);
  CHECK(g[0] == Approx(2 * std::exp(0.3) - 1).epsilon(1e-15));
  likelihood(Weighted{}).gradient(x, g);  // times weighted: (1 + 4 + 2)/4
  CHECK(g[0] == Approx(7.0 / 4 * std::exp(0.3) - 1).epsilon(1e-15));
  for (const CheckReport& report : {check_derivatives(f, x), check_derivatives(likelihood(Blocks{}), x),
                                    check_derivatives(likelihood(Weighted{}), x)}) {
    INFO(report);
    CHECK(report.ok());
  }
}

TEST_CASE("what the model has is passed on, and nothing else") {
  using Plain = Likelihood<Waiting>;
  using Full = Likelihood<Weighted>;
  static_assert(!HasFisher<Plain, Vector1d> && HasFisher<Full, Vector1d>);
  static_assert(!HasDimension<Plain> && HasDimension<Full>);
  static_assert(!HasSampledScores<Plain, Vector1d> && !HasKl<Plain, Vector1d>);
  const auto f = likelihood(Weighted{});
  Eigen::Matrix<double, 1, 1> F;
  f.fisher(Vector1d(0), F);
  CHECK(F(0, 0) == 1);
  CHECK(f.dimension() == 1);
  CHECK(f.sample_weight(0) == 2);
  CHECK(f.parameter_names() == std::vector<std::string>{"log rate"});
  CHECK(f.model().times[2] == 4);
}

TEST_CASE("the estimate is the textbook's: the rate is one over the mean time") {
  const auto r = minimize(likelihood(Waiting{}), Vector1d(2), NaturalGradient{EmpiricalFisher{}});
  CHECK(r.usable());
  CHECK(r.x[0] == Approx(-std::log(2.0)).margin(1e-7));
  const auto weighted = minimize(likelihood(Weighted{}), Vector1d(2), NaturalGradient{});
  CHECK(weighted.usable());
  CHECK(weighted.x[0] == Approx(-std::log(7.0 / 4)).margin(1e-7));
}

TEST_CASE("the wrapped likelihood of a logistic regression is that regression") {
  const MatrixXd X{{1, 2}, {-1, 0.5}, {0.3, -2}, {2, 1}};
  const VectorXd y{{1, 0, 1, 0}}, x{{0.4, -0.2, 0.1}};
  const LogisticRegression model{X, y, {.intercept = true}};
  const auto f = likelihood(model);
  VectorXd g(3), h(3);
  MatrixXd F(3, 3), G(3, 3);
  CHECK(f.value(x) == model.value(x));
  f.gradient(x, g);
  model.gradient(x, h);
  CHECK((g - h).norm() < 1e-15);
  f.fisher(x, F);
  model.fisher(x, G);
  CHECK(F == G);
  CHECK(f.kl(x, g) == model.kl(x, g));
  natgrad::Scores<VectorXd> S(4, 3), R(4, 3);
  f.sampled_scores(x, 0, 3, S);
  model.sampled_scores(x, 0, 3, R);
  CHECK(S == R);
}

namespace {

/// Normal observations of mean x₀ + x₁, the second entry of whose score is forgotten, or all of it.
struct Forgotten {
  bool all = false;
  double value(const Eigen::Vector2d& x) const { return 0.5 * std::pow(x.sum() - 3, 2); }
  Index sample_count() const { return 4; }
  void score(const Eigen::Vector2d& x, Index, Eigen::Vector2d& s) const {
    if (!all) s[0] = 3 - x.sum();
  }
};

}  // namespace

TEST_CASE("an entry of a score that the model does not write is no derivative of 0") {
  for (const bool all : {false, true}) {
    const auto r = minimize(likelihood(Forgotten{all}), Eigen::Vector2d(1, 1), NaturalGradient{});
    CHECK(r.status == Status::not_finite);
  }
}

namespace {

/// Poisson regression, λᵢ = e^{x₀ + x₁tᵢ}, as a user writes it
struct PoissonCounts {
  Index sample_count() const { return 60; }
  static double t(Index i) { return std::sin(1.3 * double(i)); }
  static double y(Index i) { return double((i * i + i / 7) % 6); }
  double value(const VectorXd& x) const {
    double sum = 0;
    for (Index i = 0; i < 60; ++i) sum += std::exp(x[0] + x[1] * t(i)) - y(i) * (x[0] + x[1] * t(i));
    return sum / 60;
  }
  void score(const VectorXd& x, Index i, VectorXd& s) const {
    s[0] = y(i) - std::exp(x[0] + x[1] * t(i));
    s[1] = s[0] * t(i);
  }
};

}  // namespace

TEST_CASE(
    "far from the optimum, where the squares of the scores say far too much, the steps are longer than they "
    "ask") {
  // From (8, 0) each λ is e^8: scores squared are e^8 times the Hessian. 10,000 steps of α = 1 did not suffice.
  const auto f = likelihood(PoissonCounts{});
  for (const VectorXd& x0 : {VectorXd{{0, 0}}, VectorXd{{4, 1}}, VectorXd{{8, 0}}, VectorXd{{-6, 0}}}) {
    const auto r = minimize(f, x0, NaturalGradient{});
    INFO(r);
    CHECK(r.status == Status::converged);
    CHECK(r.iterations <= 200);
  }
}

namespace {

/// A model that gives all that a likelihood may have besides its scores.
struct Complete : Waiting {
  double total_weight() const { return 12; }
  double dispersion(const Vector1d&) const { return 0; }
  double dispersion(const Vector1d&, double degrees) const { return degrees - 1; }
  void hessian(const Vector1d& x, SquareMatrix<Vector1d>& H) const {
    H(0, 0) = std::exp(x[0]) * times.mean();
  }
  void hessian_times(const Vector1d& x, const Vector1d& v, Vector1d& Hv) const {
    Hv[0] = std::exp(x[0]) * times.mean() * v[0];
  }
  void fisher_times(const Vector1d&, const Vector1d& v, Vector1d& Fv) const { Fv[0] = v[0]; }
  void fisher_rows(const Vector1d&, Index, natgrad::Scores<Vector1d>& S) const { S.setOnes(); }
};

}  // namespace

TEST_CASE("what a model has besides its scores is passed on") {
  const auto f = likelihood(Complete{});
  const auto newton = minimize(f, Vector1d(0.0), Newton{});
  CHECK(newton.status == Status::converged);
  CHECK(newton.x[0] == Approx(-std::log(2.0)));
  CHECK(newton.counts.hessians > 0);
  const auto natural = minimize(f, Vector1d(0.0), NaturalGradient{ExpectedFisher{}});
  CHECK(natural.status == Status::converged);
  // d²f = 1 at the minimum: √(dispersion/total_weight), on 4 − 1 degrees of freedom
  CHECK(inference(f, newton.x).standard_errors[0] == Approx(std::sqrt(2.0 / 12)));
  Vector1d out;
  f.hessian_times(Vector1d(0.0), Vector1d(3.0), out);
  CHECK(out[0] == 6);
  f.fisher_times(Vector1d(0.0), Vector1d(3.0), out);
  CHECK(out[0] == 3);
}
