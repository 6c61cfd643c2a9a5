// SPDX-License-Identifier: MIT
// A search that finds no step is made again without what it took for granted, and no run calls a slope a minimum.
#include "natgrad/core/minimize.hpp"
#include "natgrad/objective/function.hpp"
#include "natgrad/objective/gaussian.hpp"
#include "natgrad/objective/least_squares.hpp"
#include "natgrad/objective/quadratic.hpp"
#include "natgrad/objective/random.hpp"
#include "natgrad/optimizer/gradient_descent.hpp"
#include "natgrad/optimizer/limited_memory_bfgs.hpp"
#include "natgrad/optimizer/natural_gradient.hpp"
#include "natgrad/optimizer/newton.hpp"
#include "natgrad/step/armijo.hpp"
#include "natgrad/step/hager_zhang.hpp"
#include "natgrad/step/strong_wolfe.hpp"
#include "natgrad/step/trust_region.hpp"
#include "support/catch.hpp"

#include <Eigen/LU>

#include <cmath>

namespace natgrad::test {

namespace {

using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

/// QΛQᵀ with eigenvalues from 1 to condition, equally spaced in their logarithms; Q of three reflections
MatrixXd with_condition(Index d, double condition, std::uint64_t seed) {
  MatrixXd A = MatrixXd::Zero(d, d);
  for (Index i = 0; i < d; ++i) A(i, i) = std::pow(condition, double(i) / double(d - 1));
  IndexedRandom random(seed, 0);
  for (int k = 0; k < 3; ++k) {
    VectorXd u(d);
    for (Index i = 0; i < d; ++i) u[i] = random.normal();
    const MatrixXd reflection = MatrixXd::Identity(d, d) - 2 / u.squaredNorm() * u * u.transpose();
    A = (reflection * A * reflection).eval();
  }
  return 0.5 * (A + A.transpose());
}

}  // namespace

TEST_CASE("L-BFGS ends at the minimum of a quadratic whose terms cancel, and knows it") {
  // f is off by up to ε|x|ᵀ|A||x|, far more than ε|f| says: the noise has to be measured.
  for (const Index d : {5, 10, 20}) {
    int converged = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const MatrixXd A = with_condition(d, 1e6, seed);
      VectorXd likely(d);
      IndexedRandom random(seed, 1);
      for (Index i = 0; i < d; ++i) likely[i] = random.normal();
      const VectorXd best = with_condition(d, 1e-6, seed) * likely;  // A⁻¹: large where A is small
      const VectorXd b = A * best;
      const auto r = minimize(Quadratic{A, b}, VectorXd(VectorXd::Zero(d)), LimitedMemoryBfgs{});
      const VectorXd off = r.x - best;
      CAPTURE(d, seed, r);
      CHECK(r.usable());
      CHECK(off.dot(A * off) <= 1e-9 * best.dot(b));
      converged += r.converged();
    }
    if (d == 5) CHECK(converged >= 19);
  }
}

TEST_CASE("without curvature a run looks along −∇f as far as x is large before it ends") {
  // The steep variable makes α 1e-10, and nothing along so short a step shows: 1e10 goes to the minimum.
  const auto value = [](const VectorXd& x) { return 0.5 * (1e10 * x[0] * x[0] + 1e-10 * x[1] * x[1]); };
  const auto gradient = [](const VectorXd& x, VectorXd& g) { g << 1e10 * x[0], 1e-10 * x[1]; };
  for (const double y : {1e5, 3e7, -1e5}) {
    const auto result = minimize(function(value, gradient), VectorXd{{1, y}}, GradientDescent{});
    INFO(result);
    CHECK(result.usable());
    CHECK(result.value <= 1e-12 * value(VectorXd{{0, y}}));
  }
}

TEST_CASE("a length that the last step made absurd is dropped") {
  for (const int power : {8, 12}) {
    const auto f =
        function([=](const VectorXd& x) { return std::pow(x[0] - 1, power); },
                 [=](const VectorXd& x, VectorXd& g) { g[0] = power * std::pow(x[0] - 1, power - 1); });
    for (double x0 = -10; x0 > -1e6; x0 *= 1.7) {
      const auto check = [&](const auto& optimizer) {
        const auto r = minimize(f, VectorXd{{x0}}, optimizer);
        CAPTURE(power, x0, r);
        CHECK(r.usable());
        CHECK(r.value < 1e-6);
      };
      check(GradientDescent{StrongWolfe{}});
      check(GradientDescent{Armijo{}});
      check(LimitedMemoryBfgs{});
    }
  }
}

TEST_CASE("Newton's direction of 1e16 … 1e259, where curvature vanishes, is cut to the size of x") {
  const auto f =
      function([](const VectorXd& x) { return std::abs(x[0]) + std::log1p(std::exp(-2 * std::abs(x[0]))); },
               [](const VectorXd& x, VectorXd& g) { g[0] = std::tanh(x[0]); },
               [](const VectorXd& x, MatrixXd& H) { H(0, 0) = std::pow(std::cosh(x[0]), -2); });
  for (const double x0 : {20.0, 50.0, 100.0, 300.0}) {
    const auto check = [&](const auto& optimizer) {
      const auto r = minimize(f, VectorXd{{x0}}, optimizer);
      CAPTURE(x0, r);
      CHECK(r.usable());
      CHECK(std::abs(r.x[0]) < 1e-6);
    };
    check(Newton{});
    check(Newton{HagerZhang{}});
    check(Newton{Armijo{}});
    check(Newton{TrustRegion{}});
    check(Newton{TrustRegion{}, ConjugateGradient{}});
  }
}

TEST_CASE("a gradient of 2e6 is no minimum, however little the metric promises") {
  // Powell's badly scaled function (1970), Σr²: f = 1 at (0, 100), and less than 1e-7 at (1e-6, 100)
  const auto f = function(
      [](const Vector2d& x) {
        const double r = 1e4 * x[0] * x[1] - 1, s = std::exp(-x[0]) + std::exp(-x[1]) - 1.0001;
        return r * r + s * s;
      },
      [](const Vector2d& x, Vector2d& g) {
        const double r = 1e4 * x[0] * x[1] - 1, s = std::exp(-x[0]) + std::exp(-x[1]) - 1.0001;
        g << 2e4 * r * x[1] - 2 * s * std::exp(-x[0]), 2e4 * r * x[0] - 2 * s * std::exp(-x[1]);
      },
      [](const Vector2d& x, Eigen::Matrix2d& H) {
        const double r = 1e4 * x[0] * x[1] - 1, s = std::exp(-x[0]) + std::exp(-x[1]) - 1.0001;
        const double p = std::exp(-x[0]), q = std::exp(-x[1]);
        const double cross = 2e8 * x[0] * x[1] + 2e4 * r + 2 * p * q;
        H << 2e8 * x[1] * x[1] + 2 * p * p + 2 * s * p, cross, cross,
            2e8 * x[0] * x[0] + 2 * q * q + 2 * s * q;
      });
  const auto check = [&](const auto& optimizer) {
    const auto r = minimize(f, Vector2d{0, 100}, optimizer);
    CAPTURE(r);
    CHECK(r.value < 1e-7);
  };
  check(Newton{});
  check(Newton{Armijo{}});
  check(Newton{HagerZhang{}});
}

TEST_CASE("least squares that lose a column of J at the minimum are not called done on the slope") {
  // rᵢ = x₀²zᵢ + x₁ − yᵢ, least at x₀ = 0 and x₁ the mean of y
  constexpr Index n = 20;
  VectorXd z(n), y(n);
  for (Index i = 0; i < n; ++i) {
    z[i] = 1.5 * std::cos(1.7 * double(i));
    y[i] = 0.3 * std::sin(5.0 * double(i)) - z[i];
  }
  const LeastSquares f(
      n, [&](const Vector2d& x, VectorXd& r) { r = (x[0] * x[0] * z - y).array() + x[1]; },
      [&](const Vector2d& x, Eigen::Matrix<double, Eigen::Dynamic, 2>& J) {
        J.col(0) = 2 * x[0] * z;
        J.col(1).setOnes();
      });
  const double least = f.value(Vector2d{0, y.mean()});
  for (double a = 0.1; a < 2; a += 0.3) {
    for (double b = -1; b < 2; b += 0.5) {
      const auto check = [&](const auto& optimizer) {
        const auto r = minimize(f, Vector2d{a, b}, optimizer);
        CAPTURE(a, b, r);
        if (r.usable()) CHECK(r.value <= least + 1e-5);
      };
      check(NaturalGradient{});
      check(NaturalGradient{TrustRegion{}});
      check(NaturalGradient{ExpectedFisher{}, HagerZhang{}});
    }
  }
}

TEST_CASE(
    "a normal distribution of spread 1000, from N(0, I) in natural parameters, is seldom called fitted far "
    "off") {
  int false_usable = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Index n = 12 + Index(seed) % 40;
    MatrixXd A(3, 3), Y(n, 3);
    IndexedRandom mixing(seed, 1000);
    for (Index i = 0; i < 9; ++i) A.data()[i] = 2 * mixing.uniform() - (i % 4 == 0 ? 0 : 1);
    for (Index i = 0; i < n; ++i) {
      IndexedRandom random(seed, static_cast<std::uint64_t>(i));
      for (Index j = 0; j < 3; ++j) Y(i, j) = 2 * random.uniform() - 1;
    }
    Y = (Y * A * (seed % 2 == 1 ? 1000 : 100)).eval();
    const MatrixXd C = Y.rowwise() - Y.colwise().mean();
    const MatrixXd S = C.transpose() * C / double(n);
    const double least = 0.5 * std::log(S.determinant()) + 1.5 * (1 + std::log(2 * std::acos(-1.0)));
    const GaussianLikelihood f{NaturalParameters{}, Y};
    const auto r =
        minimize(f, f.parameters(VectorXd::Zero(3), MatrixXd::Identity(3, 3)), LimitedMemoryBfgs{});
    false_usable += r.usable() && r.value - least > 1e-6 * std::abs(least);
  }
  CHECK(false_usable <= 15);  // 11; L-BFGS has no curvature to know it by. 21 without the look at ∇f
}

TEST_CASE("a start where the matrix is huge does not hold a parameter for ever") {
  // Two exponentials and a constant: the rate −15 makes an entry of D e^{261} times what it is at the minimum.
  constexpr int n = 30;
  const auto r = [](const VectorXd& x, VectorXd& out) {
    for (int i = 0; i < n; ++i) {
      const double t = 0.3 * i;
      out[i] = x[0] * std::exp(-x[1] * t) + x[2] * std::exp(-x[3] * t) + x[4]
             - (5 * std::exp(-0.9 * t) + 2 * std::exp(-0.12 * t) + 0.5 + 0.01 * std::sin(5.0 * i));
    }
  };
  const auto J = [](const VectorXd& x, MatrixXd& out) {
    for (int i = 0; i < n; ++i) {
      const double t = 0.3 * i, first = std::exp(-x[1] * t), second = std::exp(-x[3] * t);
      out.row(i) << first, -t * x[0] * first, second, -t * x[2] * second, 1;
    }
  };
  const LeastSquares f{n, r, J};
  for (const double rate : {-8.0, -15.0}) {
    const auto end = minimize(f, VectorXd{{1, rate, 1, 20, 0}}, NaturalGradient{});
    INFO(end);
    CHECK(end.status == Status::converged);
    CHECK(end.value < 1e-4);
  }
}

TEST_CASE("a start where f is huge does not make a slope a minimum") {
  // f(x0) = 1e29: nothing that is left to gain is much beside it. A decay that ends in the valley of straight lines, f = 0.67.
  constexpr int n = 25;
  const auto r = [](const VectorXd& x, VectorXd& out) {
    for (int i = 0; i < n; ++i)
      out[i] = x[0] * std::exp(-x[1] * i) + x[2] - (10 * std::exp(-0.15 * i) + 1 + 0.1 * std::sin(7.0 * i));
  };
  const auto J = [](const VectorXd& x, MatrixXd& out) {
    for (int i = 0; i < n; ++i) {
      const double e = std::exp(-x[1] * i);
      out.row(i) << e, -i * x[0] * e, 1;
    }
  };
  const LeastSquares f{n, r, J};
  for (const VectorXd& x0 : {VectorXd{{1, -1.5, 5}}, VectorXd{{10, -1.5, 0}}, VectorXd{{1, -2, 0}}}) {
    const auto end = minimize(f, x0, NaturalGradient{});
    INFO(end);
    CHECK((!end.usable() || end.value < 0.68));
    CHECK(end.value < 3.4);
  }
}

TEST_CASE("a search that met the edge of the domain once is not cut there for ever") {
  // Σ aᵢx − bᵢlog x with Σ aᵢ = Σ bᵢ: the gradient cancels at 1 and is not 0
  const auto f = function(
      [](const VectorXd& x) {
        double sum = 0;
        for (int i = 1; i < 20; ++i) sum += std::sqrt(i) * x[0] - std::sqrt(20 - i) * std::log(x[0]);
        return sum;
      },
      [](const VectorXd& x, VectorXd& g) {
        g[0] = 0;
        for (int i = 1; i < 20; ++i) g[0] += std::sqrt(i) - std::sqrt(20 - i) / x[0];
      },
      [](const VectorXd& x, MatrixXd& H) {
        H(0, 0) = 0;
        for (int i = 1; i < 20; ++i) H(0, 0) += std::sqrt(20 - i) / (x[0] * x[0]);
      });
  const auto check = [&](const auto& optimizer) {
    const auto r = minimize(f, VectorXd{{30.0}}, optimizer, StopWhen{.gradient_norm = 0});
    CAPTURE(r);
    CHECK(r.usable());
    CHECK(std::abs(r.x[0] - 1) < 1e-7);
  };
  check(Newton{Armijo{}});
  check(Newton{HagerZhang{}});
  check(LimitedMemoryBfgs{});
  check(GradientDescent{Armijo{}});
}

TEST_CASE("where f rises before it overflows there is no edge of the domain") {
  // A Poisson regression on columns of 1e9: long steps overflow, and the last ones promise less than f can resolve.
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    IndexedRandom random(seed, 0);
    const Index n = 50;
    MatrixXd D = MatrixXd::Ones(n, 4);
    for (double& x : D.leftCols(3).reshaped()) x = 1e9 * random.normal();
    VectorXd y(n);
    for (double& count : y) count = std::floor(4 * random.uniform());
    const auto mean = [&](const VectorXd& x) { return VectorXd((D * x).array().exp()); };
    const auto f =
        function([&](const VectorXd& x) { return (mean(x) - y.cwiseProduct(D * x)).mean(); },
                 [&](const VectorXd& x, VectorXd& g) { g = D.transpose() * (mean(x) - y) / n; },
                 [&](const VectorXd& x, MatrixXd& H) { H = D.transpose() * mean(x).asDiagonal() * D / n; });
    const auto first = minimize(f, VectorXd::Zero(4), Newton{TrustRegion{}});
    const auto again = minimize(f, first.x, Newton{TrustRegion{}});
    CAPTURE(seed, first, again);
    CHECK(first.usable());
    CHECK(again.usable());
  }
}

TEST_CASE("a trust region that grows until its square overflows still tells that f has no minimum") {
  const auto f = function([](const VectorXd& x) { return -x.squaredNorm(); },
                          [](const VectorXd& x, VectorXd& g) { g = -2 * x; },
                          [](const VectorXd&, MatrixXd& H) { H = -2 * MatrixXd::Identity(1, 1); });
  for (const double x0 : {1.0, 1e-8, 1e8}) {
    const auto r = minimize(f, VectorXd{{x0}}, Newton{TrustRegion{}, ConjugateGradient{}});
    CAPTURE(x0, r);
    CHECK(r.status == Status::unbounded);
  }
}

}  // namespace natgrad::test
