// SPDX-License-Identifier: MIT
#include "natgrad/metric/spectrum.hpp"

#include "support/catch.hpp"

#include <Eigen/Dense>

#include <cmath>
#include <random>

using namespace natgrad;
using Eigen::Matrix3d;
using Eigen::Vector3d;

namespace {

const Vector3d ones = Vector3d::Ones();

Vector3d random_vector(std::mt19937& random) {
  std::normal_distribution<double> normal;
  return {normal(random), normal(random), normal(random)};
}

/// Orthonormal columns.
Matrix3d rotation(std::mt19937& random) {
  const Vector3d u = random_vector(random).normalized();
  const Vector3d v = (random_vector(random)).cross(u).normalized();
  Matrix3d Q;
  Q << u, v, u.cross(v);
  return Q;
}

Matrix3d symmetric(const Matrix3d& Q, const Vector3d& eigenvalues) {
  const Matrix3d M = Q * eigenvalues.asDiagonal() * Q.transpose();
  return 0.5 * (M + M.transpose());
}

}  // namespace

TEST_CASE("descend is −|M|⁻¹g, in the scale of D, and goes down whatever M is") {
  std::mt19937 random(3);
  for (int repeat = 0; repeat < 30; ++repeat) {
    const Matrix3d Q = rotation(random);
    const Vector3d mu = random_vector(random), g = random_vector(random),
                   D = random_vector(random).cwiseAbs2() + 0.1 * ones;
    const Vector3d root = D.cwiseSqrt();
    const Matrix3d M = root.asDiagonal() * symmetric(Q, mu) * root.asDiagonal();
    Spectrum<Vector3d> spectrum;
    REQUIRE(spectrum.compute(M, D));
    Vector3d d;
    spectrum.descend(g, d);
    const Matrix3d absolute = root.asDiagonal() * symmetric(Q, mu.cwiseAbs()) * root.asDiagonal();
    CHECK((absolute * d + g).norm() <= 1e-11 * g.norm() * (1 + 1 / mu.cwiseAbs().minCoeff()));
    CHECK(g.dot(d) < 0);
    CHECK(spectrum.curvature() == Approx(d.dot(absolute * d)));
    CHECK(spectrum.indefinite() == (mu.minCoeff() < 0));
  }
}

TEST_CASE("descend has minimum norm over the null space where g has no part in it") {
  std::mt19937 random(4);
  for (int repeat = 0; repeat < 20; ++repeat) {
    const Matrix3d Q = rotation(random);
    const Matrix3d M = symmetric(Q, {0, 2, 5});
    const Vector3d g = M * random_vector(random);
    Spectrum<Vector3d> spectrum;
    REQUIRE(spectrum.compute(M, ones));
    Vector3d d;
    spectrum.descend(g, d);
    CHECK((M * d + g).norm() <= 1e-13 * M.norm() * d.norm());
    CHECK(std::abs(Q.col(0).dot(d)) <= 1e-13 * d.norm());
    CHECK(!spectrum.indefinite());
  }
}

TEST_CASE("descend takes a long finite step where g lies in the null space, and −g where M = 0") {
  Spectrum<Vector3d> spectrum;
  Vector3d d;
  REQUIRE(spectrum.compute(Vector3d(0, 2, 5).asDiagonal(), ones));
  spectrum.descend(Vector3d(1, 0, 0), d);
  CHECK(d.allFinite());
  CHECK(d[0] < -1e5);
  CHECK(d.tail(2).norm() == 0);
  REQUIRE(spectrum.compute(Matrix3d::Zero(), ones));
  spectrum.descend(Vector3d(1, -2, 3), d);
  CHECK((d + Vector3d(1, -2, 3)).norm() == 0);
  CHECK(!spectrum.indefinite());
}

TEST_CASE("an eigenvalue that is negative by rounding only raises no alarm") {
  Spectrum<Vector3d> spectrum;
  REQUIRE(spectrum.compute(Vector3d(-1e-16, 0.5, 1).asDiagonal(), ones));
  CHECK(!spectrum.indefinite());
  REQUIRE(spectrum.compute(Vector3d(-1e-14, 0.5, 1).asDiagonal(), ones));
  CHECK(spectrum.indefinite());
}

TEST_CASE(
    "within solves the trust-region problem: (M + σD)d = −g, σ ≥ 0, M + σD ≥ 0, σ > 0 only on the boundary") {
  std::mt19937 random(5);
  for (int repeat = 0; repeat < 60; ++repeat) {
    const Matrix3d Q = rotation(random);
    const Vector3d mu = random_vector(random) + (repeat % 3 == 0 ? 2 : 0) * ones;
    const Vector3d g = random_vector(random), D = random_vector(random).cwiseAbs2() + 0.1 * ones;
    const Vector3d root = D.cwiseSqrt();
    const Matrix3d M = root.asDiagonal() * symmetric(Q, mu) * root.asDiagonal();
    const double radius = std::exp(4 * random_vector(random)[0]);
    Spectrum<Vector3d> spectrum;
    REQUIRE(spectrum.compute(M, D));
    Vector3d d;
    const double sigma = spectrum.within(radius, 0, g, d);
    const double length = std::sqrt(d.cwiseAbs2().dot(D));
    INFO("sigma " << sigma << ", length " << length << ", radius " << radius << ", mu " << mu.transpose());
    CHECK(sigma >= 0);
    CHECK(sigma >= -mu.minCoeff());
    CHECK(length <= radius * (1 + 1e-5));
    if (sigma > 1e-12) CHECK(length == Approx(radius).epsilon(1e-5));
    const Matrix3d shifted = M + sigma * Matrix3d(D.asDiagonal());
    CHECK((shifted * d + g).norm() <= 1e-9 * (shifted.norm() * d.norm() + g.norm()));
    CHECK(spectrum.curvature() == Approx(d.dot(M * d)).margin(1e-9 * M.norm() * d.squaredNorm()));
  }
}

TEST_CASE("within takes the hard case to the boundary, along the lowest direction, with a sign of its own") {
  Spectrum<Vector3d> spectrum;
  REQUIRE(spectrum.compute(Vector3d(-2, 1, 3).asDiagonal(), ones));
  for (const Vector3d& g : {Vector3d(0, 3, -5), Vector3d(0, 0, 0)}) {
    Vector3d d;
    const double sigma = spectrum.within(4, 0, g, d);
    CHECK(sigma == Approx(2));
    CHECK(d.norm() == Approx(4));
    CHECK(d[1] == Approx(-g[1] / 3));
    CHECK(d[2] == Approx(-g[2] / 5));
    Vector3d again;
    spectrum.within(4, 0, g, again);
    CHECK(d == again);
  }
}

TEST_CASE("within is the plain solution where that is inside") {
  Spectrum<Vector3d> spectrum;
  REQUIRE(spectrum.compute(Vector3d(1, 2, 4).asDiagonal(), ones));
  Vector3d d;
  CHECK(spectrum.within(10, 0, Vector3d(1, 2, 4), d) == 0);
  CHECK((d + ones).norm() <= 1e-15);
}

TEST_CASE("within takes a damping of its own as part of the matrix") {
  for (const Vector3d& mu : {Vector3d(1, 2, 4), Vector3d(-2, 1, 3)}) {
    Spectrum<Vector3d> damped, plain;
    REQUIRE(damped.compute(mu.asDiagonal(), ones));
    REQUIRE(plain.compute((mu + 5 * ones).asDiagonal(), ones));
    for (const double radius : {100.0, 0.3}) {
      Vector3d d, wanted;
      const double sigma = damped.within(radius, 5, Vector3d(1, 2, 4), d);
      CHECK(sigma == Approx(plain.within(radius, 0, Vector3d(1, 2, 4), wanted)).margin(1e-12));
      CHECK((d - wanted).norm() <= 1e-12 * wanted.norm());
    }
  }
}

TEST_CASE("the lowest direction goes downhill, and with ∇f = 0 has a sign that does not depend on luck") {
  Spectrum<Vector3d> spectrum;
  REQUIRE(spectrum.compute(Vector3d(1, -2, 4).asDiagonal(), ones));
  Vector3d d;
  spectrum.lowest_direction(Vector3d(0, 3, 0), d);
  CHECK((d + Vector3d(0, 1, 0)).norm() <= 1e-15);
  spectrum.lowest_direction(Vector3d(0, -3, 0), d);
  CHECK((d - Vector3d(0, 1, 0)).norm() <= 1e-15);
  spectrum.lowest_direction(Vector3d::Zero(), d);
  CHECK((d - Vector3d(0, 1, 0)).norm() <= 1e-15);
  REQUIRE(spectrum.compute(Vector3d(1, -2, 4).asDiagonal(), Vector3d(1, 4, 1)));
  spectrum.lowest_direction(Vector3d(0, 3, 0), d);
  CHECK((d + Vector3d(0, 0.5, 0)).norm() <= 1e-15);
}
