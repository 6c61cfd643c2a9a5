// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/algebra.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <stdexcept>
#include <string_view>

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// Two layers with given factors; the penalty's Hessian is ridge·I.
struct Layers {
  Matrix A[2], G[2];
  double ridge = 0;

  Index dimension() const { return A[0].rows() * G[0].rows() + A[1].rows() * G[1].rows(); }
  double value(const Vector& x) const { return x.sum(); }
  void gradient(const Vector&, Vector& g) const { g = Vector::LinSpaced(g.size(), -1, 2); }
  void penalty_diagonal(const Vector&, Vector& p) const { p.setConstant(ridge); }
  void fisher_factors(const Vector&, Index layer, Matrix& a, Matrix& g) const {
    a = A[layer];
    g = G[layer];
  }

  /// G⊗A, layer by layer, with given additions to the factors
  Matrix metric(double root = 0) const {
    Matrix M = Matrix::Zero(dimension(), dimension());
    Index first = 0;
    for (int l = 0; l < 2; ++l) {
      Matrix a = A[l], g = G[l];
      a.diagonal() *= 1 + root;
      g.diagonal() *= 1 + root;
      for (Index r = 0; r < g.rows(); ++r) {
        for (Index c = 0; c < g.cols(); ++c) {
          M.block(first + r * a.rows(), first + c * a.rows(), a.rows(), a.rows()) = g(r, c) * a;
        }
      }
      first += a.rows() * g.rows();
    }
    return M;
  }
};

Matrix positive(Index size, unsigned seed) {
  const Matrix root = normal_matrix(size, size + 3, seed);
  return root * root.transpose();
}

Layers two_layers() { return {{positive(3, 1), positive(4, 2)}, {positive(2, 3), positive(3, 4)}}; }

}  // namespace

TEST_CASE("Undamped, the Kronecker form solves with the Kronecker product of the factors") {
  const Layers f = two_layers();
  auto m = prepared(f, ExpectedFisher{}, Kronecker{}, Vector::Zero(18));
  REQUIRE(m.finite);
  REQUIRE(m.solve(0.0));
  const Vector expected = reference_step(f.metric(), 0, m.at.gradient);
  CHECK(relative_error(m.d, expected) < 1e-10);
  CHECK(m.state.curvature() == Approx(expected.dot(f.metric() * expected)));
  CHECK(m.state.scaled_norm() == Approx(std::sqrt(expected.cwiseAbs2().dot(f.metric().diagonal()))));
}

TEST_CASE("Damping and a ridge are split between the factors, the root of both to each") {
  Layers f = two_layers();
  auto m = prepared(f, ExpectedFisher{}, Kronecker{.damping = 0.04}, Vector::Zero(18));
  REQUIRE(m.solve(0.05));
  CHECK(relative_error(m.d, reference_step(f.metric(0.3), 0, m.at.gradient)) < 1e-10);

  // with D = I the parts are pi·√λ and √λ/pi, pi² = (tr A/rows A)/(tr G/rows G)
  auto plain =
      prepared(f, ExpectedFisher{}, Kronecker{.damping = 0.09, .scale_free = false}, Vector::Zero(18));
  REQUIRE(plain.solve(0.0));
  const double pi = std::sqrt(f.A[0].trace() / 3 / (f.G[0].trace() / 2));
  Matrix a = f.A[0], g = f.G[0];
  a.diagonal().array() += 0.3 * pi;
  g.diagonal().array() += 0.3 / pi;
  const Eigen::Map<const Matrix> slope(plain.at.gradient.data(), 3, 2);
  const Matrix step = -solve(a, Matrix(solve(g, Matrix(slope.transpose())).transpose()));
  CHECK((Eigen::Map<const Matrix>(plain.d.data(), 3, 2) - step).norm() < 1e-10 * step.norm());

  f.ridge = 0.5;
  auto penalised = prepared(f, ExpectedFisher{}, Kronecker{}, Vector::Zero(18));
  REQUIRE(penalised.solve(0.0));
  const Matrix M = f.metric() + 0.5 * Matrix::Identity(18, 18);
  CHECK(penalised.state.curvature() == Approx(penalised.d.dot(M * penalised.d)));
  CHECK(penalised.state.scaled_square(Vector::Ones(18)) == Approx(M.diagonal().sum()));
}

TEST_CASE("A singular factor, as softmax has, takes the minimum-norm step") {
  Layers f = two_layers();
  const Vector p{{0.2, 0.3, 0.5}};
  f.G[1] = Matrix(p.asDiagonal()) - p * p.transpose();
  auto m = prepared(f, ExpectedFisher{}, Kronecker{}, Vector::Zero(18));
  CHECK_FALSE(m.solve(0.0));
  const std::string_view name = m.state.name();
  REQUIRE(m.descend());
  CHECK(m.state.name() != name);
  CHECK(m.state.damping() == 0);
  // of the second layer: A⁻¹·g·G⁺ in the coordinates of diag G
  const Vector root = f.G[1].diagonal().cwiseSqrt().cwiseInverse();
  const Matrix scaled = root.asDiagonal() * f.G[1] * root.asDiagonal();
  const Matrix pseudo = root.asDiagonal() * pseudo_inverse(scaled) * root.asDiagonal();
  const Eigen::Map<const Matrix> slope(m.at.gradient.data() + 6, 4, 3);
  const Matrix step = -solve(f.A[1], Matrix(slope * pseudo));
  CHECK((Eigen::Map<const Matrix>(m.d.data() + 6, 4, 3) - step).norm() < 1e-9 * step.norm());
  CHECK(m.d.allFinite());
  REQUIRE(m.solve(1e-6));
}

TEST_CASE("Within a radius the Kronecker step ends on it") {
  const Layers f = two_layers();
  auto m = prepared(f, ExpectedFisher{}, Kronecker{}, Vector::Zero(18));
  REQUIRE(m.solve(0.0));
  const double free = m.state.scaled_norm();
  REQUIRE(m.within(0.1 * free));
  CHECK(m.state.scaled_norm() == Approx(0.1 * free).epsilon(0.006));
}

TEST_CASE("Layers that do not cover x are an error") {
  const Layers f = two_layers();
  CHECK_THROWS_AS(prepared(f, ExpectedFisher{}, Kronecker{}, Vector::Zero(17)), std::invalid_argument);
}

TEST_CASE("Kronecker names the damping that is out of range") {
  CHECK_NOTHROW(Kronecker{.damping = 1}.validate());
  for (const double damping : {-1.0, double(NAN), double(INFINITY)}) {
    CHECK_THROWS_AS(Kronecker{.damping = damping}.validate(), std::invalid_argument);
  }
}
