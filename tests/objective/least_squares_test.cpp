// SPDX-License-Identifier: MIT
#include "natgrad/objective/least_squares.hpp"

#include "natgrad/check/derivatives.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "support/algebra.hpp"
#include "support/catch.hpp"
#include "support/rejects.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Table = natgrad::Scores<VectorXd>;

namespace {

/// r_k = a·e^{−b·t_k} − y_k at t = 0, ½, 1, … with y from a = 2, b = 0.7, and a little off
constexpr Index kCount = 9;
double time_of(Index k) { return 0.5 * double(k); }
double measured(Index k) { return 2 * std::exp(-0.7 * time_of(k)) + 0.01 * double(k % 3 - 1); }

auto decay() {
  return LeastSquares(
      kCount,
      [](const VectorXd& x, VectorXd& r) {
        for (Index k = 0; k < kCount; ++k) r[k] = x[0] * std::exp(-x[1] * time_of(k)) - measured(k);
      },
      [](const VectorXd& x, MatrixXd& J) {
        for (Index k = 0; k < kCount; ++k) {
          const double e = std::exp(-x[1] * time_of(k));
          J.row(k) << e, -x[0] * time_of(k) * e;
        }
      });
}

const VectorXd kAt{{1.3, 0.4}};

MatrixXd jacobian(const VectorXd& x) {
  MatrixXd J(kCount, 2);
  for (Index k = 0; k < kCount; ++k) {
    const double e = std::exp(-x[1] * time_of(k));
    J.row(k) << e, -x[0] * time_of(k) * e;
  }
  return J;
}

VectorXd residuals(const VectorXd& x) {
  VectorXd r(kCount);
  for (Index k = 0; k < kCount; ++k) r[k] = x[0] * std::exp(-x[1] * time_of(k)) - measured(k);
  return r;
}

}  // namespace

TEST_CASE("a residual that is left out, or one too many, does not pass for 0") {
  const auto jacobian = [](const VectorXd&, MatrixXd& J) { J.setOnes(); };
  const LeastSquares short_of_one(
      3, [](const VectorXd& x, VectorXd& r) { r[0] = x[0] - 1, r[1] = x[0] - 2; }, jacobian);
  CHECK(std::isnan(short_of_one.value(VectorXd::Zero(1).eval())));
  const LeastSquares resized(
      2, [](const VectorXd& x, VectorXd& r) { r = VectorXd::Ones(3) * x[0]; }, jacobian);
  CHECK_THROWS_AS(resized.value(VectorXd::Zero(1).eval()), std::invalid_argument);
}

TEST_CASE("f is ½·mean r², ∇f = Jᵀr/n and F = JᵀJ/n") {
  const auto f = decay();
  const MatrixXd J = jacobian(kAt);
  const VectorXd r = residuals(kAt), v{{1, -2}};
  long double sum = 0;
  for (Index k = 0; k < kCount; ++k) sum += static_cast<long double>(r[k]) * r[k];
  VectorXd g(2), Fv(2);
  MatrixXd F(2, 2);
  CHECK(f.value(kAt) == Approx(static_cast<double>(sum / 18)).epsilon(1e-15));
  CHECK(f.value_and_gradient(kAt, g) == f.value(kAt));
  CHECK((g - J.transpose() * r / 9).norm() < 1e-15);
  f.fisher(kAt, F);
  CHECK((F - J.transpose() * J / 9).norm() < 1e-15);
  f.fisher_times(kAt, v, Fv);
  CHECK((Fv - F * v).norm() < 1e-15);
  CHECK(f.sample_count() == kCount);
  CHECK(f.dispersion(kAt) == Approx(static_cast<double>(sum) / 7).epsilon(1e-14));
}

TEST_CASE("every derivative, score and information of a least-squares fit passes the checker") {
  const CheckReport report = check_derivatives(decay(), kAt);
  INFO(report);
  CHECK(report.ok());
}

TEST_CASE("the score of a residual is −r∇r, in any blocks, and their mean is −∇f") {
  const auto f = decay();
  Table S(kCount, 2), block(4, 2), R(kCount, 2);
  VectorXd g(2), s(2);
  f.scores(kAt, 0, S);
  f.scores(kAt, 3, block);
  CHECK(block == S.middleRows(3, 4));
  f.gradient(kAt, g);
  CHECK((S.colwise().mean().transpose() + g).norm() < 1e-15);
  const VectorXd r = residuals(kAt);
  const MatrixXd J = jacobian(kAt);
  for (Index i = 0; i < kCount; ++i) {
    f.score(kAt, i, s);
    CHECK(s == S.row(i).transpose());
    CHECK((s + r[i] * J.row(i).transpose()).norm() < 1e-16);
  }
  f.fisher_rows(kAt, 0, R);
  CHECK(R == J);
  f.fisher_rows(kAt, 3, block);
  CHECK(block == J.middleRows(3, 4));
}

TEST_CASE("sampled scores depend on seed and row alone, and have mean 0 and variance F") {
  const auto f = decay();
  Table S(kCount, 2), block(4, 2);
  f.sampled_scores(kAt, 0, 6, S);
  f.sampled_scores(kAt, 2, 6, block);
  CHECK(block == S.middleRows(2, 4));
  MatrixXd F(2, 2), second = MatrixXd::Zero(2, 2);
  VectorXd mean = VectorXd::Zero(2);
  f.fisher(kAt, F);
  const int draws = 3000;
  for (int seed = 0; seed < draws; ++seed) {
    f.sampled_scores(kAt, 0, static_cast<std::uint64_t>(seed), S);
    second += S.transpose() * S / double(kCount) / draws;
    mean += S.colwise().mean().transpose() / draws;
  }
  // 4 standard errors: a square of a normal has twice its squared mean for variance, and J is uneven up to 9-fold
  const VectorXd unit = F.diagonal().cwiseSqrt().cwiseInverse();
  CHECK((unit.asDiagonal() * (second - F) * unit.asDiagonal()).cwiseAbs().maxCoeff()
        < 4 * std::sqrt(2.0 * 9 / (kCount * draws)));
  CHECK(unit.cwiseProduct(mean).cwiseAbs().maxCoeff() < 4 / std::sqrt(double(kCount * draws)));
}

TEST_CASE("KL is ½·mean of the squared change of the residuals") {
  const auto f = decay();
  const VectorXd other{{1.5, 0.6}};
  const VectorXd change = residuals(other) - residuals(kAt);
  CHECK(f.kl(kAt, other) == Approx(change.squaredNorm() / 18).epsilon(1e-14));
  CHECK(f.kl(kAt, kAt) == 0);
}

TEST_CASE(
    "the undamped natural gradient is the Gauss–Newton step, the damped one Levenberg's and Marquardt's") {
  const auto f = decay();
  const MatrixXd J = jacobian(kAt);
  const VectorXd r = residuals(kAt);
  for (const double damping : {0.0, 0.1, 10.0}) {
    MatrixXd M = J.transpose() * J;
    M.diagonal() *= 1 + damping;
    const VectorXd wanted = kAt - natgrad::test::solve(M, VectorXd(J.transpose() * r));
    const NaturalGradient optimizer{ExpectedFisher{}, FixedStep{1}, Dense{.damping = damping}};
    const auto step = minimize(f, kAt, optimizer, StopWhen{.max_iterations = 1});
    CHECK((step.x - wanted).norm() < 1e-13);
  }
}

TEST_CASE("fixed sizes, float and one residual work as well") {
  using V = Eigen::Vector2f;
  const LeastSquares f(
      1, [](const V& x, Eigen::VectorXf& r) { r[0] = x[0] - 2 * x[1]; },
      [](const V&, Eigen::Matrix<float, Eigen::Dynamic, 2>& J) { J << 1, -2; });
  V g;
  CHECK(f.value_and_gradient(V(3, 1), g) == 0.5f);
  CHECK(g == V(1, -2));
}

TEST_CASE("a count below one throws") {
  const auto nothing = [](const auto&, auto&) {};
  CHECK(rejects([&] { LeastSquares(0, nothing, nothing); }, {"residuals = 0", "a count ≥ 1"}));
  CHECK(rejects([&] { LeastSquares(-3, nothing, nothing); }, {"residuals = -3"}));
}

TEST_CASE("what the jacobian leaves out is NaN, and its shape is looked at") {
  const auto residual = [](const VectorXd& x, VectorXd& r) { r << x[0] - 1, x[1] - 2, x.sum(); };
  const VectorXd one = VectorXd::Ones(2);
  VectorXd g(2);
  const LeastSquares partial(3, residual, [](const VectorXd&, MatrixXd& J) { J(0, 0) = 1; });
  partial.gradient(one, g);
  CHECK(g.hasNaN());
  const LeastSquares sums(3, residual, [](const VectorXd&, MatrixXd& J) { J.col(0).array() += 1.0; });
  sums.gradient(one, g);
  CHECK(g.hasNaN());
  const LeastSquares turned(3, residual, [](const VectorXd&, MatrixXd& J) { J = MatrixXd::Ones(2, 3); });
  CHECK(rejects([&] { turned.gradient(one, g); }, {"jacobian(x, J)", "J.rows() = 2"}));
  const LeastSquares wide(3, residual, [](const VectorXd&, MatrixXd& J) { J = MatrixXd::Ones(3, 4); });
  CHECK(rejects([&] { wide.gradient(one, g); }, {"jacobian(x, J)", "J.cols() = 4"}));
}

TEST_CASE("a residual may run a fit by least squares of its own, of the same type") {
  using Fit = LeastSquares<std::function<void(const VectorXd&, VectorXd&)>,
                           std::function<void(const VectorXd&, MatrixXd&)>>;
  // min over a of the decay, at a given b, with b itself as one residual more
  const Fit projected(
      kCount + 1,
      [](const VectorXd& b, VectorXd& r) {
        r[0] = b[0];
        const VectorXd e =
            VectorXd::NullaryExpr(kCount, [&](Index k) { return std::exp(-b[0] * time_of(k)); });
        const Fit inner(
            kCount,
            [&](const VectorXd& a, VectorXd& s) {
              for (Index k = 0; k < kCount; ++k) s[k] = a[0] * e[k] - measured(k);
            },
            [&](const VectorXd&, MatrixXd& J) { J = e; });
        const double a = minimize(inner, VectorXd{{1.0}}, NaturalGradient{}).x[0];
        for (Index k = 0; k < kCount; ++k) r[k + 1] = a * e[k] - measured(k);
      },
      [](const VectorXd&, MatrixXd& J) { J.setZero(); });

  const double b = 0.4;
  double ee = 0, ey = 0, yy = 0;
  for (Index k = 0; k < kCount; ++k) {
    const double e = std::exp(-b * time_of(k));
    ee += e * e, ey += e * measured(k), yy += measured(k) * measured(k);
  }
  const double expected = 0.5 * (b * b + yy - ey * ey / ee) / double(kCount + 1);
  for (int repeat = 0; repeat < 2; ++repeat)
    CHECK(std::abs(projected.value(VectorXd{{b}}) - expected) <= 1e-12 * expected);
}
