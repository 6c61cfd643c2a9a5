// SPDX-License-Identifier: MIT
#include "natgrad/autodiff/jacobian.hpp"

#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <stdexcept>

using namespace natgrad;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

const VectorXd time = VectorXd::LinSpaced(30, 0, 3);
const VectorXd height = (2.5 * (-1.3 * time.array()).exp() + 0.5).matrix();

const auto curve = [](const auto& p, auto& r) {
  using std::exp;
  for (Index i = 0; i < time.size(); ++i) r[i] = p[0] * exp(p[1] * time[i]) + p[2] - height[i];
};

}  // namespace

TEST_CASE("autodiff_jacobian fits a curve from its residuals alone") {
  const LeastSquares f{30, curve, autodiff_jacobian(curve)};
  const auto r =
      minimize(f, Eigen::Vector3d{1, -0.5, 0}, NaturalGradient{}, StopWhen{.gradient_norm = 1e-12});
  CHECK(r.status == Status::converged);
  CHECK((r.x - Eigen::Vector3d{2.5, -1.3, 0.5}).norm() < 1e-8);
  CHECK(check_derivatives(f, Eigen::Vector3d{1, -0.5, 0}).ok());
}

TEST_CASE("autodiff_jacobian is exact in every column, for sizes within four directions and beyond them") {
  const auto products = [](const auto& x, auto& r) {
    for (Index i = 0; i < 3; ++i) {
      r[i] = x[0] * 0.0;
      for (Index j = 0; j < x.size(); ++j) r[i] += double(i + j + 1) * x[j] * x[j];
    }
  };
  for (const Index d : {1, 4, 5, 9}) {
    const VectorXd x = VectorXd::LinSpaced(d, 1, 2);
    MatrixXd J(3, d);
    autodiff_jacobian(products)(x, J);
    for (Index i = 0; i < 3; ++i) {
      for (Index j = 0; j < d; ++j) CHECK(J(i, j) == 2 * double(i + j + 1) * x[j]);
    }
  }
}

TEST_CASE("autodiff_jacobian rejects a matrix of the wrong width") {
  MatrixXd J(30, 2);
  CHECK_THROWS_AS(autodiff_jacobian(curve)(Eigen::Vector3d{1, 1, 1}, J), std::invalid_argument);
}
