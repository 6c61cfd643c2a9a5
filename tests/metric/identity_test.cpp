// SPDX-License-Identifier: MIT
#include "natgrad/metric/identity.hpp"

#include "support/catch.hpp"

#include <Eigen/Core>

#include <cmath>

using namespace natgrad;
using Eigen::Vector3d;

TEST_CASE("the identity's direction is −∇f/(1 + λ)") {
  IdentityState<Vector3d> metric;
  const Vector3d g(1, -2, 2);
  Vector3d d;
  REQUIRE(metric.solve(0, g, d));
  CHECK(d == -g);
  CHECK(metric.curvature() == 9);
  CHECK(metric.scaled_norm() == 3);
  CHECK(metric.dual_norm(g) == 3);
  REQUIRE(metric.solve(3, g, d));
  CHECK(d == -0.25 * g);
  CHECK(metric.curvature() == 9.0 / 16);
  CHECK(metric.damping() == 3);
  REQUIRE(metric.descend(g, d));
  CHECK(d == -g);
}

TEST_CASE("the identity's direction within a radius is −∇f, shortened") {
  IdentityState<Vector3d> metric;
  const Vector3d g(1, -2, 2);
  Vector3d d;
  REQUIRE(metric.within(0.75, g, d));
  CHECK(d.norm() == Approx(0.75));
  CHECK(metric.damping() == Approx(3));
  REQUIRE(metric.within(3, g, d));
  CHECK(d == -g);
  REQUIRE(metric.within(100, g, d));
  CHECK(d == -g);
}

TEST_CASE("the identity has no length of its own and remembers nothing") {
  IdentityState<Vector3d> metric;
  CHECK(!metric.knows_length());
  CHECK(!metric.forget());
  CHECK(!metric.indefinite());
  CHECK(!IdentityState<Vector3d>::has_curvature);
}
