// SPDX-License-Identifier: MIT
#include "natgrad/metric/dense.hpp"

#include "support/catch.hpp"
#include "support/rejects.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <limits>
#include <random>
#include <string_view>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::Matrix3d;
using Eigen::Vector3d;

namespace {

struct NoObjective {};

/// A metric that is the same matrix everywhere.
template <class V>
struct Given {
  SquareMatrix<V> matrix;
  template <class Evaluator>
  bool evaluate(Evaluator&, const Iterate<V>&, SquareMatrix<V>& M) {
    M = matrix;
    return true;
  }
  static constexpr std::string_view name() { return "given"; }
  static constexpr std::string_view modified_name() { return "given, modified"; }
};

template <class V>
struct Metric {
  NoObjective objective;
  Evaluator<NoObjective, V> evaluator{objective, {}};
  DenseState<V, Given<V>> state;
  bool sound;

  explicit Metric(const SquareMatrix<V>& M, const Dense& options = {}, const V& x = V::Zero(3))
      : state(Given<V>{M}, options, x.size()), sound(state.prepare(evaluator, Iterate<V>(x))) {}
  Index factorizations() const { return evaluator.counts().factorizations; }
};

const Vector3d g(1, -2, 3);
const Matrix3d definite = (Matrix3d() << 4, 1, 0.5, 1, 9, -2, 0.5, -2, 100).finished();
const Matrix3d indefinite = (Matrix3d() << 1, 2, 0, 2, 1, 0, 0, 0, 5).finished();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TEMPLATE_TEST_CASE("d solves (M + λD)d = −g with D = diag M", "", Vector3d, Eigen::VectorXd) {
  using V = TestType;
  Metric<V> metric{SquareMatrix<V>(definite)};
  REQUIRE(metric.sound);
  for (const double lambda : {0.0, 0.1, 30.0}) {
    V d(3);
    REQUIRE(metric.state.solve(lambda, g, d));
    const Matrix3d damped = definite + lambda * Matrix3d(definite.diagonal().asDiagonal());
    CHECK((damped * d + g).norm() <= 1e-14);
    CHECK(metric.state.curvature() == Approx(d.dot(definite * d)).epsilon(1e-12));
    CHECK(metric.state.scaled_norm() == Approx(std::sqrt(d.cwiseAbs2().dot(definite.diagonal()))));
    CHECK(metric.state.damping() == lambda);
  }
  CHECK(metric.factorizations() == 3);
  CHECK(metric.state.dual_norm(V(g)) == Approx(std::sqrt(1.0 / 4 + 4.0 / 9 + 9.0 / 100)));
  CHECK(metric.state.scaled_square(V(g)) == Approx(4 + 36 + 900));
  CHECK(!metric.state.indefinite());
  CHECK(metric.factorizations() == 3);  // known from λ = 0
  CHECK(metric.state.name() == "given");
  CHECK(metric.state.gradient_noise(V(g)) == Approx(10 * (2 * 1 + 3 * 2 + 10 * 3)));  // max √D·√Dᵀ|x|
}

TEST_CASE("scale_free = false makes D the identity") {
  Metric<Vector3d> metric(definite, {.scale_free = false});
  Vector3d d;
  REQUIRE(metric.state.solve(0.5, g, d));
  CHECK(((definite + 0.5 * Matrix3d::Identity()) * d + g).norm() <= 1e-14);
  CHECK(metric.state.dual_norm(g) == Approx(g.norm()));
}

TEST_CASE("the damping of the solve and of the policy add up") {
  Metric<Vector3d> both(definite, {.damping = 0.25}), one(definite);
  Vector3d d, e;
  REQUIRE(both.state.solve(0.5, g, d));
  REQUIRE(one.state.solve(0.75, g, e));
  CHECK(d == e);
  CHECK(both.state.curvature() == Approx(d.dot(definite * d)));
}

TEST_CASE("an entry of D that is zero is measured by its row, an empty row by 1") {
  Matrix3d M = Matrix3d::Zero();
  M(0, 1) = M(1, 0) = -7;
  Metric<Vector3d> metric(M);
  REQUIRE(metric.sound);
  CHECK(metric.state.dual_norm(Vector3d(7, 0, 0)) == Approx(std::sqrt(7.0)));
  CHECK(metric.state.dual_norm(Vector3d(0, 7, 0)) == Approx(std::sqrt(7.0)));
  CHECK(metric.state.dual_norm(Vector3d(0, 0, 7)) == 7);
  CHECK(metric.state.scaled_square(Vector3d(1, 1, 1)) == 0);  // but M says nothing of the rounding of f
  M(0, 1) = M(1, 0) = 0.25;
  CHECK(Metric<Vector3d>(M).state.dual_norm(Vector3d(1, 0, 0)) == 2);
}

TEMPLATE_TEST_CASE("an indefinite M is told, never solved, and still gives a way down", "", Vector3d,
                   Eigen::VectorXd) {
  using V = TestType;
  Metric<V> metric{SquareMatrix<V>(indefinite)};
  REQUIRE(metric.sound);
  V d(3);
  CHECK(!metric.state.solve(0, g, d));
  CHECK(metric.state.indefinite());
  REQUIRE(metric.state.descend(g, d));
  CHECK(g.dot(d) < 0);
  CHECK(metric.state.curvature() > 0);
  CHECK(metric.state.name() == "given, modified");
  REQUIRE(metric.state.solve(1.5, g, d));  // eigenvalues −1, 3 and 5 in units of D = (1, 1, 5)
  CHECK(g.dot(d) < 0);
  REQUIRE(metric.state.negative_curvature(Iterate<V>(V(Vector3d(0, 7, 0))), d));
  CHECK(d.dot(indefinite * d) < 0);
  CHECK(d.cwiseAbs().maxCoeff() == Approx(7));
  REQUIRE(metric.state.negative_curvature(Iterate<V>(V(Vector3d(0, 0.5, 0))), d));
  CHECK(d.cwiseAbs().maxCoeff() == Approx(1));
}

TEST_CASE("an M that only its damping made definite is still indefinite") {
  Matrix3d M = Matrix3d::Identity();
  M(0, 1) = M(1, 0) = 1.5;
  Metric<Vector3d> metric(M);
  Vector3d d;
  REQUIRE(metric.state.solve(1, g, d));
  CHECK(metric.state.indefinite());
}

TEST_CASE("only an M that is zero knows of no length") {
  Metric<Vector3d> zero(Matrix3d::Zero()), some(Matrix3d(0.5 * Matrix3d::Identity()));
  Vector3d d;
  REQUIRE(zero.state.descend(g, d));
  CHECK(!zero.state.knows_length());
  CHECK(d == -g);
  REQUIRE(some.state.descend(g, d));
  CHECK(some.state.knows_length());
}

TEST_CASE("within the radius, (M + λD)d = −g with the λ that is reported") {
  Metric<Vector3d> metric(definite);
  Vector3d d;
  REQUIRE(metric.state.within(0.1, g, d));
  CHECK(metric.state.scaled_norm() == Approx(0.1).epsilon(1e-5));
  const Matrix3d damped = definite + metric.state.damping() * Matrix3d(definite.diagonal().asDiagonal());
  CHECK((damped * d + g).norm() <= 1e-12);
  CHECK(metric.state.curvature() == Approx(d.dot(definite * d)));
  REQUIRE(metric.state.within(100, g, d));
  CHECK(metric.state.damping() == 0);
  CHECK((definite * d + g).norm() <= 1e-13);
}

TEST_CASE(
    "within the radius a definite M takes one factor, on the boundary a few: Newton on 1/‖d‖ converges") {
  Vector3d d, same;
  Metric<Vector3d> inside(definite);
  REQUIRE(inside.state.within(100, g, d));
  CHECK(inside.factorizations() == 1);
  for (const double radius : {0.3, 0.1, 1e-3, 1e-9}) {
    CAPTURE(radius);
    Metric<Vector3d> by_factors(definite), by_spectrum(definite);
    REQUIRE(by_factors.state.within(radius, g, d));
    CHECK(by_factors.factorizations() <= 5);
    REQUIRE(by_spectrum.state.descend(g, same));  // which leaves the spectrum behind
    REQUIRE(by_spectrum.state.within(radius, g, same));
    CHECK((d - same).norm() <= 2e-6 * same.norm());
    CHECK(by_factors.state.damping() == Approx(by_spectrum.state.damping()).epsilon(1e-5));
  }
}

TEST_CASE("a damping of the metric's own is part of the matrix, with a radius and without") {
  for (const bool by_spectrum : {false, true}) {
    Metric<Vector3d> plain(definite), damped(definite, Dense{.damping = 0.5});
    Vector3d d, same;
    if (by_spectrum) REQUIRE(damped.state.descend(g, same));
    REQUIRE(plain.state.solve(0.5, g, d));
    REQUIRE(damped.state.within(100, g, same));
    CHECK(damped.state.damping() == Approx(0).margin(1e-15));
    CHECK((d - same).norm() <= 1e-12 * d.norm());
    REQUIRE(plain.state.within(0.1, g, d));  // on the boundary λ makes up for it
    REQUIRE(damped.state.within(0.1, g, same));
    CHECK((d - same).norm() <= 2e-6 * d.norm());
    CHECK(damped.state.damping() == Approx(plain.state.damping() - 0.5).epsilon(1e-5));
  }
}

TEST_CASE("an M that is asymmetric is read from its lower triangle") {
  Matrix3d lower = definite;
  lower(0, 1) = 1e9;
  lower(0, 2) = kNan;
  Metric<Vector3d> metric(lower);
  REQUIRE(metric.sound);
  Vector3d d;
  REQUIRE(metric.state.solve(0, g, d));
  CHECK((definite * d + g).norm() <= 1e-14);
}

TEST_CASE("an M that is written above its diagonal alone is read as diagonal, with a warning") {
  Metric<Vector3d> upper(Matrix3d(definite.triangularView<Eigen::Upper>()));
  REQUIRE(upper.sound);
  CHECK(upper.state.warning().find("write the lower triangle") != std::string_view::npos);
  CHECK(Metric<Vector3d>(Matrix3d(definite.triangularView<Eigen::Lower>())).state.warning().empty());
  Matrix3d diagonal = definite.diagonal().asDiagonal();
  CHECK(Metric<Vector3d>(diagonal).state.warning().empty());
  diagonal(0, 2) = kNan;  // as where nothing was ever written
  CHECK(Metric<Vector3d>(diagonal).state.warning().empty());
}

TEST_CASE("an M that is not finite or of the wrong size is refused") {
  for (const double bad :
       {kNan, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()}) {
    for (int i = 0; i < 3; ++i) {
      for (int j = 0; j <= i; ++j) {
        Matrix3d M = definite;
        M(i, j) = bad;
        CHECK(!Metric<Vector3d>(M).sound);
      }
    }
  }
  using Eigen::MatrixXd;
  for (const MatrixXd& M : {MatrixXd(2, 2), MatrixXd(4, 4), MatrixXd(3, 2), MatrixXd(2, 3), MatrixXd(0, 0)}) {
    const MatrixXd zero = MatrixXd::Zero(M.rows(), M.cols());
    CHECK(!Metric<Eigen::VectorXd>(zero).sound);
  }
}

TEST_CASE("the decomposition of one point is not used at the next") {
  Metric<Vector3d> metric(indefinite);
  CHECK(metric.state.indefinite());
  const Index before = metric.factorizations();
  CHECK(metric.state.indefinite());
  CHECK(metric.factorizations() == before);  // known
  CHECK(metric.state.prepare(metric.evaluator, Iterate<Vector3d>(Vector3d(1, 1, 1))));
  CHECK(metric.state.indefinite());
  CHECK(metric.factorizations() > before);
}

TEST_CASE("Dense names the damping that is out of range") {
  CHECK(rejects([] { Dense{.damping = -1}.validate(); }, {"Dense.damping = -1"}));
  CHECK(rejects([] { Dense{.damping = kNan}.validate(); }, {"Dense.damping"}));
  CHECK(rejects([] { Dense{.damping = INFINITY}.validate(); }, {"Dense.damping"}));
}
