// SPDX-License-Identifier: MIT
#include "natgrad/objective/gaussian.hpp"

#include "natgrad/core/minimize.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

namespace {

const VectorXd kData = (VectorXd(5) << 1, 2, 4, 7, 11).finished();

template <class Parameters>
VectorXd one_step(const GaussianLikelihood<double, Parameters>& f, const VectorXd& x, Index steps,
                  double alpha = 1) {
  return minimize(f, x, NaturalGradient{ExpectedFisher{}, FixedStep{alpha}},
                  StopWhen{.max_iterations = steps})
      .x;
}

MatrixXd bivariate() {
  MatrixXd Y(6, 2);
  Y << 1, 2, 0.5, -1, 2, 2.5, -1, 0.3, 0.2, 0.9, 1.7, 1.1;
  return Y;
}

/// Gradient and Hessian against differences, scores and Fisher matrix against each other.
template <class Parameters>
void check(Parameters, bool with_hessian) {
  const GaussianLikelihood f(Parameters{}, bivariate());
  MatrixXd Sigma(2, 2);
  Sigma << 1.5, 0.4, 0.4, 0.8;
  const VectorXd x = f.parameters(Vector2d(0.4, -0.3), Sigma);
  CHECK((f.mean(x) - Vector2d(0.4, -0.3)).norm() < 1e-14);
  CHECK((f.covariance(x) - Sigma).norm() < 1e-14);
  VectorXd g(5), above(5), below(5), s(5), mean = VectorXd::Zero(5);
  f.gradient(x, g);
  MatrixXd F(5, 5), J(5, 5), H(5, 5), differences(5, 5);
  f.fisher(x, F);
  for (Index j = 0; j < 5; ++j) {
    const VectorXd e = 1e-5 * VectorXd::Unit(5, j);  // truncation and rounding ~1e-10
    CHECK(g[j]
          == Approx((f.value(VectorXd(x + e)) - f.value(VectorXd(x - e))) / 2e-5).epsilon(1e-7).margin(1e-9));
    f.gradient(VectorXd(x + e), above);
    f.gradient(VectorXd(x - e), below);
    differences.col(j) = (above - below) / 2e-5;
  }
  if constexpr (HasHessian<decltype(f), VectorXd>) {
    f.hessian(x, H);
    CHECK((H - differences).norm() < 1e-7 * H.norm());
  }
  CHECK((HasHessian<GaussianLikelihood<double, Parameters>, VectorXd>) == with_hessian);
  for (Index i = 0; i < 6; ++i) {
    f.score(x, i, s);
    mean += s / 6;
  }
  CHECK((mean + g).norm() < 1e-13);
  // E[s sᵀ] over 20 000 draws: 2 % of F, whose entries have a kurtosis of up to 15
  const GaussianLikelihood many(Parameters{}, MatrixXd(MatrixXd::Zero(20'000, 2)));
  natgrad::Scores<VectorXd> S(20'000, 5);
  many.sampled_scores(x, 0, 5, S);
  const VectorXd scale = F.diagonal().cwiseSqrt().cwiseInverse();
  CHECK((scale.asDiagonal() * (S.transpose() * S / 20'000 - F) * scale.asDiagonal()).cwiseAbs().maxCoeff()
        < 4 * std::sqrt(15.0 / 20'000));
  // KL(x ‖ x + h) = ½hᵀFh + O(h³): the remainder falls 8-fold with h
  VectorXd h = 1e-2 * scale;
  const double rest = f.kl(x, VectorXd(x + h)) - 0.5 * h.dot(F * h);
  h *= 0.5;
  const double less = f.kl(x, VectorXd(x + h)) - 0.5 * h.dot(F * h);
  CHECK(rest / less == Approx(8).epsilon(0.05));
}

}  // namespace

TEST_CASE("the natural gradient fits mean and variance in two steps of length 1") {
  const GaussianLikelihood f(kData);
  const VectorXd first = one_step(f, Vector2d(0, 1), 1), second = one_step(f, Vector2d(0, 1), 2);
  CHECK((first - Vector2d(5, 38.2)).norm() < 1e-12);
  CHECK((second - Vector2d(5, 13.2)).norm() < 1e-12);
}

TEST_CASE("in log σ the first step from (0, 1) goes to σ² = 1.431e16") {
  const GaussianLikelihood f(MeanLogCholesky{}, kData);
  const VectorXd first = one_step(f, Vector2d(0, 0), 1);
  CHECK(first[0] == Approx(5).epsilon(1e-14));
  // log σ moves by ½(38.2 − 1) = 18.6
  CHECK(std::exp(2 * first[1]) == Approx(1.431e16).epsilon(5e-4));
}

TEST_CASE("the Fisher matrix is diag(1/σ², 1/2σ⁴) in (μ, σ²) and diag(1/σ², 2) in (μ, log σ)") {
  MatrixXd F(2, 2), wanted(2, 2);
  GaussianLikelihood(kData).fisher(VectorXd(Vector2d(3, 4)), F);
  wanted << 0.25, 0, 0, 1.0 / 32;
  CHECK((F - wanted).norm() < 1e-15);
  GaussianLikelihood(MeanLogCholesky{}, kData).fisher(VectorXd(Vector2d(3, std::log(2.0))), F);
  wanted << 0.25, 0, 0, 2;
  CHECK((F - wanted).norm() < 1e-14);
}

TEST_CASE("in expectation parameters a step of length α averages") {
  const GaussianLikelihood f(ExpectationParameters{}, kData);
  const Vector2d start(1, 5), moments(5, 38.2);
  CHECK((one_step(f, start, 1, 0.25) - (0.75 * start + 0.25 * moments)).norm() < 1e-13);
}

TEST_CASE("all coordinates lead to the same estimate") {
  const MatrixXd Y = bivariate();
  const GaussianLikelihood f(Y);
  const auto from_identity = [](const auto& model) {
    return minimize(model, model.parameters(Vector2d::Zero(), Eigen::Matrix2d::Identity()),
                    NaturalGradient{ExpectedFisher{}})
        .x;
  };
  const VectorXd best = from_identity(f);
  CHECK((f.mean(best) - Y.colwise().mean().transpose()).norm() < 1e-7);
  const GaussianLikelihood g(NaturalParameters{}, Y);
  const GaussianLikelihood h(MeanLogCholesky{}, Y);
  const VectorXd natural = from_identity(g);
  const VectorXd cholesky = from_identity(h);
  CHECK((g.covariance(natural) - f.covariance(best)).norm() < 1e-6);
  CHECK((h.covariance(cholesky) - f.covariance(best)).norm() < 1e-6);
}

TEST_CASE("a start is the mean and the variances of the sample") {
  const MatrixXd Y = bivariate();
  const GaussianLikelihood f(MeanLogCholesky{}, Y);
  const VectorXd x = f.start();
  const MatrixXd C = Y.rowwise() - Y.colwise().mean();
  CHECK((f.mean(x) - Y.colwise().mean().transpose()).norm() < 1e-14);
  CHECK(f.covariance(x)(0, 0) == Approx(C.col(0).squaredNorm() / double(Y.rows())));
  CHECK(f.covariance(x)(1, 0) == 0);
  // (0.1 + 0.1 + 0.1)/3 is not 0.1
  CHECK(GaussianLikelihood(MatrixXd::Constant(3, 1, 0.1)).start().isApprox(Vector2d(0.1, 1)));
}

TEST_CASE("derivatives, scores, Fisher matrix and KL agree in every parametrisation") {
  check(MeanCovariance{}, true);
  check(MeanLogCholesky{}, false);
  check(NaturalParameters{}, true);
  check(ExpectationParameters{}, false);
}

TEST_CASE("each parameter has its name, by variates") {
  using Names = std::vector<std::string>;
  const MatrixXd Y = MatrixXd::Identity(4, 2);
  CHECK(GaussianLikelihood{Y}.parameter_names()
        == Names{"mean[0]", "mean[1]", "covariance[0,0]", "covariance[1,0]", "covariance[1,1]"});
  CHECK(GaussianLikelihood{MeanLogCholesky{}, MatrixXd(Y.col(0))}.parameter_names()
        == Names{"mean", "log Cholesky"});
}

TEST_CASE("outside the positive definite matrices f is infinite, and NaN in the data is rejected") {
  const GaussianLikelihood f(kData);
  CHECK(f.value(VectorXd(Vector2d(0, -1))) == std::numeric_limits<double>::infinity());
  VectorXd bad = kData;
  bad[2] = std::nan("");
  CHECK_THROWS_AS(GaussianLikelihood(bad), std::invalid_argument);
  CHECK_THROWS_AS(GaussianLikelihood(MatrixXd(0, 2)), std::invalid_argument);
}
