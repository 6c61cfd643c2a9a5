// SPDX-License-Identifier: MIT
/// The same data in every layout a design can have, with the textbook expressions in long double.
#pragma once

#include "natgrad/kernel/design.hpp"

#include <Eigen/Dense>
#include <Eigen/SparseCore>

#include <random>
#include <vector>

namespace natgrad::test {

using Eigen::Index;
template <class T>
using Columns = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
template <class T>
using Rows = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using Vector = Eigen::Matrix<T, Eigen::Dynamic, 1>;
using Exact = Columns<long double>;

/// n×d features, some of them zero; labels, weights and offsets for n rows; K parameter vectors.
template <class T>
struct Problem {
  Columns<T> x;
  Vector<T> label, weight, offset;
  Columns<T> parameters;
  bool intercept;

  Problem(Index n, Index d, Index outputs, bool with_intercept, unsigned seed = 5)
      : x(n, d),
        label(n),
        weight(n),
        offset(n),
        parameters(d + (with_intercept ? 1 : 0), outputs),
        intercept(with_intercept) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    const auto fill = [&](auto& values) {
      for (Index j = 0; j < values.cols(); ++j)
        for (Index i = 0; i < values.rows(); ++i) values(i, j) = static_cast<T>(normal(random));
    };
    fill(x), fill(weight), fill(offset), fill(parameters);
    for (Index i = 0; i < x.size(); i += 3) x.data()[i] = T(0);
    weight = weight.cwiseAbs();
    parameters /= static_cast<T>(d + 1);
    for (Index i = 0; i < n; ++i) label[i] = static_cast<T>(random() % 2);
  }

  /// [X 1] or X
  Exact design() const {
    Exact result(x.rows(), x.cols() + (intercept ? 1 : 0));
    result.leftCols(x.cols()) = x.template cast<long double>();
    if (intercept) result.col(x.cols()).setOnes();
    return result;
  }
};

/// Calls check(features) for X by columns, by rows, as strided unaligned parts of something larger, and sparse, with gaps in
/// its memory too.
template <class T, class Check>
void in_every_layout(const Columns<T>& x, const Check& check) {
  const Index n = x.rows(), d = x.cols();
  check(x);
  const Rows<T> rows = x;
  check(rows);
  check(Eigen::Transpose<const Rows<T>>(Rows<T>(x.transpose())));

  Columns<T> wide = Columns<T>::Constant(n + 5, d + 3, std::numeric_limits<T>::quiet_NaN());
  wide.block(3, 1, n, d) = x;
  check(wide.block(3, 1, n, d));
  const Rows<T> wide_rows = [&] {
    Rows<T> larger = Rows<T>::Constant(n + 2, d + 3, std::numeric_limits<T>::quiet_NaN());
    larger.block(1, 1, n, d) = x;
    return larger;
  }();
  const Eigen::Ref<const Rows<T>, 0, Eigen::OuterStride<>> ref(wide_rows.block(1, 1, n, d));
  check(ref);

  const Eigen::SparseMatrix<T> sparse = x.sparseView();
  check(sparse);
  const Eigen::SparseMatrix<T, Eigen::RowMajor> sparse_rows = sparse;
  check(sparse_rows);

  Eigen::SparseMatrix<T> gaps = sparse;
  gaps.reserve(Eigen::VectorXi::Constant(static_cast<int>(d), 3));
  check(gaps);
  Eigen::SparseMatrix<T, Eigen::RowMajor> row_gaps = sparse_rows;
  row_gaps.reserve(Eigen::VectorXi::Constant(static_cast<int>(n), 2));
  check(row_gaps);
}

/// Largest |a − b|, relative to the largest |b| or 1.
template <class A, class B>
double difference(const A& a, const B& b) {
  const Exact wide_a = a.template cast<long double>(), wide_b = b.template cast<long double>();
  if (wide_a.size() == 0) return 0;
  const long double size = std::max(1.0L, wide_b.cwiseAbs().maxCoeff());
  const long double worst = (wide_a - wide_b).cwiseAbs().maxCoeff() / size;
  return worst == worst && wide_a.allFinite() ? static_cast<double>(worst) : 1e300;
}

/// What the sums of n terms of order 1 may lose.
template <class T>
double rounding(Index n) {
  return 8 * static_cast<double>(std::numeric_limits<T>::epsilon()) * (10 + static_cast<double>(n) / 16);
}

}  // namespace natgrad::test
