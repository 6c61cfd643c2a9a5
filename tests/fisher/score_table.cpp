// SPDX-License-Identifier: MIT
#include "fisher/score_table.hpp"

#include "support/algebra.hpp"

#include <cmath>
#include <random>

namespace natgrad::test {

Vector ScoreTable::slope(const Vector& x) const {
  Vector g = Vector::Zero(S.cols());
  for (Index i = 0; i < S.rows(); ++i) g -= weight(i) * S.row(i).transpose() / static_cast<double>(S.rows());
  if (P.size()) g += P * x;
  return g;
}

double ScoreTable::value(const Vector& x) const {
  return slope(Vector::Zero(x.size())).dot(x) + (P.size() ? 0.5 * x.dot(P * x) : 0.0);
}

void ScoreTable::scores(const Vector&, Index first, Rows& out) const {
  out = S.middleRows(first, out.rows());
}

void ScoreTable::sampled_scores(const Vector&, Index first, std::uint64_t seed, Rows& out) const {
  for (Index i = 0; i < out.rows(); ++i) {
    out.row(i) = ((first + i + static_cast<Index>(seed % 3)) % 2 ? 1.0 : -1.0) * S.row(first + i);
  }
}

void ScoreTable::fisher_rows(const Vector&, Index first, Rows& out) const {
  for (Index i = 0; i < out.rows(); ++i) out.row(i) = std::sqrt(weight(first + i)) * S.row(first + i);
}

void ScoreTable::penalty_hessian(const Vector& x, Matrix& out) const {
  if (P.size())
    out = P;
  else
    out.setZero(x.size(), x.size());
}

Matrix ScoreTable::metric() const {
  Matrix M = P.size() ? P : Matrix(Matrix::Zero(S.cols(), S.cols()));
  for (Index i = 0; i < S.rows(); ++i)
    M += weight(i) * S.row(i).transpose() * S.row(i) / static_cast<double>(S.rows());
  return M;
}

Matrix normal_matrix(Index rows, Index columns, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  Matrix X(rows, columns);
  for (Index j = 0; j < columns; ++j) {
    for (Index i = 0; i < rows; ++i) X(i, j) = normal(engine);
  }
  return X;
}

Vector reference_step(const Matrix& M, double lambda, const Vector& g) {
  Matrix damped = M;
  damped.diagonal() *= 1 + lambda;
  return -solve(damped, g);
}

Vector minimum_norm_step(const Matrix& M, const Vector& g) {
  const Vector root = M.diagonal().cwiseSqrt().cwiseInverse();
  const Matrix scaled = root.asDiagonal() * M * root.asDiagonal();
  return -(root.asDiagonal() * (pseudo_inverse(scaled) * root.cwiseProduct(g)));
}

double relative_error(const Vector& a, const Vector& b) { return (a - b).norm() / b.norm(); }

}  // namespace natgrad::test
