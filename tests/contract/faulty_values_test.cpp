// SPDX-License-Identifier: MIT
/// Functions that are noisy, not smooth, badly scaled or singular: each run ends within its limits and tells the truth.
#include "contract/each_optimizer.hpp"
#include "support/algebra.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Uniform in ±size, another at every call.
std::function<double()> noise_of(double size) {
  auto calls = std::make_shared<std::uint64_t>(0);
  return [=] { return size * (2 * IndexedRandom(17, ++*calls).uniform() - 1); };
}

}  // namespace

TEST_CASE("a value with noise of 1e-8 or 1e-3 ends the run within its limits, near the minimum") {
  for (const double size : {1e-8, 1e-3}) {
    AnyFunction f = bowl(VectorXd{{1, 4}});
    f.value_at = [exact = f.value_at, noise = noise_of(size)](const VectorXd& x) {
      return 1 + exact(x) + noise();
    };
    f.gradient_at = [exact = f.gradient_at, noise = noise_of(size)](const VectorXd& x, VectorXd& g) {
      exact(x, g);
      g[0] += noise();
    };
    with_each(f, VectorXd{{3, -2}}, {.max_iterations = 500, .max_evaluations = 5000}, [&](const auto& r) {
      CHECK(r.x.allFinite());
      CHECK(r.value <= 1 + 12.5 + size);
      CHECK(r.counts.values <= 5000);
      CHECK((r.status != Status::unbounded && r.status != Status::not_finite
             && r.status != Status::stationary));
      // f resolves ½x² to twice its noise; 10 for a search that believed a lucky draw
      CHECK(r.x.norm() <= 10 * std::sqrt(4 * size));
    });
  }
}

TEST_CASE("a value rounded to float ends the run where float ends, and no step limit is needed") {
  AnyFunction f = bowl(VectorXd{{1, 4}});
  f.value_at = [exact = f.value_at](const VectorXd& x) {
    return static_cast<double>(static_cast<float>(1 + exact(x)));
  };
  with_each(f, VectorXd{{3, -2}}, {.max_iterations = 2000}, [](const auto& r) {
    CHECK(r.status != Status::max_iterations);
    CHECK(r.x.norm() <= 10 * std::sqrt(2 * 6e-8));  // the gradient is exact, f is known to 6e-8
  });
}

TEST_CASE("|x|, max(x, 0)² and a staircase end within the limits, no higher than they began") {
  const auto sign = [](double a) { return a < 0 ? -1.0 : 1.0; };
  const AnyFunction kink{[](const VectorXd& x) { return x.cwiseAbs().sum(); },
                         [=](const VectorXd& x, VectorXd& g) { g = x.unaryExpr(sign); },
                         [](const VectorXd&, MatrixXd& H) { H.setZero(); }};
  const AnyFunction half{
      [](const VectorXd& x) { return x.cwiseMax(0).squaredNorm(); },
      [](const VectorXd& x, VectorXd& g) { g = 2 * x.cwiseMax(0); },
      [](const VectorXd& x, MatrixXd& H) { H = VectorXd(2 * (x.array() > 0).cast<double>()).asDiagonal(); }};
  const AnyFunction stairs{[](const VectorXd& x) { return x.array().floor().abs().sum(); },
                           [](const VectorXd&, VectorXd& g) { g.setOnes(); }};
  const VectorXd x0{{1.3, 2.6}};
  for (const AnyFunction* f : {&kink, &half, &stairs}) {
    with_each(*f, x0, {.max_iterations = 300, .max_evaluations = 3000}, [&](const auto& r) {
      CHECK(r.value <= f->value(x0));
      CHECK(r.value == f->value(r.x));
      CHECK(r.x.allFinite());
    });
  }
  with_each(half, x0, {}, [](const auto& r) {
    CHECK(r.converged());
    CHECK(r.value <= 1e-15);
  });
}

TEST_CASE("an x0 of −0, of denormal numbers or of 1e150 is a start like another") {
  const VectorXd c{{1, 4}};
  for (const double size : {-0.0, 5e-324, 1e-310, 1e150}) {
    with_each(bowl(c), VectorXd{{size, -size}}, {}, [](const auto& r) { CHECK(r.usable()); });
  }
  with_each(bowl(c), VectorXd{{1e308, 1}}, {}, [](const auto& r) {
    CHECK(r.status == Status::not_finite);
    CHECK(r.x == VectorXd{{1e308, 1}});
  });
}

TEST_CASE("f = −∞ or NaN beyond a wall is backed away from, and −∞ is called unbounded") {
  AnyFunction wall = bowl(VectorXd{{1, 4}});
  wall.value_at = [exact = wall.value_at](const VectorXd& x) { return x[0] < 2 ? std::nan("") : exact(x); };
  with_each(wall, VectorXd{{3, -2}}, {.max_iterations = 500}, [&](const auto& r) {
    CHECK(r.x[0] >= 2);
    CHECK(r.value <= 12.5);
    CHECK(!r.converged());
  });
  AnyFunction cliff = wall;
  cliff.value_at = [exact = bowl(VectorXd{{1, 4}}).value_at](const VectorXd& x) {
    return x[0] < 2 ? -kInfinity : exact(x);
  };
  with_each(cliff, VectorXd{{3, -2}}, {.max_iterations = 500}, [](const auto& r) {
    CHECK(r.status == Status::unbounded);
    CHECK(std::isfinite(r.value));
  });
}

TEST_CASE("a Hessian that is not symmetric is read from its lower triangle, with the same answer") {
  AnyFunction f = bowl(VectorXd{{1, 4}});
  const auto symmetric = minimize(f, VectorXd{{3, -2}}, Newton{});
  f.hessian_at = [](const VectorXd&, MatrixXd& H) { H << 1, 99, 0, 4; };
  const auto skew = minimize(f, VectorXd{{3, -2}}, Newton{});
  CHECK(skew.converged());
  CHECK(skew.x == symmetric.x);
  CHECK(skew.message.contains("write the lower triangle"));
}

TEST_CASE("a Hessian of rank one, with a zero row, or zero everywhere stops no optimizer") {
  // ½(x₀ + 2x₁ − 3)² + ⅓|x₂|³: rank 1 beside a curvature that vanishes at the minimum
  const VectorXd a{{1, 2, 0}};
  const AnyFunction f{
      [=](const VectorXd& x) { return 0.5 * std::pow(a.dot(x) - 3, 2) + std::pow(std::abs(x[2]), 3) / 3; },
      [=](const VectorXd& x, VectorXd& g) {
        g = (a.dot(x) - 3) * a;
        g[2] += x[2] * std::abs(x[2]);
      },
      [=](const VectorXd& x, MatrixXd& H) {
        H = a * a.transpose();
        H(2, 2) += 2 * std::abs(x[2]);
      }};
  for (const VectorXd& x0 : {VectorXd{{4, -1, 2}}, VectorXd{{4, -1, 0}}, VectorXd{{0, 0, 0}}}) {
    with_each(f, x0, {}, [&](const auto& r) {
      CHECK(
          (r.usable() || r.status == Status::max_iterations));  // gradient descent on |x₂|³ takes 1/√ε steps
      CHECK(r.value <= 1e-9);
      CHECK(r.x.cwiseAbs().maxCoeff() <= 10);
    });
  }
}

TEST_CASE("a Hilbert matrix, indefinite by rounding alone, is no saddle") {
  const Index d = 14;  // condition 1e19
  MatrixXd H(d, d);
  for (Index i = 0; i < d; ++i) {
    for (Index j = 0; j < d; ++j) H(i, j) = 1 / double(i + j + 1);
  }
  const AnyFunction f{[=](const VectorXd& x) { return 0.5 * x.dot(H * x); },
                      [=](const VectorXd& x, VectorXd& g) { g = H * x; },
                      [=](const VectorXd&, MatrixXd& out) { out = H; }};
  with_each(f, VectorXd::Constant(d, -4), {}, [](const auto& r) {
    CHECK((r.usable() || r.status == Status::max_iterations));
    CHECK(r.value <= 1e-6);
  });
}

TEST_CASE("Newton's iterates follow any affine map of x, whatever the step policy") {
  // f(x) = Σ log cosh(xᵢ − cᵢ) + ½·(mean of x)²; y = Ax + b with a badly scaled A
  const VectorXd c{{1, -2, 0.5}};
  const AnyFunction f{
      [=](const VectorXd& x) { return (x - c).array().cosh().log().sum() + 0.5 * std::pow(x.mean(), 2); },
      [=](const VectorXd& x, VectorXd& g) { g = ((x - c).array().tanh() + x.mean() / 3).matrix(); },
      [=](const VectorXd& x, MatrixXd& H) {
        H.setConstant(1.0 / 9);
        H.diagonal() += (x - c).array().cosh().square().inverse().matrix();
      }};
  const MatrixXd A{{1e4, 2, 0}, {0, 1, 3e-3}, {0, 0, 1e-4}};
  const VectorXd b{{5, -7, 1}};
  const auto back = [=](const VectorXd& y) {
    return VectorXd(A.triangularView<Eigen::Upper>().solve(y - b));
  };
  const AnyFunction mapped{[=](const VectorXd& y) { return f.value(back(y)); },
                           [=](const VectorXd& y, VectorXd& g) {
                             VectorXd inner(3);
                             f.gradient(back(y), inner);
                             g = A.transpose().triangularView<Eigen::Lower>().solve(inner);
                           },
                           [=](const VectorXd& y, MatrixXd& H) {
                             MatrixXd inner(3, 3);
                             f.hessian(back(y), inner);
                             const MatrixXd inverse = pseudo_inverse(A);
                             H = inverse.transpose() * inner * inverse;
                           }};
  const VectorXd x0{{0.4, -1.5, 0.9}};
  for (Index k = 1; k <= 4; ++k) {
    const StopWhen stop{.gradient_norm = 0, .max_iterations = k};
    const VectorXd x = run(f, x0, Newton{Armijo{}}, stop).x,
                   y = run(mapped, A * x0 + b, Newton{Armijo{}}, stop).x;
    CHECK((back(y) - x).norm() < 1e-8);  // the map has a condition of 1e8
    const VectorXd u = run(f, x0, Newton{StrongWolfe{}}, stop).x;
    CHECK((back(run(mapped, A * x0 + b, Newton{StrongWolfe{}}, stop).x) - u).norm() < 1e-8);
  }
}

TEST_CASE("from a maximum and from a saddle a metric that sees the curvature leaves") {
  // Σ xᵢ⁴/4 − xᵢ²/2 has a maximum at 0, minima of −¼ each at ±1
  const AnyFunction f{
      [](const VectorXd& x) { return (x.array().pow(4) / 4 - x.array().square() / 2).sum(); },
      [](const VectorXd& x, VectorXd& g) { g = (x.array().cube() - x.array()).matrix(); },
      [](const VectorXd& x, MatrixXd& H) { H = VectorXd(3 * x.array().square() - 1).asDiagonal(); }};
  for (const VectorXd& x0 : {VectorXd{{0, 0}}, VectorXd{{0, 1}}, VectorXd{{-1, 0}}}) {
    for (const auto& r : {minimize(f, x0, Newton{}), minimize(f, x0, Newton{TrustRegion{}}),
                          minimize(f, x0, Newton{Armijo{}})}) {
      INFO(r);
      CHECK(r.converged());
      CHECK(r.value == Approx(-0.5));
    }
  }
}
