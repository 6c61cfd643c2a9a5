// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <chrono>
#include <thread>

using namespace natgrad;
using namespace natgrad::test;

namespace {

constexpr ConjugateGradient kExact{.tolerance = 1e-13};

auto conjugate(const ScoreTable& f, const Vector& x, ConjugateGradient options = kExact) {
  return prepared(f, ExpectedFisher{}, options, x);
}

/// x⁴ − x² + y²: a saddle at 0, minima at (±1/√2, 0); products alone.
struct Saddle {
  double value(const Vector& x) const { return std::pow(x[0], 4) - x[0] * x[0] + x[1] * x[1]; }
  void gradient(const Vector& x, Vector& g) const {
    g[0] = 4 * std::pow(x[0], 3) - 2 * x[0];
    g[1] = 2 * x[1];
  }
  void hessian_times(const Vector& x, const Vector& v, Vector& Hv) const {
    Hv[0] = (12 * x[0] * x[0] - 2) * v[0];
    Hv[1] = 2 * v[1];
  }
};

}  // namespace

TEST_CASE("Conjugate gradients reach the damped solve with the matrix") {
  const Matrix P = Vector::LinSpaced(20, 0.01, 1).asDiagonal();
  for (const ScoreTable& f : {ScoreTable{normal_matrix(5, 20, 1)}, ScoreTable{normal_matrix(60, 20, 2)},
                              ScoreTable{normal_matrix(5, 20, 3), {}, P}}) {
    auto m = conjugate(f, Vector::Ones(20));
    for (const double lambda : {1e-3, 1.0}) {
      REQUIRE(m.solve(lambda));
      const Vector expected = reference_step(f.metric(), lambda, m.at.gradient);
      CHECK(relative_error(m.d, expected) < 1e-9);
      CHECK(m.state.curvature() == Approx(expected.dot(f.metric() * expected)).epsilon(1e-8));
    }
  }
}

TEST_CASE("On rank r + lambda D conjugate gradients end in r + 1 iterations") {
  for (const Index rank : {1, 3, 7}) {
    const ScoreTable f{normal_matrix(rank, 60, 4)};
    auto m = conjugate(f, Vector::Zero(60), {.damping = 1e-2, .tolerance = 1e-9});
    REQUIRE(m.solve(0.0));
    CHECK(m.counts().products <= rank + 1);
    CHECK(m.state.detail()
          == "conjugate gradients: " + std::to_string(m.counts().products) + " iterations in 1 solves");
  }
}

TEST_CASE("Another damping at the same point starts from the last step without a product") {
  const ScoreTable f{normal_matrix(200, 20, 6)};
  auto m = conjugate(f, Vector::Zero(20), {.tolerance = 1e-6});
  REQUIRE(m.solve(1e-3));
  const Index cold = m.counts().products;
  REQUIRE(m.solve(1.001e-3));
  CHECK(m.counts().products - cold < cold);
}

TEST_CASE("A truncated step goes down and costs what its forcing term allows") {
  const ScoreTable f{normal_matrix(100, 50, 7)};
  auto m = conjugate(f, Vector::Zero(50), {});
  REQUIRE(m.solve(0.0));
  CHECK(m.d.dot(m.at.gradient) < 0);
  CHECK(m.counts().products <= 10);
  const Vector residual = f.metric() * m.d + m.at.gradient;
  const Vector D = f.metric().diagonal();
  CHECK(std::sqrt(residual.cwiseAbs2().cwiseQuotient(D).sum()) <= 0.5 * m.state.dual_norm(m.at.gradient));
}

TEST_CASE("The iteration cap holds") {
  const ScoreTable f{normal_matrix(100, 50, 8)};
  auto m = conjugate(f, Vector::Zero(50), {.max_iterations = 2, .tolerance = 1e-12});
  REQUIRE(m.solve(0.0));
  CHECK(m.counts().products == 2);
  CHECK(m.d.dot(m.at.gradient) < 0);
}

TEST_CASE("A singular metric takes the minimum-norm step by conjugate gradients") {
  const ScoreTable f{normal_matrix(6, 15, 9) * Vector::LinSpaced(15, 0.1, 10).asDiagonal()};
  auto m = conjugate(f, Vector::Zero(15), {.tolerance = 1e-12});
  REQUIRE((m.solve(0.0) || m.descend()));
  CHECK(relative_error(m.d, minimum_norm_step(f.metric(), m.at.gradient)) < 1e-8);
}

TEST_CASE("Steihaug's step ends on the radius, or inside it where the whole step fits") {
  const ScoreTable f{normal_matrix(100, 20, 10)};
  auto m = conjugate(f, Vector::Zero(20));
  REQUIRE(m.solve(0.0));
  const Vector whole = m.d;
  const double free = m.state.scaled_norm();
  REQUIRE(m.within(2 * free));
  CHECK(relative_error(m.d, whole) < 1e-8);
  for (const double share : {0.3, 0.7, 0.95}) {  // after one iteration and after more
    REQUIRE(m.within(share * free));
    CHECK(m.state.scaled_norm() == Approx(share * free).epsilon(1e-10));
    CHECK(m.state.curvature() == Approx(m.d.dot(f.metric() * m.d)).epsilon(1e-8));
    CHECK(m.state.damping() == 0);
  }
  CHECK(m.state.scaled_square(whole) == Approx(whole.cwiseAbs2().dot(f.metric().diagonal())));
}

TEST_CASE("Conjugate gradients go along negative curvature to the radius, and probe for it once") {
  const Saddle f;
  Prepared<Saddle, Hessian<ConjugateGradient>> m(f, {}, Vector{{0.1, 1.0}});
  REQUIRE(m.within(0.7));
  CHECK(m.d.norm() == Approx(0.7));  // D = I
  CHECK(m.d.dot(m.at.gradient) < 0);
  CHECK(m.state.curvature() == Approx(-1.88 * m.d[0] * m.d[0] + 2 * m.d[1] * m.d[1]));
  CHECK(m.state.indefinite());
  const Index products = m.counts().products;
  CHECK(m.state.indefinite());
  CHECK(m.counts().products == products);
  Prepared<Saddle, Hessian<ConjugateGradient>> bowl(f, {}, Vector{{1.0, 1.0}});
  CHECK(!bowl.state.indefinite());
  const Index probed = bowl.counts().products;
  CHECK(!bowl.state.indefinite());
  CHECK(bowl.counts().products == probed);
  CHECK(!bowl.state.negative_curvature(bowl.at, bowl.d));
}

TEST_CASE("Newton by conjugate gradients leaves a saddle that its gradient does not see") {
  const auto trust = minimize(Saddle{}, Vector{{0.0, 1.0}}, Newton{TrustRegion{}, ConjugateGradient{}});
  const auto damped =
      minimize(Saddle{}, Vector{{0.0, 1.0}}, Newton{LevenbergMarquardt{}, ConjugateGradient{}});
  for (const auto& r : {trust, damped}) {
    CHECK(r.converged());
    CHECK(r.value == Approx(-0.25));
    CHECK(r.counts.hessians == 0);
  }
}

TEST_CASE("From negative curvature Newton by conjugate gradients still goes down") {
  const auto r = minimize(Saddle{}, Vector{{0.1, 1.0}}, Newton{Armijo{}, ConjugateGradient{}});
  CHECK(r.converged());
  CHECK(r.value == Approx(-0.25));
  CHECK(r.message.contains("D = I"));  // the objective gives no diagonal
}

TEST_CASE("Conjugate gradients end when the time is over") {
  struct {
    Matrix A;
    double value(const Vector& x) const { return 0.5 * x.dot(A * x) - x.sum(); }
    void gradient(const Vector& x, Vector& g) const { g = A * x - Vector::Ones(x.size()); }
    void hessian_times(const Vector&, const Vector& v, Vector& Hv) const {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      Hv = A * v;
    }
  } const slow{Vector::LinSpaced(150, 1e-6, 1).asDiagonal()};
  for (const Index products :
       {minimize(slow, Vector::Zero(150), Newton{}, StopWhen{.max_seconds = 0.05}).counts.products,
        minimize(slow, Vector::Zero(150), Newton{TrustRegion{}}, StopWhen{.max_seconds = 0.05})
            .counts.products}) {
    CHECK(products > 0);
    CHECK(products <= 11);
  }
}

TEST_CASE("After the first point conjugate gradients allocate nothing") {
  const ScoreTable f{normal_matrix(30, 15, 11)};
  auto m = conjugate(f, Vector::Zero(15), {});
  REQUIRE(m.solve(0.1));
  AllocationCount allocations;
  m.state.prepare(m.evaluator, m.at);
  m.solve(0.2);
  CHECK(allocations.count() == 0);
}
