// SPDX-License-Identifier: MIT
#include "natgrad/check/derivatives.hpp"

#include "natgrad/objective/numeric_derivatives.hpp"
#include "natgrad/objective/quadratic.hpp"
#include "support/catch.hpp"

#include <Eigen/Core>

#include <array>
#include <cmath>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <string>

using namespace natgrad;

namespace {

/// f = scale·(e^{x₀} + x₀x₁² + sin(x₂) + ½x₂²x₁) + offset, of three parameters, with factors that spoil what it gives.
template <class V>
struct Bumpy {
  using Scalar = ScalarOf<V>;

  double offset = 0;
  std::array<double, 3> gradient_factor{1, 1, 1};
  Eigen::Matrix3d hessian_factor = Eigen::Matrix3d::Ones();
  double product_factor = 1;
  double fused_factor = 1;

  Scalar value(const V& x) const {
    using std::exp, std::sin;
    return exp(x[0]) + x[0] * x[1] * x[1] + sin(x[2]) + Scalar(0.5) * x[2] * x[2] * x[1] + Scalar(offset);
  }
  void gradient(const V& x, V& g) const {
    using std::cos, std::exp;
    g[0] = Scalar(gradient_factor[0]) * (exp(x[0]) + x[1] * x[1]);
    g[1] = Scalar(gradient_factor[1]) * (Scalar(2) * x[0] * x[1] + Scalar(0.5) * x[2] * x[2]);
    g[2] = Scalar(gradient_factor[2]) * (cos(x[2]) + x[2] * x[1]);
  }
  Scalar value_and_gradient(const V& x, V& g) const {
    gradient(x, g);
    g *= Scalar(fused_factor);
    return value(x);
  }
  void hessian(const V& x, SquareMatrix<V>& H) const {
    using std::exp, std::sin;
    H << exp(x[0]), Scalar(2) * x[1], Scalar(0), Scalar(2) * x[1], Scalar(2) * x[0], x[2], Scalar(0), x[2],
        x[1] - sin(x[2]);
    H = H.cwiseProduct(hessian_factor.template cast<Scalar>()).eval();
  }
  void hessian_times(const V& x, const V& v, V& Hv) const {
    SquareMatrix<V> H(3, 3);
    hessian(x, H);
    Hv = Scalar(product_factor) * (H * v);
  }
};

template <class V>
V point() {
  V x(3);
  x << ScalarOf<V>(0.4), ScalarOf<V>(-1.3), ScalarOf<V>(0.8);
  return x;
}

template <class F>
CheckReport check(const F& f) {
  return check_derivatives(f, point<Eigen::Vector3d>());
}

/// The check of that name, and its sentence in the output of a failure.
const Check& found(const CheckReport& report, const char* name) {
  const Check* check = report.find(name);
  REQUIRE(check != nullptr);
  INFO(report);
  return *check;
}

bool says(const Check& check, const std::string& words) {
  return check.sentence.find(words) != std::string::npos;
}

}  // namespace

TEMPLATE_TEST_CASE("a right objective passes in every scalar, fixed and dynamic", "", Eigen::Vector3f,
                   Eigen::Vector3d, (Eigen::Matrix<long double, 3, 1>), Eigen::VectorXd) {
  const CheckReport report = check_derivatives(Bumpy<TestType>{}, point<TestType>());
  INFO(report);
  CHECK(report.ok());
  CHECK(report.checks.size() == 7);
  for (const Check& c : report.checks) CHECK(c.sentence.empty());
}

TEMPLATE_TEST_CASE("a gradient that is wrong by a thousandth in one entry is found in every scalar", "",
                   Eigen::Vector3f, Eigen::Vector3d, (Eigen::Matrix<long double, 3, 1>)) {
  for (std::size_t i = 0; i < 3; ++i) {
    for (const double factor : {1.001, 0.999, 1.009}) {
      Bumpy<TestType> f;
      f.gradient_factor[i] = factor;
      const CheckReport report = check_derivatives(f, point<TestType>());
      const Check& gradient = found(report, "gradient");
      CHECK_FALSE(gradient.ok);
      REQUIRE(gradient.wrong.size() == 1);
      CHECK(gradient.worst.row == static_cast<Index>(i));
      CHECK(gradient.worst.given / gradient.worst.wanted == Approx(factor).epsilon(1e-4));
      CHECK(says(gradient, "wrong in one entry, (" + std::to_string(i) + ")"));
    }
  }
}

TEST_CASE("an error of 2e-5 is found, one of 5e-6 is within the tolerance, and a stricter one finds it") {
  Bumpy<Eigen::Vector3d> f;
  f.gradient_factor[1] = 1 + 2e-5;
  CHECK_FALSE(check(f).ok());
  f.gradient_factor[1] = 1 + 5e-6;
  CHECK(check(f).ok());
  CHECK_FALSE(check_derivatives(f, point<Eigen::Vector3d>(), {.tolerance = 1e-6}).ok());
}

TEST_CASE("an offset of f leaves a right Hessian right") {
  for (const double offset : {1.0, 1e3, 1e6}) {
    Bumpy<Eigen::Vector3d> f;
    f.offset = offset;
    const CheckReport report = check(f);
    INFO(report);
    CHECK(report.ok());
    f.hessian_factor(1, 2) = f.hessian_factor(2, 1) = 1.001;
    CHECK_FALSE(found(check(f), "hessian").ok);
  }
}

TEST_CASE("an offset that hides the gradient is said to hide it, and is no error") {
  Bumpy<Eigen::Vector3d> f;
  f.offset = 1e14;  // resolves f to 1/64
  const CheckReport report = check(f);
  const Check& gradient = found(report, "gradient");
  CHECK(gradient.ok);
  CHECK(gradient.resolution > 1e-3);
  CHECK(says(gradient, "Only errors above"));
}

TEST_CASE("the usual faults of a gradient are named") {
  const auto sentence = [](double factor) {
    Bumpy<Eigen::Vector3d> f;
    f.gradient_factor = {factor, factor, factor};
    return found(check(f), "gradient").sentence;
  };
  CHECK(sentence(-1).find("a minus is missing") != std::string::npos);
  CHECK(sentence(2).find("a factor 2 too many") != std::string::npos);
  CHECK(sentence(0.5).find("a factor 2 is missing") != std::string::npos);
  CHECK(sentence(0).find("it is zero") != std::string::npos);
  CHECK(sentence(1.001).find("1.001 times differences of value in every entry") != std::string::npos);
}

TEST_CASE("wrong entries of a Hessian are named by row and column") {
  Bumpy<Eigen::Vector3d> f;
  f.hessian_factor(2, 1) = 1.01;
  const CheckReport report = check(f);
  const Check& hessian = found(report, "hessian");
  REQUIRE(hessian.wrong.size() == 1);
  CHECK(hessian.worst.row == 2);
  CHECK(hessian.worst.column == 1);
  CHECK(hessian.worst.given == Approx(0.8 * 1.01));
  CHECK(hessian.worst.wanted == Approx(0.8));
  CHECK_FALSE(found(report, "hessian across the diagonal").ok);
  std::ostringstream text;
  text << report;
  CHECK(text.str().find(
            "WRONG  hessian, against differences of gradient\n         (2, 1): given 0.808, wanted 0.8")
        != std::string::npos);
}

TEST_CASE("a gradient that adds to g and a Hessian that resizes H are told in a sentence") {
  struct Adds {
    double value(const Eigen::Vector2d& x) const { return x.squaredNorm(); }
    void gradient(const Eigen::Vector2d& x, Eigen::Vector2d& g) const { g += 2 * x; }
  };
  const auto added = check_derivatives(Adds{}, Eigen::Vector2d(1, 2));
  REQUIRE(!added.ok());
  CHECK(added.first_wrong()->sentence
        == "gradient adds to what it finds in g, or leaves an entry out: write every entry with =.");
  struct Resizes {
    double value(const Eigen::VectorXd& x) const { return x.squaredNorm(); }
    void gradient(const Eigen::VectorXd& x, Eigen::VectorXd& g) const { g = 2 * x; }
    void hessian(const Eigen::VectorXd&, Eigen::MatrixXd& H) const { H = Eigen::MatrixXd::Identity(3, 3); }
  };
  const auto resized = check_derivatives(Resizes{}, Eigen::VectorXd::Ones(2));
  REQUIRE(!resized.ok());
  CHECK(resized.first_wrong()->sentence == "hessian changes the size of H: it comes as d×d, write into it.");
}

TEST_CASE("products with the Hessian are checked apart from the matrix") {
  Bumpy<Eigen::Vector3d> f;
  f.product_factor = 2;
  const CheckReport report = check(f);
  CHECK(found(report, "hessian").ok);
  CHECK(says(found(report, "hessian_times"), "a factor 2 too many"));
  CHECK(found(report, "hessian_times of a general v").ok);
}

TEST_CASE("a product that is not linear in v is found") {
  struct Squared : Bumpy<Eigen::Vector3d> {
    void hessian_times(const Eigen::Vector3d& x, const Eigen::Vector3d& v, Eigen::Vector3d& Hv) const {
      Bumpy::hessian_times(x, v, Hv);
      Hv *= v.cwiseAbs().maxCoeff();
    }
  };
  const CheckReport report = check(Squared{});
  CHECK(found(report, "hessian_times").ok);
  CHECK_FALSE(found(report, "hessian_times of a general v").ok);
}

TEST_CASE("a fused call that differs from the two calls is found") {
  Bumpy<Eigen::Vector3d> f;
  f.fused_factor = 1.001;
  const CheckReport report = check(f);
  CHECK(found(report, "gradient").ok);
  CHECK(found(report, "value of value_and_gradient").ok);
  CHECK_FALSE(found(report, "gradient of value_and_gradient").ok);
}

TEST_CASE("a wrong gradient does not put the blame on the Hessian") {
  Bumpy<Eigen::Vector3d> f;
  f.gradient_factor = {2, 2, 2};
  const CheckReport report = check(f);
  CHECK(report.first_wrong()->name == "gradient");
  CHECK(says(found(report, "hessian"), "the gradient is wrong itself"));
}

TEST_CASE(
    "an asymmetric Hessian of a quadratic is the transpose of nothing, but a transposed Jacobian is seen") {
  struct Rotation {  // ∇f is no gradient: its Jacobian is not symmetric
    double value(const Eigen::Vector2d&) const { return 0; }
    void gradient(const Eigen::Vector2d& x, Eigen::Vector2d& g) const { g << x[1], 3 * x[0]; }
    void hessian(const Eigen::Vector2d&, Eigen::Matrix2d& H) const { H << 0, 3, 1, 0; }
  };
  const CheckReport report = check_derivatives(Rotation{}, Eigen::Vector2d(1, 2));
  CHECK(says(found(report, "hessian"), "is the transpose of differences of gradient"));
}

TEST_CASE("numeric derivatives hold against the check") {
  const auto f =
      numeric_derivatives([](const Eigen::Vector3d& x) { return Bumpy<Eigen::Vector3d>{}.value(x); });
  const CheckReport report = check(f);
  INFO(report);
  CHECK(report.ok());
}

TEST_CASE("the units of x change nothing") {
  // f(x) = Σ cosh(cᵢxᵢ), x in units from 1e-8 to 1e8
  struct Scaled {
    Eigen::Vector4d c{1e8, 1, 1e-3, 1e-8};
    double factor = 1;
    double value(const Eigen::Vector4d& x) const { return c.cwiseProduct(x).array().cosh().sum(); }
    void gradient(const Eigen::Vector4d& x, Eigen::Vector4d& g) const {
      g = c.array() * c.cwiseProduct(x).array().sinh();
      g[3] *= factor;
      g[0] *= factor;
    }
  };
  const Eigen::Vector4d x(0.7e-8, -0.4, 0.9e3, 1.2e8);
  CHECK(check_derivatives(Scaled{}, x).ok());
  const CheckReport report = check_derivatives(Scaled{.factor = 1.001}, x);
  CHECK(found(report, "gradient").wrong.size() == 2);
}

TEST_CASE("a Quadratic passes with its scores and Fisher matrix, dense and as an operator") {
  Eigen::Matrix3d A;
  A << 4, 1, 0.5, 1, 3, -0.2, 0.5, -0.2, 2;
  const CheckReport report =
      check_derivatives(Quadratic{A, Eigen::Vector3d(1, -2, 0.5)}, point<Eigen::Vector3d>());
  INFO(report);
  CHECK(report.ok());
  CHECK(report.find("fisher") != nullptr);
  CHECK(report.find("mean score") != nullptr);
}

TEST_CASE("an objective that refuses its scores at run time is not wrong for that") {
  const Eigen::Matrix2d saddle = Eigen::Vector2d(1, -1).asDiagonal();
  const CheckReport report =
      check_derivatives(Quadratic{saddle, Eigen::Vector2d(1, 1)}, Eigen::Vector2d(0.5, 2));
  CHECK(report.ok());
  CHECK(says(found(report, "scores"), "the objective refuses"));
}

TEST_CASE("wrong arguments are named") {
  const Quadratic f{Eigen::Matrix3d(Eigen::Matrix3d::Identity()), Eigen::Vector3d(1, 1, 1)};
  CHECK_THROWS_AS(check_derivatives(f, Eigen::VectorXd::Ones(2).eval()), std::invalid_argument);
  CHECK_THROWS_AS(check_derivatives(f, Eigen::Vector3d(1, std::nan(""), 1)), std::invalid_argument);
  const Eigen::Vector3d x(1, 2, 3);
  CHECK_THROWS_AS(check_derivatives(f, x, {.tolerance = -1}), std::invalid_argument);
  CHECK_THROWS_AS(check_derivatives(f, x, {.false_alarm = 0}), std::invalid_argument);
  CHECK_THROWS_AS(check_derivatives(f, x, {.drawn_rows = 0}), std::invalid_argument);
}

TEST_CASE("an objective comes by reference and x as any expression") {
  const Bumpy<Eigen::VectorXd> f;
  const Eigen::VectorXd x = point<Eigen::VectorXd>();
  CHECK(check_derivatives(std::ref(f), 1.5 * x).ok());
}
