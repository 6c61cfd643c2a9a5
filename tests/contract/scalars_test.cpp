// SPDX-License-Identifier: MIT
/// The same runs in float, in long double, in a scalar that converts to nothing by itself, and in vectors of a bounded size.
#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <limits>
#include <ostream>

namespace {

/// A double that neither comes from a number nor becomes one unless asked.
class Strict {
 public:
  Strict() = default;
  explicit Strict(double v) : v_(v) {}
  explicit Strict(int v) : v_(v) {}
  explicit operator double() const { return v_; }

  Strict operator-() const { return Strict(-v_); }
  friend Strict operator+(Strict a, Strict b) { return Strict(a.v_ + b.v_); }
  friend Strict operator-(Strict a, Strict b) { return Strict(a.v_ - b.v_); }
  friend Strict operator*(Strict a, Strict b) { return Strict(a.v_ * b.v_); }
  friend Strict operator/(Strict a, Strict b) { return Strict(a.v_ / b.v_); }
  Strict& operator+=(Strict b) { return *this = *this + b; }
  Strict& operator-=(Strict b) { return *this = *this - b; }
  Strict& operator*=(Strict b) { return *this = *this * b; }
  Strict& operator/=(Strict b) { return *this = *this / b; }
  friend bool operator==(Strict a, Strict b) { return a.v_ == b.v_; }
  friend bool operator!=(Strict a, Strict b) { return a.v_ != b.v_; }
  friend bool operator<(Strict a, Strict b) { return a.v_ < b.v_; }
  friend bool operator<=(Strict a, Strict b) { return a.v_ <= b.v_; }
  friend bool operator>(Strict a, Strict b) { return a.v_ > b.v_; }
  friend bool operator>=(Strict a, Strict b) { return a.v_ >= b.v_; }
  friend Strict sqrt(Strict a) { return Strict(std::sqrt(a.v_)); }
  friend Strict abs(Strict a) { return Strict(std::abs(a.v_)); }
  friend bool isfinite(Strict a) { return std::isfinite(a.v_); }
  friend std::ostream& operator<<(std::ostream& out, Strict a) { return out << a.v_; }

 private:
  double v_ = 0;
};

}  // namespace

template <>
struct std::numeric_limits<Strict> : std::numeric_limits<double> {
  static Strict infinity() { return Strict(std::numeric_limits<double>::infinity()); }
  static Strict quiet_NaN() { return Strict(std::numeric_limits<double>::quiet_NaN()); }
  static Strict max() { return Strict(std::numeric_limits<double>::max()); }
  static Strict min() { return Strict(std::numeric_limits<double>::min()); }
  static Strict lowest() { return Strict(std::numeric_limits<double>::lowest()); }
  static Strict epsilon() { return Strict(std::numeric_limits<double>::epsilon()); }
};

template <>
struct Eigen::NumTraits<Strict> : Eigen::GenericNumTraits<Strict> {
  using Real = Strict;
  using NonInteger = Strict;
  using Nested = Strict;
  static Strict epsilon() { return Strict(std::numeric_limits<double>::epsilon()); }
  static Strict dummy_precision() { return Strict(1e-12); }
  static Strict highest() { return Strict(std::numeric_limits<double>::max()); }
  static Strict lowest() { return Strict(std::numeric_limits<double>::lowest()); }
  static int digits10() { return 15; }
  enum {
    IsInteger = 0,
    IsSigned = 1,
    IsComplex = 0,
    RequireInitialization = 0,
    ReadCost = 1,
    AddCost = 1,
    MulCost = 1
  };
};

namespace {

using namespace natgrad;

/// Rosenbrock's valley in any scalar and any vector.
template <class V>
struct Valley {
  using T = typename V::Scalar;
  T value(const V& x) const {
    const T u = x[1] - x[0] * x[0], v = T(1) - x[0];
    return T(100) * u * u + v * v;
  }
  void gradient(const V& x, V& g) const {
    const T u = x[1] - x[0] * x[0];
    g[0] = T(-400) * x[0] * u - T(2) * (T(1) - x[0]);
    g[1] = T(200) * u;
  }
  void hessian(const V& x, SquareMatrix<V>& H) const {
    H(0, 0) = T(1200) * x[0] * x[0] - T(400) * x[1] + T(2);
    H(0, 1) = H(1, 0) = T(-400) * x[0];
    H(1, 1) = T(200);
  }
};

template <class V>
V start() {
  V x(2);
  x[0] = typename V::Scalar(-1.2);
  x[1] = typename V::Scalar(1.0);
  return x;
}

template <class V, class Optimizer>
Result<V> run(const Optimizer& optimizer) {
  return minimize(Valley<V>{}, start<V>(), optimizer);
}

/// Every kind of optimizer ends within `error` of (1, 1).
template <class V>
void check_valley(double error) {
  const auto check = [&](const char* name, const Result<V>& r) {
    INFO(name << ": " << r);
    CHECK(r.usable());
    CHECK(std::abs(static_cast<double>(r.x[0]) - 1) <= error);
    CHECK(std::abs(static_cast<double>(r.x[1]) - 1) <= 2 * error);
    CHECK(r.value == Valley<V>{}.value(r.x));
  };
  check("LimitedMemoryBfgs", run<V>(LimitedMemoryBfgs{}));
  check("Newton", run<V>(Newton{}));
  check("Newton{TrustRegion}", run<V>(Newton{TrustRegion{}}));
  check("Newton{StrongWolfe}", run<V>(Newton{StrongWolfe{}}));
}

}  // namespace

TEST_CASE("float ends where float ends") {
  // f is flat to 0.4·error² along the valley, and resolves 1e-7·f; the default gradient tolerance is 2e-4
  check_valley<Eigen::Vector2f>(2e-3);
  check_valley<Eigen::VectorXf>(2e-3);
}

TEST_CASE("long double is more exact than double") {
  check_valley<Eigen::Matrix<long double, 2, 1>>(1e-8);
  using V = Eigen::Matrix<long double, Eigen::Dynamic, 1>;
  const auto r = minimize(Valley<V>{}, start<V>(), Newton{}, StopWhen{.gradient_norm = 1e-17});
  INFO(r);
  CHECK(r.usable());
  CHECK(std::abs(r.x[0] - 1) < 1e-17L);
}

TEST_CASE("a vector of at most eight entries is as good as any") {
  using V = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 8, 1>;
  check_valley<V>(1e-8);
  const auto bounded = run<V>(Newton{});
  const auto dynamic = run<Eigen::VectorXd>(Newton{});
  CHECK(bounded.x[0] == dynamic.x[0]);
  CHECK(bounded.counts == dynamic.counts);
}

TEST_CASE("a scalar without implicit conversions takes the same steps as double") {
  using V = Eigen::Matrix<Strict, 2, 1>;
  const auto strict = run<V>(LimitedMemoryBfgs{});
  const auto plain = run<Eigen::Vector2d>(LimitedMemoryBfgs{});
  CHECK(strict.usable());
  CHECK(strict.counts == plain.counts);
  CHECK(static_cast<double>(strict.x[0]) == Approx(plain.x[0]).epsilon(1e-12));
  const auto newton = run<V>(Newton{});
  CHECK(newton.usable());
  CHECK(static_cast<double>(newton.x[1]) == Approx(1).epsilon(1e-8));
  CHECK(run<V>(GradientDescent{BarzilaiBorwein{}}).usable());
}
