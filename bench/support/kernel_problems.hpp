// SPDX-License-Identifier: MIT
#pragma once

/// Data for the kernels: dense in either order, and sparse by rows, larger than the last cache.

#include "support/logistic_data.hpp"
#include "support/quick.hpp"

#include <Eigen/Dense>
#include <Eigen/SparseCore>

#include <memory>

namespace bench {

inline const Index kEntries = quick() ? 200'000 : 10'000'000;

/// n × d = kEntries uniform numbers in one order; the last ones asked for are kept.
template <class Matrix>
struct Problem {
  Matrix X;
  Eigen::VectorXd y, x, weight;

  explicit Problem(Index d) : X(kEntries / d, d) {
    Normal normal(1);
    for (Index k = 0; k < X.size(); ++k) X.data()[k] = 2 * normal.uniform() - 1;
    y = Eigen::VectorXd::NullaryExpr(X.rows(), [&] { return normal.uniform() < 0.5 ? 0.0 : 1.0; });
    weight = Eigen::VectorXd::NullaryExpr(X.rows(), [&] { return normal.uniform(); });
    x = normal.direction(d);
  }

  static const Problem& of(Index d) {
    static std::unique_ptr<Problem> kept;
    if (!kept || kept->X.cols() != d) kept.reset(), kept = std::make_unique<Problem>(d);
    return *kept;
  }
};

/// Rows of ten entries, each 12 bytes.
struct SparseProblem {
  Eigen::SparseMatrix<double, Eigen::RowMajor> X;
  Eigen::VectorXd y, x;

  explicit SparseProblem(Index d) : X(kEntries * 2 / 30, d) {
    Normal normal(1);
    X.reserve(Eigen::VectorXi::Constant(X.rows(), 10));
    for (Index i = 0; i < X.rows(); ++i)
      for (Index k = 0; k < 10; ++k)
        X.insert(i, k * (d / 10) + static_cast<Index>(normal.uniform() * static_cast<double>(d / 10))) =
            normal.uniform();
    X.makeCompressed();
    y = Eigen::VectorXd::NullaryExpr(X.rows(), [&] { return normal.uniform() < 0.5 ? 0.0 : 1.0; });
    x = normal.direction(d);
  }

  static const SparseProblem& of(Index d) {
    static std::unique_ptr<SparseProblem> kept;
    if (!kept || kept->X.cols() != d) kept.reset(), kept = std::make_unique<SparseProblem>(d);
    return *kept;
  }
};

}  // namespace bench
