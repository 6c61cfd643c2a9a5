// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/catch.hpp"

using namespace natgrad;
using namespace natgrad::test;

namespace {

/// One sample whose score is x itself: F = xxᵀ.
struct Itself {
  Index sample_count() const { return 1; }
  double value(const Vector& x) const { return -0.5 * x.squaredNorm(); }
  void gradient(const Vector& x, Vector& g) const { g = -x; }
  void score(const Vector& x, Index, Vector& s) const { s = x; }
};

}  // namespace

TEST_CASE("A moving average weighs each point by the decay, without bias towards zero") {
  const std::vector<Vector> points{Vector{{1.0, 2.0}}, Vector{{0.5, -1.0}}, Vector{{3.0, 0.0}}};
  const MovingAverage kind{EmpiricalFisher{}, 0.8};
  auto dense = prepared(Itself{}, kind, Dense{}, points[0]);
  auto diagonal = prepared(Itself{}, kind, Diagonal{}, points[0]);
  auto blocks = prepared(Itself{}, kind, BlockDiagonal{}, points[0]);
  CHECK(dense.state.matrix().isApprox(points[0] * points[0].transpose(), 1e-14));
  Matrix sum = points[0] * points[0].transpose();
  double weights = 1;
  for (std::size_t k = 1; k < points.size(); ++k) {
    sum = 0.8 * sum + points[k] * points[k].transpose();
    weights = 0.8 * weights + 1;
    const auto advance = [&](auto& m) {
      m.at.x = points[k];
      REQUIRE(m.state.prepare(m.evaluator, m.at));
    };
    advance(dense);
    advance(diagonal);
    advance(blocks);
  }
  const Matrix mean = sum / weights;
  CHECK(dense.state.matrix().isApprox(mean, 1e-13));
  REQUIRE((dense.solve(0.1) && diagonal.solve(0.1) && blocks.solve(0.1)));
  CHECK(relative_error(dense.d, reference_step(mean, 0.1, dense.at.gradient)) < 1e-12);
  CHECK(relative_error(blocks.d, dense.d) < 1e-12);
  CHECK(relative_error(diagonal.d, -diagonal.at.gradient.cwiseQuotient(1.1 * mean.diagonal())) < 1e-12);
}

TEST_CASE("A fit with an averaged Fisher matrix ends where one without ends") {
  const Matrix X = normal_matrix(60, 3, 1);
  const Vector y = (normal_matrix(60, 1, 2).array() > 0).cast<double>();
  const LogisticRegression f{X, y, {.ridge = 0.01}};
  const auto averaged = minimize(f, f.start(), NaturalGradient{MovingAverage{ExpectedFisher{}, 0.5}});
  const auto plain = minimize(f, f.start(), NaturalGradient{ExpectedFisher{}});
  CHECK(averaged.converged());
  CHECK(averaged.x.isApprox(plain.x, 1e-6));
  CHECK(averaged.message.contains("moving average of the expected"));
}
