// SPDX-License-Identifier: MIT
#include "natgrad/metric/lbfgs.hpp"

#include "support/catch.hpp"
#include "support/rejects.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::Matrix4d;
using Eigen::Vector4d;

namespace {

struct NoObjective {};

Vector4d random_vector(std::mt19937& random) {
  std::normal_distribution<double> normal;
  return {normal(random), normal(random), normal(random), normal(random)};
}

const Matrix4d A = [] {
  std::mt19937 random(1);
  Matrix4d B;
  for (int j = 0; j < 4; ++j) B.col(j) = random_vector(random);
  return Matrix4d(B * B.transpose() + 0.3 * Matrix4d::Identity());
}();

/// γ after one more pair: the newest by a quarter, or alone where the one before is another scale.
double mean_scale(double before, double newest) {
  const bool alike = newest <= 3 * before && before <= 3 * newest;
  return alike ? std::pow(before, 0.75) * std::pow(newest, 0.25) : newest;
}

/// The memory after points x₀, x₁, … of ½xᵀAx.
struct Memory {
  NoObjective objective;
  Evaluator<NoObjective, Vector4d> evaluator{objective, {}};
  LbfgsState<Vector4d, IdentityState<Vector4d>> state;
  std::vector<Vector4d> xs, gs;

  explicit Memory(Index memory) : state({}, memory, 4) {}

  void visit(const Vector4d& x) { visit(x, A * x); }
  void visit(const Vector4d& x, const Vector4d& g) {
    Iterate<Vector4d> at(x);
    at.gradient = g;
    CHECK(state.prepare(evaluator, at));
    xs.push_back(x);
    gs.push_back(g);
  }

  /// The BFGS update of γI by the last m pairs, as a matrix (Nocedal & Wright 2006, 6.17 and 7.20).
  Matrix4d inverse(std::size_t m) const {
    const std::size_t pairs = xs.size() - 1, first = pairs - std::min(m, pairs);
    const auto s = [&](std::size_t k) -> Vector4d { return xs[k + 1] - xs[k]; };
    const auto y = [&](std::size_t k) -> Vector4d { return gs[k + 1] - gs[k]; };
    double gamma = 0;
    for (std::size_t k = 0; k < pairs; ++k) gamma = mean_scale(gamma, s(k).dot(y(k)) / y(k).squaredNorm());
    Matrix4d H = gamma * Matrix4d::Identity();
    for (std::size_t k = first; k < pairs; ++k) {
      const double rho = 1 / s(k).dot(y(k));
      const Matrix4d V = Matrix4d::Identity() - rho * y(k) * s(k).transpose();
      H = (V.transpose() * H * V + rho * s(k) * s(k).transpose()).eval();
    }
    return H;
  }
};

}  // namespace

TEST_CASE("without a pair the direction is −∇f") {
  Memory memory(5);
  memory.visit({1, 2, 3, 4});
  Vector4d d;
  REQUIRE(memory.state.solve(0, Vector4d(1, -1, 2, 0), d));
  CHECK(d == Vector4d(-1, 1, -2, 0));
  CHECK(!memory.state.knows_length());
}

TEST_CASE("the two-loop recursion is the BFGS matrix of the last m pairs") {
  std::mt19937 random(2);
  for (const std::size_t m : {1u, 2u, 3u, 7u}) {
    Memory memory(static_cast<Index>(m));
    memory.visit(random_vector(random));
    for (int k = 0; k < 12; ++k) {
      memory.visit(random_vector(random));
      const Vector4d g = random_vector(random);
      Vector4d d;
      REQUIRE(memory.state.solve(0, g, d));
      const Vector4d wanted = -memory.inverse(m) * g;
      CHECK((d - wanted).norm() <= 1e-10 * wanted.norm());
      CHECK(memory.state.curvature() == Approx(-g.dot(d)));
      CHECK(memory.state.scaled_norm() == Approx(d.norm()));
      CHECK(memory.state.knows_length());
    }
  }
}

TEST_CASE(
    "across the pairs a step has the mean of their scales, and beyond a factor of 3 that of the newest") {
  const auto length_after = [](double newest) {
    Memory memory(10);
    const Vector4d x = Vector4d::Zero(), e0 = Vector4d::Unit(0), e1 = Vector4d::Unit(1);
    memory.visit(x, x);
    memory.visit(e0, 4 * e0);  // γ = ¼
    memory.visit(e0 + e1, 4 * e0 + newest * e1);
    Vector4d d;
    CHECK(memory.state.solve(0, Vector4d::Unit(3), d));
    return -d[3];
  };
  CHECK(std::abs(length_after(8) - std::pow(1.0 / 4, 0.75) * std::pow(1.0 / 8, 0.25)) < 1e-15);
  CHECK(std::abs(length_after(2) - std::pow(1.0 / 4, 0.75) * std::pow(1.0 / 2, 0.25)) < 1e-15);
  CHECK(std::abs(length_after(16) - 1.0 / 16) < 1e-15);
  CHECK(std::abs(length_after(1) - 1) < 1e-15);
}

TEST_CASE("the last pair's secant equation holds: M⁻¹y = s") {
  std::mt19937 random(3);
  Memory memory(3);
  for (int k = 0; k < 9; ++k) memory.visit(random_vector(random));
  const Vector4d s = memory.xs[8] - memory.xs[7], y = memory.gs[8] - memory.gs[7];
  Vector4d d;
  REQUIRE(memory.state.solve(0, y, d));
  CHECK((d + s).norm() <= 1e-12 * s.norm());
}

TEST_CASE("a pair without positive curvature is left out, and the direction still goes down") {
  std::mt19937 random(4);
  for (int fill : {1, 2, 6}) {  // with room left, and with the ring full
    Memory memory(2);
    for (int k = 0; k <= fill; ++k) memory.visit(random_vector(random));
    const Vector4d here = memory.xs.back(), there = random_vector(random);
    memory.state.prepare(memory.evaluator, [&] {
      Iterate<Vector4d> at(there);
      at.gradient = memory.gs.back() - (there - here);  // y = −s
      return at;
    }());
    for (int k = 0; k < 10; ++k) {
      const Vector4d g = random_vector(random);
      Vector4d d;
      REQUIRE(memory.state.solve(0, g, d));
      CHECK(g.dot(d) < 0);
      const Vector4d wanted =
          -memory.inverse(1) * g;  // the place of the older pair was needed to look at the new one
      CHECK((d - wanted).norm() <= 1e-10 * wanted.norm());
    }
  }
}

TEST_CASE("forgetting leaves −∇f, and says whether there was anything") {
  std::mt19937 random(5);
  Memory memory(4);
  memory.visit(random_vector(random));
  CHECK(!memory.state.forget());
  memory.visit(random_vector(random));
  CHECK(memory.state.forget());
  CHECK(!memory.state.forget());
  Vector4d d;
  REQUIRE(memory.state.solve(0, Vector4d(1, 0, 0, 0), d));
  CHECK(d == Vector4d(-1, 0, 0, 0));
  memory.visit(random_vector(random));
  REQUIRE(memory.state.descend(Vector4d(1, 0, 0, 0), d));
  CHECK(d == Vector4d(-1, 0, 0, 0));
  CHECK(!memory.state.forget());
}

TEST_CASE("Lbfgs names a memory that is out of range") {
  CHECK(rejects([] { Lbfgs<>{.memory = 0}.validate(); }, {"Lbfgs.memory = 0"}));
  CHECK(rejects([] { Lbfgs<>{.memory = -2}.validate(); }, {"Lbfgs.memory = -2"}));
  CHECK_NOTHROW(Lbfgs<>{.memory = 1}.validate());
}
