// SPDX-License-Identifier: MIT
#include "natgrad/objective/quadratic.hpp"

#include "natgrad/check/derivatives.hpp"
#include "natgrad/core/minimize.hpp"
#include "natgrad/metric/conjugate_gradient.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "natgrad/step/fixed_step.hpp"
#include "support/catch.hpp"
#include "support/rejects.hpp"

#include <Eigen/SparseCore>

#include <cmath>
#include <limits>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Table = natgrad::Scores<VectorXd>;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const MatrixXd A{{4, 1, 0}, {1, 3, -0.5}, {0, -0.5, 2}};
const VectorXd b{{1, -2, 0.5}};
const VectorXd x{{0.3, -0.7, 1.1}};

/// tridiag(−1, 2, −1), known by what it does to a vector
struct SecondDifference {
  friend VectorXd operator*(const SecondDifference&, const VectorXd& v) {
    VectorXd out = 2 * v;
    const Index last = v.size() - 1;
    out.head(last) -= v.tail(last);
    out.tail(last) -= v.head(last);
    return out;
  }
};

MatrixXd second_difference(Index d) {
  MatrixXd T = 2 * MatrixXd::Identity(d, d);
  T.diagonal(1).setConstant(-1);
  T.diagonal(-1).setConstant(-1);
  return T;
}

}  // namespace

TEST_CASE("value, gradient and Hessian are ½xᵀAx − bᵀx, Ax − b and A") {
  const Quadratic f{A, b};
  VectorXd g(3), Hv(3), D(3);
  MatrixXd H(3, 3);
  long double value = 0;
  for (Index i = 0; i < 3; ++i) {
    value -= static_cast<long double>(b[i]) * x[i];
    for (Index j = 0; j < 3; ++j) value += 0.5L * x[i] * A(i, j) * x[j];
  }
  CHECK(f.value(x) == Approx(static_cast<double>(value)).margin(4e-15));  // of terms that sum to 8
  CHECK(f.value_and_gradient(x, g) == Approx(static_cast<double>(value)).margin(4e-15));
  CHECK((g - (A * x - b)).norm() < 1e-15);
  f.hessian(x, H);
  CHECK(H == A);
  f.hessian_times(x, b, Hv);
  CHECK((Hv - A * b).norm() < 1e-15);
  f.hessian_diagonal(x, D);
  CHECK(D == A.diagonal());
  f.fisher(x, H);
  CHECK(H == A);
  f.fisher_diagonal(x, D);
  CHECK(D == A.diagonal());
  f.fisher_times(x, b, Hv);
  CHECK((Hv - A * b).norm() < 1e-15);
  const CheckReport report = check_derivatives(f, x);
  INFO(report);
  CHECK(report.ok());
}

TEST_CASE("the minimizer is A⁻¹b, where the gradient is zero and one Newton step ends") {
  const Quadratic f{A, b};
  const VectorXd best = f.minimizer();
  CHECK((A * best - b).norm() < 1e-15);
  CHECK((minimize(f, x, Newton{FixedStep{1}}, StopWhen{.max_iterations = 1}).x - best).norm() < 1e-15);
}

TEST_CASE("a matrix, its expression, a sparse one and an operator are the same quadratic") {
  const Index d = 7;
  const MatrixXd T = second_difference(d);
  const VectorXd c = VectorXd::LinSpaced(d, -1, 2), at = VectorXd::LinSpaced(d, 0.5, -1).array().cube();
  const Eigen::SparseMatrix<double> sparse = T.sparseView();
  const Quadratic dense{T, c};
  const auto same = [&](const auto& f) {
    VectorXd g(d), h(d);
    MatrixXd H(d, d);
    Table S(10, d), R(10, d);
    CHECK(f.value_and_gradient(at, g) == Approx(dense.value_and_gradient(at, h)).epsilon(1e-14));
    CHECK(f.value(at) == Approx(dense.value(at)).epsilon(1e-14));
    CHECK((g - h).norm() < 1e-14);
    f.hessian(at, H);
    CHECK(H == T);
    f.fisher(at, H);
    CHECK(H == T);
    CHECK((f.minimizer() - dense.minimizer()).norm() < 1e-13);
    f.scores(at, 0, S);
    dense.scores(at, 0, R);
    CHECK((S - R).norm() < 1e-13);
    f.sampled_scores(at, 0, 3, S);
    dense.sampled_scores(at, 0, 3, R);
    CHECK(S == R);
  };
  same(Quadratic{2 * T - T, c});
  same(Quadratic{sparse, c});
  same(Quadratic{SecondDifference{}, c});
  same(Quadratic{T, 3 * c - 2 * c});
}

TEST_CASE("an operator without a matrix is minimised by its products alone") {
  const Index d = 40;
  const VectorXd c = VectorXd::Ones(d);
  const Quadratic f{SecondDifference{}, c};
  const auto r = minimize(f, VectorXd::Zero(d).eval(), Newton{LevenbergMarquardt{}, ConjugateGradient{}});
  INFO(r);
  CHECK(r.usable());
  // A⁻¹1 of the second difference is i(d + 1 − i)/2; ‖A⁻¹‖∞ = (d + 1)²/8 times the gradient left
  for (Index i = 0; i < d; ++i)
    CHECK(r.x[i] == Approx(double((i + 1) * (d - i)) / 2).margin(212 * (r.gradient_norm + 1e-11)));
  CHECK(r.counts.products > 0);
  CHECK(r.counts.factorizations == 0);
}

TEST_CASE(
    "the scores average to −∇f exactly, in any blocks, and their second moment nears A at the minimum") {
  for (const Index n : {1, 2, 7, 20'000}) {
    const Quadratic f{A, b, n};
    Table S(n, 3);
    VectorXd g(3);
    f.gradient(x, g);
    f.scores(x, 0, S);
    CHECK(f.sample_count() == n);
    CHECK((S.colwise().mean().transpose() + g).norm() < 1e-12);
    if (n < 7) continue;
    Table block(3, 3);
    f.scores(x, 4, block);
    CHECK(block == S.middleRows(4, 3));
  }
  const Index n = 20'000;
  const Quadratic f{A, b, n};
  const VectorXd unit = A.diagonal().cwiseSqrt().cwiseInverse();
  const auto error = [&](const Table& S) {
    return (unit.asDiagonal() * (S.transpose() * S / double(n) - A) * unit.asDiagonal())
        .cwiseAbs()
        .maxCoeff();
  };
  // 4 standard errors: products of two normals of variance 1 have a variance of at most 2; the pairs count once
  Table S(n, 3);
  f.scores(f.minimizer(), 0, S);
  CHECK(error(S) < 4 * std::sqrt(2.0 / (n / 2)));
  f.sampled_scores(x, 0, 8, S);
  CHECK(error(S) < 4 * std::sqrt(2.0 / n));
  CHECK(S.colwise().mean().norm() < 4 * std::sqrt(A.trace() / n));
  Table block(3, 3);
  f.sampled_scores(x, 4, 8, block);
  CHECK(block == S.middleRows(4, 3));
}

TEST_CASE("another seed is another sample") {
  Table S(4, 3), R(4, 3);
  Quadratic(A, b, 4, 1).scores(x, 0, S);
  Quadratic(A, b, 4, 2).scores(x, 0, R);
  CHECK(S != R);
}

TEST_CASE("float, long double and fixed sizes are quadratics as well") {
  const Eigen::Matrix2f Af{{2, 1}, {1, 3}};
  const Eigen::Vector2f bf{1, -1};
  const Quadratic f{Af, bf};
  CHECK((Af * f.minimizer() - bf).norm() < 1e-6f);
  const Eigen::Matrix<long double, 2, 2> Al{{2, 1}, {1, 3}};
  const Eigen::Matrix<long double, 2, 1> bl{1, -1};
  CHECK(static_cast<double>((Al * Quadratic{Al, bl}.minimizer() - bl).norm()) < 1e-18);
}

TEST_CASE("bad arguments throw a sentence that names them") {
  const auto refused = [](const MatrixXd& a, const VectorXd& c, std::initializer_list<std::string> words) {
    return rejects([&] { Quadratic{a, c}; }, words);
  };
  CHECK(refused(MatrixXd(0, 0), VectorXd(0), {"b.size() = 0", "at least one entry"}));
  CHECK(refused(A, VectorXd::Ones(2), {"A.rows() = 3", "b.size()"}));
  CHECK(refused(A.topRows(2), b, {"A.rows() = 2", "square"}));
  CHECK(refused(A.leftCols(2), b, {"A.rows() = 3", "square"}));
  for (const double bad : {kNan, kInfinity}) {
    MatrixXd spoiled = A;
    spoiled(1, 1) = bad;
    CHECK(refused(spoiled, b, {"A(1, 1) = ", "finite numbers"}));
    CHECK(refused(A, VectorXd{{1, bad, 1}}, {"b(1) = ", "finite numbers"}));
  }
  MatrixXd skew = A;
  skew(2, 0) = 0.1;
  CHECK(refused(skew, b, {"A(2, 0) = 0.1", "symmetric"}));
  CHECK(rejects([] { Quadratic(A, b, 0); }, {"samples = 0", "a count ≥ 1"}));
  const Quadratic indefinite{MatrixXd(-A), b};
  CHECK(rejects([&] { indefinite.minimizer(); }, {"Quadratic: A", "indefinite", "positive definite"}));
}
