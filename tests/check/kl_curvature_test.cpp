// SPDX-License-Identifier: MIT
#include "natgrad/check/kl_curvature.hpp"

#include "natgrad/objective/logistic.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <cmath>
#include <functional>
#include <stdexcept>

using namespace natgrad;

namespace {

/// The family of normal distributions in (μ, σ).
template <class V>
struct NormalModel {
  using Scalar = ScalarOf<V>;
  Scalar kl(const V& x, const V& to) const {
    const Scalar ratio = x[1] / to[1], shift = (x[0] - to[0]) / to[1];
    return Scalar(0.5) * (ratio * ratio + shift * shift - Scalar(1)) - std::log(ratio);
  }
};

const Eigen::Vector2d kPoint(0.7, 1.3);
const Eigen::Matrix2d kFisher = Eigen::Vector2d(1 / 1.69, 2 / 1.69).asDiagonal();  // diag(1/σ², 2/σ²)

}  // namespace

TEST_CASE("KL(x ‖ x + δ) misses ½δᵀFδ by a cube, the centred symmetric form by a fourth power") {
  const NormalModel<Eigen::Vector2d> f;
  const Eigen::Vector2d direction(0.3, -0.4);
  const auto one_sided = [&](double h) {
    const Eigen::Vector2d delta = h * direction;
    return f.kl(kPoint, kPoint + delta) - 0.5 * delta.dot(kFisher * delta);
  };
  const auto centred = [&](double h) {
    const Eigen::Vector2d delta = h * direction;
    return detail::squared_distance(f, kPoint, delta) - delta.dot(kFisher * delta);
  };
  // the next order is one tenth of the error at h = 0.1 and less at the last pair
  CHECK(one_sided(0.04) / one_sided(0.02) == Approx(8).epsilon(0.02));
  CHECK(one_sided(0.02) / one_sided(0.01) == Approx(8).epsilon(0.01));
  CHECK(centred(0.4) / centred(0.2) == Approx(16).epsilon(0.02));
  CHECK(centred(0.2) / centred(0.1) == Approx(16).epsilon(0.005));
}

TEMPLATE_TEST_CASE("the Hessian of KL is the Fisher matrix, in every scalar", "", Eigen::Vector2f,
                   Eigen::Vector2d, (Eigen::Matrix<long double, 2, 1>)) {
  using Scalar = ScalarOf<TestType>;
  const TestType x = kPoint.cast<Scalar>();
  const SquareMatrix<TestType> F = kl_curvature(NormalModel<TestType>{}, x);
  // ε^½ of truncation and as much of rounding
  const double allowed = 20 * std::sqrt(static_cast<double>(epsilon<Scalar>()));
  CHECK((F.template cast<double>() - kFisher).cwiseAbs().maxCoeff() <= allowed);
}

TEST_CASE("the error of the matrix falls with the square of the step") {
  const NormalModel<Eigen::Vector2d> f;
  const auto error = [&](double h) { return (kl_curvature(f, kPoint, h) - kFisher).norm(); };
  CHECK(error(0.2) / error(0.1) == Approx(4).epsilon(0.02));
  CHECK(error(0.02) / error(0.01) == Approx(4).epsilon(1e-3));
}

TEST_CASE("it is the Fisher matrix of logistic regression, with weights and without the penalty") {
  const Eigen::MatrixXd X{{1, 0.5}, {-0.3, 2}, {0.7, -1}, {2, 1}};
  const Eigen::Vector4d y(1, 0, 0, 1), w(1, 2, 0.5, 3);
  const LogisticRegression f{X, y, {.intercept = true, .ridge = 0.3, .weights = w}};
  const Eigen::VectorXd x = Eigen::Vector3d(0.4, -0.2, 0.1);
  Eigen::MatrixXd F(3, 3);
  f.fisher(x, F);
  const Eigen::MatrixXd found = kl_curvature(f, x, 1e-3);
  CHECK((found - F).cwiseAbs().maxCoeff() <= 1e-7);
  CHECK(found == found.transpose());
}

TEST_CASE("it is a tensor: the Fisher matrices of known families in other coordinates") {
  const auto error = [](const auto& divergence, const Eigen::MatrixXd& wanted, const Eigen::VectorXd& x) {
    struct Family {
      std::function<double(const Eigen::VectorXd&, const Eigen::VectorXd&)> divergence;
      double kl(const Eigen::VectorXd& at, const Eigen::VectorXd& to) const { return divergence(at, to); }
    };
    return (kl_curvature(Family{divergence}, x, 1e-3) - wanted).cwiseAbs().maxCoeff();
  };
  const double v = 1.69;
  const auto gauss = [](double mu, double sigma, double mu_to, double sigma_to) {
    return NormalModel<Eigen::Vector2d>{}.kl({mu, sigma}, {mu_to, sigma_to});
  };
  const auto by_variance = [&](const auto& a, const auto& b) {
    return gauss(a[0], std::sqrt(a[1]), b[0], std::sqrt(b[1]));
  };
  const auto by_logarithm = [&](const auto& a, const auto& b) {
    return gauss(a[0], std::exp(a[1]), b[0], std::exp(b[1]));
  };
  const auto softmax = [](const auto& a, const auto& b) {
    const Eigen::VectorXd p = a.array().exp() / a.array().exp().sum(),
                          q = b.array().exp() / b.array().exp().sum();
    return (p.array() * (p.array() / q.array()).log()).sum();
  };
  // truncation h² = 1e-6, with a constant of the order of 1
  CHECK(error(by_variance, Eigen::Vector2d(1 / v, 1 / (2 * v * v)).asDiagonal(), Eigen::Vector2d(0.7, v))
        < 3e-6);
  CHECK(error(by_logarithm, Eigen::Vector2d(1 / v, 2).asDiagonal(), Eigen::Vector2d(0.7, std::log(v) / 2))
        < 3e-6);

  const Eigen::Vector3d x(0.4, -0.3, 1.1);
  const Eigen::Vector3d p = x.array().exp() / x.array().exp().sum();
  const Eigen::Matrix3d F = Eigen::Matrix3d(p.asDiagonal()) - p * p.transpose();
  CHECK(error(softmax, F, x) < 3e-6);
  CHECK((F * Eigen::Vector3d::Ones()).norm() < 1e-15);
}

TEST_CASE("the steps may be a vector, one in the units of each coordinate") {
  const NormalModel<Eigen::Vector2d> f;
  CHECK(kl_curvature(f, kPoint, Eigen::Vector2d(1e-3, 1e-3)) == kl_curvature(f, kPoint, 1e-3));
  const Eigen::Vector2d tiny(1e-4, 1.3e-6);  // σ in another unit: a step of 1e-3 would leave the domain
  const Eigen::Matrix2d F = kl_curvature(f, tiny, Eigen::Vector2d(1e-9, 1e-9));
  CHECK(F(0, 0) * 1.69e-12 == Approx(1).epsilon(1e-6));
  CHECK(F(1, 1) * 1.69e-12 == Approx(2).epsilon(1e-6));
  CHECK_THROWS_AS(kl_curvature(f, kPoint, Eigen::VectorXd::Ones(3)), std::invalid_argument);
  CHECK_THROWS_AS(kl_curvature(f, kPoint, Eigen::Vector2d(1, 0)), std::invalid_argument);
}

TEST_CASE("a step that is no positive number is named") {
  const NormalModel<Eigen::Vector2d> f;
  CHECK_THROWS_AS(kl_curvature(f, kPoint, 0.0), std::invalid_argument);
  CHECK_THROWS_AS(kl_curvature(f, kPoint, -1e-3), std::invalid_argument);
  CHECK_THROWS_AS(kl_curvature(f, kPoint, std::nan("")), std::invalid_argument);
  CHECK_THROWS_AS(kl_curvature(f, Eigen::Vector2d(std::nan(""), 1), 1e-3), std::invalid_argument);
}
