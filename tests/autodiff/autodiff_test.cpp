// SPDX-License-Identifier: MIT
#include "natgrad/autodiff/autodiff.hpp"

#include "natgrad/core/objective.hpp"
#include "support/allocations.hpp"
#include "support/catch.hpp"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

using natgrad::autodiff;
using natgrad::ScalarOf;
using natgrad::SquareMatrix;
using natgrad::test::AllocationCount;

namespace {

/// f = Σ_{i≤j} exp(−xᵢxⱼ/(i + j + 1)): every second derivative is its own number
struct Pairs {
  template <class T, int N, int O, int M>
  T operator()(const Eigen::Matrix<T, N, 1, O, M, 1>& x) const {
    using std::exp;
    T sum(0);
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      for (Eigen::Index j = i; j < x.size(); ++j)
        sum += exp(-x[i] * x[j] / weight<natgrad::JetBase<T>>(i, j));
    }
    return sum;
  }

  template <class Real>
  static Real weight(Eigen::Index i, Eigen::Index j) {
    return static_cast<Real>(i + j + 1);
  }

  /// Its derivatives by hand
  template <class V>
  static void derivatives(const V& x, V& g, SquareMatrix<V>& H) {
    using S = ScalarOf<V>;
    g.setZero();
    H.setZero();
    for (Eigen::Index i = 0; i < x.size(); ++i) {
      for (Eigen::Index j = i; j < x.size(); ++j) {
        const S w = weight<S>(i, j);
        const S e = std::exp(-x[i] * x[j] / w);
        g[i] -= e * x[j] / w;
        g[j] -= e * x[i] / w;
        H(i, i) += e * x[j] * x[j] / (w * w);
        H(j, j) += e * x[i] * x[i] / (w * w);
        H(i, j) += e * (x[i] * x[j] / w - 1) / w;
        H(j, i) += e * (x[i] * x[j] / w - 1) / w;
      }
    }
  }
};

template <class V>
V some_point(Eigen::Index size) {
  V x(size);
  for (Eigen::Index i = 0; i < size; ++i)
    x[i] = static_cast<ScalarOf<V>>(std::sin(1.0 + 2.5 * static_cast<double>(i)));
  return x;
}

/// Its derivatives by hand at x, in vectors and a matrix of dynamic size
template <class S>
struct Derivatives {
  using Vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;

  explicit Derivatives(const Vector& x) : g(x.size()), H(x.size(), x.size()) { Pairs::derivatives(x, g, H); }

  /// The largest |difference| of n numbers
  static S distance(const S* a, const S* b, Eigen::Index n) {
    S most(0);
    for (Eigen::Index i = 0; i < n; ++i) most = std::max(most, std::abs(a[i] - b[i]));
    return most;
  }

  Vector g;
  SquareMatrix<Vector> H;
};

/// All members of autodiff(Pairs{}) against the derivatives by hand, to a few roundings of sums of up to 2·10 terms ≤ 3
template <class V>
void check_members(Eigen::Index size) {
  using S = ScalarOf<V>;
  const auto f = autodiff(Pairs{});
  static_assert(natgrad::HasValue<decltype(f), V>);
  static_assert(natgrad::HasGradient<decltype(f), V>);
  static_assert(natgrad::HasValueAndGradient<decltype(f), V>);
  static_assert(natgrad::HasHessian<decltype(f), V>);
  static_assert(natgrad::HasHessianTimes<decltype(f), V>);
  const S tolerance = 100 * std::numeric_limits<S>::epsilon();
  const V x = some_point<V>(size);
  V v(size), g(size), Hv(size);
  for (Eigen::Index i = 0; i < size; ++i) v[i] = static_cast<S>(i) - 1;
  SquareMatrix<V> H(size, size);
  const Derivatives<S> exact(x);
  const typename Derivatives<S>::Vector exact_Hv = exact.H * v;
  const auto distance = Derivatives<S>::distance;

  CHECK(f.value(x) == Pairs{}(x));
  f.gradient(x, g);
  CHECK(distance(g.data(), exact.g.data(), size) <= tolerance);
  for (Eigen::Index i = 0; i < size; ++i) g[i] = 0;
  CHECK(f.value_and_gradient(x, g) == f.value(x));
  CHECK(distance(g.data(), exact.g.data(), size) <= tolerance);
  f.hessian(x, H);
  CHECK(distance(H.data(), exact.H.data(), size * size) <= tolerance);
  bool symmetric = true;
  for (Eigen::Index i = 0; i < size; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) symmetric = symmetric && H(i, j) == H(j, i);
  }
  CHECK(symmetric);
  f.hessian_times(x, v, Hv);
  CHECK(distance(Hv.data(), exact_Hv.data(), size) <= 2 * static_cast<S>(size) * tolerance);
  f.hessian_diagonal(x, Hv);
  const typename Derivatives<S>::Vector exact_diagonal = exact.H.diagonal();
  CHECK(distance(Hv.data(), exact_diagonal.data(), size) <= tolerance);
}

template <class S>
void check_all_shapes() {
  check_members<Eigen::Matrix<S, 1, 1>>(1);
  check_members<Eigen::Matrix<S, 2, 1>>(2);
  check_members<Eigen::Matrix<S, 4, 1>>(4);
  check_members<Eigen::Matrix<S, 5, 1>>(5);  // cut in 3 + 2
  check_members<Eigen::Matrix<S, 9, 1>>(9);  // cut in 3 + 3 + 3
  check_members<Eigen::Matrix<S, Eigen::Dynamic, 1, 0, 6, 1>>(5);
  for (const Eigen::Index size : {1, 3, 4, 5, 8, 10})
    check_members<Eigen::Matrix<S, Eigen::Dynamic, 1>>(size);
}

}  // namespace

TEST_CASE("float: gradient, Hessian and product agree with derivatives by hand for every shape of x") {
  check_all_shapes<float>();
}

TEST_CASE("double: gradient, Hessian and product agree with derivatives by hand for every shape of x") {
  check_all_shapes<double>();
}

TEST_CASE("long double: gradient, Hessian and product agree with derivatives by hand for every shape of x") {
  check_all_shapes<long double>();
}

TEST_CASE("a quadratic is differentiated without rounding") {
  const auto f =
      autodiff([](const auto& x) { return 3 * x[0] * x[0] - 2 * x[0] * x[1] + 5 * x[1] * x[1] + x[0]; });
  const Eigen::Vector2d x(4, -2);
  Eigen::Vector2d g;
  Eigen::Matrix2d H;
  CHECK(f.value_and_gradient(x, g) == 48 + 16 + 20 + 4);
  f.hessian(x, H);
  CHECK(g == Eigen::Vector2d(24 + 4 + 1, -8 - 20));
  CHECK(H == (Eigen::Matrix2d() << 6, -2, -2, 10).finished());
}

TEST_CASE("a generic lambda may use Eigen expressions and real data") {
  Eigen::MatrixXd A(3, 2);
  A << 1, 2, 3, 4, 5, 6;
  const Eigen::VectorXd b = Eigen::Vector3d(1, -1, 2);
  const auto f = autodiff([&](const auto& x) { return 0.5 * (A * x - b).squaredNorm(); });
  const Eigen::VectorXd x = Eigen::Vector2d(0.5, -1);
  Eigen::VectorXd g(2);
  Eigen::MatrixXd H(2, 2);
  f.gradient(x, g);
  f.hessian(x, H);
  CHECK(g.isApprox(A.transpose() * (A * x - b), 1e-14));
  CHECK(H.isApprox(A.transpose() * A, 1e-14));
}

TEST_CASE("a function may branch on x and ignore part of it") {
  const auto f = autodiff([](const auto& x) {
    using std::max;
    return x[0] > 0 ? x[0] * x[0] : max(-x[0], 0.5);
  });
  Eigen::Vector3d g;
  f.gradient(Eigen::Vector3d(3, 1, 1), g);
  CHECK(g == Eigen::Vector3d(6, 0, 0));
  f.gradient(Eigen::Vector3d(-3, 1, 1), g);
  CHECK(g == Eigen::Vector3d(-1, 0, 0));
  f.gradient(Eigen::Vector3d(-0.1, 1, 1), g);
  CHECK(g == Eigen::Vector3d(0, 0, 0));
}

TEST_CASE("a constant function has zero derivatives") {
  const auto f = autodiff([](const auto&) { return 2.5; });
  Eigen::Vector2d g;
  Eigen::Matrix2d H;
  CHECK(f.value_and_gradient(Eigen::Vector2d(1, 2), g) == 2.5);
  f.hessian(Eigen::Vector2d(1, 2), H);
  CHECK(g.isZero(0));
  CHECK(H.isZero(0));
}

TEST_CASE("an overflow shows as an infinite or NaN derivative and not as an exception") {
  const auto f = autodiff([](const auto& x) {
    using std::exp;
    return exp(x[0]);
  });
  Eigen::Matrix<double, 1, 1> x(800), g;
  CHECK(std::isinf(f.value_and_gradient(x, g)));
  CHECK_FALSE(std::isfinite(g[0]));
}

TEST_CASE("nothing is allocated for an x of fixed size") {
  const auto f = autodiff(Pairs{});
  using V = Eigen::Matrix<double, 7, 1>;
  const V x = some_point<V>(7);
  V g, Hv;
  SquareMatrix<V> H;
  const AllocationCount allocations;
  double value = f.value(x);
  value += f.value_and_gradient(x, g);
  f.hessian(x, H);
  f.hessian_times(x, g, Hv);
  const std::size_t count = allocations.count();
  CHECK(count == 0);
  CHECK(std::isfinite(value));
}

TEST_CASE("an output of the wrong size is an invalid argument that is named") {
  const auto f = autodiff(Pairs{});
  const Eigen::VectorXd x = Eigen::VectorXd::Ones(3);
  Eigen::VectorXd right(3), wrong(2);
  Eigen::MatrixXd H(3, 2);
  CHECK_THROWS_AS(f.gradient(x, wrong), std::invalid_argument);
  CHECK_THROWS_AS(f.value_and_gradient(x, wrong), std::invalid_argument);
  CHECK_THROWS_AS(f.hessian(x, H), std::invalid_argument);
  CHECK_THROWS_AS(f.hessian_times(x, wrong, right), std::invalid_argument);
  CHECK_THROWS_AS(f.hessian_times(x, right, wrong), std::invalid_argument);
  try {
    f.gradient(x, wrong);
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()) == "natgrad::autodiff: g has 2 rows; x has 3");
  }
}
