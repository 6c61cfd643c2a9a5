// SPDX-License-Identifier: MIT
#include "natgrad/kernel/finite.hpp"

#include "kernel/every_path.hpp"
#include "support/catch.hpp"

#include <limits>
#include <utility>

namespace kernel = natgrad::kernel;
using kernel::Index;
using natgrad::test::on_every_path;

namespace {

template <class T>
const T faults[] = {std::numeric_limits<T>::quiet_NaN(), std::numeric_limits<T>::infinity(),
                    -std::numeric_limits<T>::infinity()};

}  // namespace

TEMPLATE_TEST_CASE("a NaN or an infinity is found at every place, and no finite number is taken for one", "",
                   float, double, long double) {
  using T = TestType;
  on_every_path([] {
    Eigen::Matrix<T, Eigen::Dynamic, 1> x =
        Eigen::Matrix<T, Eigen::Dynamic, 1>::Constant(150, std::numeric_limits<T>::max());
    x(3) = std::numeric_limits<T>::lowest();
    x(4) = std::numeric_limits<T>::denorm_min();
    for (Index n = 0; n <= x.size(); ++n) CHECK(kernel::all_finite(x.data(), n));
    for (const T fault : faults<T>) {
      for (Index i = 0; i < x.size(); ++i) {
        const T before = std::exchange(x[i], fault);
        CHECK_FALSE(kernel::all_finite(x.data(), x.size()));
        CHECK(kernel::all_finite(x.data(), i));
        x[i] = before;
      }
    }
    x[7] = faults<T>[1], x[9] = faults<T>[2];  // ∞ − ∞ hides nothing
    CHECK_FALSE(kernel::all_finite(x.data(), x.size()));
  });
}

TEST_CASE("every entry of a matrix is looked at, and none outside it") {
  Eigen::MatrixXd X = Eigen::MatrixXd::Random(23, 19);
  const auto block = [&X] { return X.block(2, 3, 17, 12); };
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> R = X;
  for (const double fault : faults<double>) {
    for (Index i = 0; i < X.rows(); ++i) {
      for (Index j = 0; j < X.cols(); ++j) {
        const double before = std::exchange(X(i, j), fault);
        R(i, j) = fault;
        const bool inside = i >= 2 && i < 19 && j >= 3 && j < 15;
        CHECK_FALSE(kernel::all_finite(X));
        CHECK_FALSE(kernel::all_finite(R));
        CHECK(kernel::all_finite(block()) != inside);
        CHECK(kernel::all_finite(R.block(2, 3, 17, 12)) != inside);
        X(i, j) = R(i, j) = before;
      }
    }
  }
  CHECK(kernel::all_finite(X));
  CHECK(kernel::all_finite(Eigen::MatrixXd(0, 0)));
}

TEST_CASE("of a sparse matrix the stored values count, compressed or not") {
  Eigen::SparseMatrix<double> S(6, 5);
  S.insert(1, 0) = 2;
  S.insert(4, 2) = -3;
  S.insert(0, 4) = 7;
  for (const bool compressed : {false, true}) {
    if (compressed) S.makeCompressed();
    CHECK(S.isCompressed() == compressed);
    CHECK(kernel::all_finite(S));
    for (const double fault : faults<double>) {
      S.coeffRef(4, 2) = fault;
      CHECK_FALSE(kernel::all_finite(S));
      S.coeffRef(4, 2) = -3;
    }
  }
}

TEST_CASE("of some columns of a sparse matrix theirs count, and no others") {
  const Eigen::SparseMatrix<double> S = Eigen::MatrixXd::Random(5, 8).sparseView();
  for (const double fault : faults<double>) {
    for (Index j = 0; j < S.cols(); ++j) {
      Eigen::SparseMatrix<double> one_bad = S;
      one_bad.coeffRef(2, j) = fault;
      const Eigen::Ref<const Eigen::SparseMatrix<double>> middle(one_bad.middleCols(3, 4));
      CHECK(kernel::all_finite(middle) == (j < 3 || j >= 7));
    }
  }
}
