// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"
#include "support/catch.hpp"
#include "support/sanitized.hpp"

using namespace natgrad;
using namespace natgrad::test;

namespace {

template <class Kind = EmpiricalFisher>
auto automatic(const ScoreTable& f, const Vector& x, Automatic options = {}) {
  return prepared(f, Kind{}, options, x);
}

}  // namespace

TEST_CASE("Automatic solves as the form that it chose, and says which and why") {
  const ScoreTable wide{normal_matrix(6, 40, 1)}, tall{normal_matrix(60, 4, 2)};
  auto dual = automatic(wide, Vector::Zero(40));
  REQUIRE(dual.solve(0.1));
  CHECK(relative_error(dual.d, reference_step(wide.metric(), 0.1, dual.at.gradient)) < 1e-10);
  CHECK(dual.state.detail()
        == "automatic: dual, because the rows are fewer than the parameters (rows = 6, d = 40)");
  auto dense = automatic(tall, Vector::Zero(4));
  REQUIRE(dense.solve(0.1));
  CHECK(relative_error(dense.d, reference_step(tall.metric(), 0.1, dense.at.gradient)) < 1e-12);
  CHECK(dense.state.name() == "metric: empirical Fisher matrix, Cholesky");
}

TEST_CASE("A small memory budget leads to conjugate gradients") {
  const ScoreTable f{normal_matrix(60, 40, 3)};
  auto m = automatic(f, Vector::Zero(40), {.memory_budget = 1e4});
  REQUIRE(m.solve(0.1));
  CHECK(m.state.detail().find("conjugate gradients, because a matrix would exceed the memory budget")
        != std::string::npos);
  CHECK(m.d.dot(m.at.gradient) < 0);
}

TEST_CASE("A penalty that couples the parameters sends the dual form to the matrix") {
  const Matrix root = normal_matrix(40, 40, 4);
  const ScoreTable f{normal_matrix(6, 40, 5), {}, Matrix(root * root.transpose())};
  auto m = automatic(f, Vector::Ones(40));
  REQUIRE(m.solve(0.1));
  CHECK(relative_error(m.d, reference_step(f.metric(), 0.1, m.at.gradient)) < 1e-10);
  CHECK(m.state.detail().find("dense, because the penalty couples the parameters") != std::string::npos);
}

TEST_CASE("Conjugate gradients that cost as much as the matrix give way to it") {
  const Index n = sanitized ? 6400 : 8000,
              d = sanitized ? 400 : 500;  // with a spread spectrum that the diagonal does not show
  Matrix S = normal_matrix(n, d, 6);
  const Vector common = normal_matrix(n, 1, 7);
  for (Index j = 0; j < d; ++j)
    S.col(j) = common + std::pow(1e-3, static_cast<double>(j) / static_cast<double>(d)) * S.col(j);
  const ScoreTable f{S};
  auto m = automatic(f, Vector::Zero(d));
  CHECK(m.state.detail().find("conjugate gradients, because") != std::string::npos);
  REQUIRE(m.solve(0.0));
  CHECK(m.d.dot(m.at.gradient) < 0);
  const Index products = m.counts().products;
  CHECK(products <= d / 16 + 2);  // what the matrix costs: d/16 products and a little
  m.at.gradient *= 1e-6;          // closer to the optimum the solve has to be more precise
  REQUIRE(m.state.prepare(m.evaluator, m.at));
  REQUIRE(m.solve(0.0));
  CHECK(m.state.detail().find("dense, because conjugate gradients had cost as much") != std::string::npos);
  CHECK(m.counts().products <= products + d / 16 + 3);
}

TEST_CASE("A vector of fixed size takes the matrix without a choice") {
  struct Bowl {
    double value(const Eigen::Vector2d& x) const { return x.squaredNorm(); }
    void gradient(const Eigen::Vector2d& x, Eigen::Vector2d& g) const { g = 2 * x; }
    void hessian(const Eigen::Vector2d&, Eigen::Matrix2d& H) const { H = 2 * Eigen::Matrix2d::Identity(); }
    void hessian_times(const Eigen::Vector2d&, const Eigen::Vector2d& v, Eigen::Vector2d& Hv) const {
      Hv = 2 * v;
    }
  };
  using State = decltype(Hessian<>{}.start<Bowl, Eigen::Vector2d>(Bowl{}, Eigen::Vector2d{}));
  CHECK(std::is_same_v<
        State, DenseState<Eigen::Vector2d,
                          detail::MatrixSource<Eigen::Vector2d, HessianSource<Bowl, Eigen::Vector2d>>>>);
}

TEST_CASE("Newton needs no more than products of the Hessian") {
  struct Bowl {
    double value(const Vector& x) const { return x.squaredNorm(); }
    void gradient(const Vector& x, Vector& g) const { g = 2 * x; }
    void hessian_times(const Vector&, const Vector& v, Vector& Hv) const { Hv = 2 * v; }
  };
  CHECK(minimize(Bowl{}, Vector(Vector::Ones(3)), Newton{}).x.isZero(0));
  CHECK(minimize(Bowl{}, Vector(Vector::Ones(3)), Newton{TrustRegion{}}).x.isZero(1e-12));
}
