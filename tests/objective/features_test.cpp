// SPDX-License-Identifier: MIT
#include "natgrad/objective/features.hpp"

#include "natgrad/kernel/score_rows.hpp"
#include "support/catch.hpp"
#include "support/rejects.hpp"

#include <Eigen/Core>
#include <Eigen/SparseCore>

#include <limits>
#include <utility>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Sparse = Eigen::SparseMatrix<double>;
using SparseRows = Eigen::SparseMatrix<double, Eigen::RowMajor>;

namespace {

const MatrixXd X{{1, 0, 2}, {0, 3, 0}, {-4, 0, 5}, {0, 0, 6}};

template <class T>
Features<KeptFeatures<T>> keep(T&& features) {
  return Features<KeptFeatures<T>>(std::forward<T>(features));
}

template <class F>
void reads_rows(const F& features) {
  const VectorXd x{{1, 10, 100}}, longer{{1, 10, 100, 7}};
  for (Index i = 0; i < 4; ++i) {
    CHECK(features.row_dot(i, x) == X.row(i).dot(x));
    CHECK(features.row_dot(i, longer) == X.row(i).dot(x));
    VectorXd row = VectorXd::Constant(4, 9);
    features.write_row(i, -2, row);
    CHECK(row.head(3) == -2 * X.row(i).transpose());
    CHECK(row[3] == 9);
  }
  for (const bool intercept : {false, true}) {
    MatrixXd rows = MatrixXd::Constant(3, intercept ? 4 : 3, 9);
    const kernel::Design design{features.matrix(), intercept};
    kernel::score_rows(design, longer, 1, rows, [](Index i, double m) { return m + double(i); });
    for (Index i = 1; i < 4; ++i) {
      const double factor = X.row(i).dot(x) + (intercept ? 7 : 0) + double(i);
      CHECK(rows.row(i - 1).head(3) == factor * X.row(i));
      if (intercept) CHECK(rows(i - 1, 3) == factor);
    }
  }
  const std::vector<Index> chosen{3, 0};
  const auto some = features.rows(chosen);
  CHECK(MatrixXd(some).row(0) == X.row(3));
  CHECK(MatrixXd(some).row(1) == X.row(0));
  CHECK(some.rows() == 2);
}

}  // namespace

TEST_CASE("rows are read from dense and sparse matrices in either order") {
  const RowMajor by_row = X;
  const Sparse sparse = X.sparseView();
  const SparseRows sparse_rows = X.sparseView();
  reads_rows(keep(X));
  reads_rows(keep(by_row));
  reads_rows(keep(sparse));
  reads_rows(keep(sparse_rows));
  reads_rows(keep(MatrixXd(X)));
  reads_rows(keep(Sparse(sparse)));
}

TEST_CASE("an lvalue, a Map, a Ref and a block are not copied, a temporary is kept") {
  MatrixXd own = X;
  CHECK(keep(own).matrix().data() == own.data());
  const Eigen::Map<const MatrixXd> map(own.data(), 4, 3);
  CHECK(keep(map).matrix().data() == own.data());
  CHECK(keep(own.middleCols(1, 2)).matrix().data() == own.data() + 4);
  CHECK(keep(own.middleRows(1, 2)).matrix().data() == own.data() + 1);
  CHECK(keep(own.middleRows(1, 2)).matrix().row(0) == own.row(1));
  const Eigen::Ref<const MatrixXd> ref = own;
  CHECK(keep(ref).matrix().data() == own.data());
  const double* const memory = own.data();
  CHECK(keep(std::move(own)).matrix().data() == memory);
  Sparse sparse = X.sparseView();
  CHECK(keep(sparse).matrix().valuePtr() == sparse.valuePtr());
  reads_rows(keep(2 * X - X));  // an expression has to be evaluated
}

TEST_CASE("what is not finite is named by its place") {
  MatrixXd bad = X;
  bad(2, 1) = std::numeric_limits<double>::quiet_NaN();
  CHECK(rejects([&] { keep(bad).require_finite("X"); }, {"X(2, 1) = nan", "finite"}));
  const Sparse sparse = bad.sparseView();
  CHECK(rejects([&] { keep(sparse).require_finite("X"); }, {"X(2", "nan", "finite"}));
  CHECK_NOTHROW(keep(X).require_finite("X"));
}

TEST_CASE("weights are n finite numbers ≥ 0 with a positive sum, or none") {
  using detail::check_weights;
  CHECK_NOTHROW(check_weights("w", VectorXd(), 3));
  CHECK_NOTHROW(check_weights("w", VectorXd{{0, 2, 0}}, 3));
  CHECK(rejects(
      [] {
        check_weights("w", VectorXd{{1, 2}}, 3);
      },
      {"w.size() = 2", "one weight for each row"}));
  CHECK(rejects([] { check_weights("w", VectorXd{{1, -2, 1}}, 3); }, {"w(1) = -2"}));
  CHECK(rejects([] { check_weights("w", VectorXd{{0, 0, 0}}, 3); }, {"w = 0", "positive sum"}));
  CHECK(rejects(
      [] {
        check_weights("w", VectorXd{{1, std::numeric_limits<double>::infinity(), 1}}, 3);
      },
      {"w(1) = inf"}));
  for (const double large : {1e308, 1e-320})
    CHECK(rejects([&] { check_weights("w", VectorXd::Constant(40, large).eval(), 40); },
                  {"w = ", "to scale by"}));
}
