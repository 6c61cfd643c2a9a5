// SPDX-License-Identifier: MIT
/// How a run ends, what it counts, and what it accepts. The promises for every optimizer are in contract/.
#include "natgrad/core/minimize.hpp"

#include "support/catch.hpp"
#include "support/rejects.hpp"
#include <natgrad/natgrad.hpp>

#include <cmath>
#include <functional>
#include <iostream>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::Matrix2d;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

using Value = std::function<double(const Vector2d&)>;
using Gradient = std::function<void(const Vector2d&, Vector2d&)>;
using Hessian = std::function<void(const Vector2d&, Matrix2d&)>;

/// One type of objective for all cases here.
auto objective(
    Value value, Gradient gradient, Hessian hessian = [](const Vector2d&, Matrix2d& H) { H.setZero(); }) {
  return function(std::move(value), std::move(gradient), std::move(hessian));
}

const auto bowl = objective([](const Vector2d& x) { return 0.5 * x.squaredNorm(); },
                            [](const Vector2d& x, Vector2d& g) { g = x; },
                            [](const Vector2d&, Matrix2d& H) { H.setIdentity(); });

/// x⁴ − x² + y²
const auto saddle =
    objective([](const Vector2d& x) { return std::pow(x[0], 4) - x[0] * x[0] + x[1] * x[1]; },
              [](const Vector2d& x, Vector2d& g) { g << 4 * std::pow(x[0], 3) - 2 * x[0], 2 * x[1]; },
              [](const Vector2d& x, Matrix2d& H) { H << 12 * x[0] * x[0] - 2, 0, 0, 2; });

/// Every kind of optimizer, one call.
template <class F, class Check>
void with_each(const F& f, const Vector2d& x0, const Check& check) {
  check("GradientDescent", minimize(f, x0, GradientDescent{}));
  check("GradientDescent{HagerZhang}", minimize(f, x0, GradientDescent{HagerZhang{}}));
  check("LimitedMemoryBfgs", minimize(f, x0, LimitedMemoryBfgs{}));
  check("Newton", minimize(f, x0, Newton{}));
  check("Newton{TrustRegion}", minimize(f, x0, Newton{TrustRegion{}}));
  check("Newton{Armijo}", minimize(f, x0, Newton{Armijo{}}));
}

}  // namespace

TEST_CASE("fixed-step gradient descent for 100 iterations evaluates 101 times") {
  int values = 0, gradients = 0;
  const auto counted =
      objective([&](const Vector2d& x) { return ++values, x.squaredNorm(); },
                [&](const Vector2d& x, Vector2d& g) { g = ++gradients ? Vector2d(2 * x) : g; });
  const auto r = minimize(counted, Vector2d(1, 2), GradientDescent{FixedStep{1e-3}},
                          StopWhen{.gradient_norm = 0, .max_iterations = 100});
  CHECK(r.iterations == 100);
  CHECK(r.status == Status::max_iterations);
  CHECK(values == 101);
  CHECK(gradients == 101);
  CHECK(r.counts == Counts{.values = 101, .gradients = 101});
}

TEST_CASE("steps that are too long are not taken for the rounding level") {
  for (const double alpha : {3.0, 2.5, 2.0, 1.999}) {  // of f = ½‖x‖²: away, in a circle, and nearly so
    const auto r = minimize(bowl, Vector2d(1, 2), GradientDescent{FixedStep{alpha}},
                            StopWhen{.gradient_norm = 1e-8, .max_iterations = 1500});
    CAPTURE(alpha, r.message.str());
    CHECK(r.status == Status::max_iterations);
    CHECK(r.message.contains("too long") == (r.value > 2.5));
  }
  // ‖∇f‖² overflows before f does: at the top no decrease is promised
  const auto steep = function([](const Vector2d& x) { return x.squaredNorm(); },
                              [](const Vector2d& x, Vector2d& g) { g = 2 * x; });
  CHECK(minimize(steep, Vector2d(1, 1), GradientDescent{FixedStep{1.5}}, StopWhen{.max_iterations = 1500})
            .status
        == Status::max_iterations);
  const auto quartic = function([](const Vector2d& x) { return std::pow(x[0], 4) + x[1] * x[1]; },
                                [](const Vector2d& x, Vector2d& g) { g << 4 * std::pow(x[0], 3), 2 * x[1]; });
  const auto r = minimize(quartic, Vector2d(1, 2), GradientDescent{FixedStep{2.0}});
  CHECK(r.status == Status::step_failed);
  CHECK(r.message.contains("too long"));
  CHECK(r.x == Vector2d(1, 2));
}

TEST_CASE("an α that is no step length is named") {
  for (const double alpha : {-1.0, 0.0, kNan, kInfinity}) {
    const auto r = minimize(bowl, Vector2d(1, 2), GradientDescent{[alpha](auto&) { return alpha; }});
    CHECK(r.status == Status::step_failed);
    CHECK(r.message.contains("α that is not a finite number > 0"));
  }
}

TEST_CASE("an observer may take the point by const reference deduced") {
  int points = 0;
  minimize(bowl, Vector2d(1, 2), Newton{}, StopWhen{}, [&](auto& now) { points += now.iteration >= 0; });
  CHECK(points == 2);
}

TEST_CASE("the Hessian is asked once per accepted point, the last included, and not at a limit") {
  int hessians = 0;
  const auto counted =
      objective([](const Vector2d& x) { return std::cosh(x[0]) + std::cosh(2 * x[1]); },
                [](const Vector2d& x, Vector2d& g) { g << std::sinh(x[0]), 2 * std::sinh(2 * x[1]); },
                [&](const Vector2d& x, Matrix2d& H) {
                  ++hessians;
                  H << std::cosh(x[0]), 0, 0, 4 * std::cosh(2 * x[1]);
                });
  const auto r = minimize(counted, Vector2d(1, 2), Newton{});
  CHECK(r.converged());
  CHECK(hessians == r.iterations + 1);
  CHECK(r.counts.hessians == hessians);
  hessians = 0;
  CHECK(minimize(counted, Vector2d(1, 2), Newton{}, StopWhen{.max_iterations = 2}).counts.hessians == 2);
  CHECK(hessians == 2);
}

TEST_CASE("an f or ∇f that is not finite at x0 ends the run there, after one evaluation") {
  for (const double bad : {kNan, kInfinity, -kInfinity}) {
    with_each(objective([=](const Vector2d&) { return bad; }, [](const Vector2d& x, Vector2d& g) { g = x; }),
              Vector2d(3, 4), [](const char* name, const auto& r) {
                INFO(name);
                CHECK(r.status == Status::not_finite);
                CHECK(r.x == Vector2d(3, 4));
                CHECK(r.counts == Counts{.values = 1});
                CHECK(!r.usable());
              });
    with_each(
        objective([](const Vector2d&) { return 1.0; }, [=](const Vector2d&, Vector2d& g) { g << 0, bad; }),
        Vector2d(3, 4), [](const char* name, const auto& r) {
          INFO(name);
          CHECK(r.status == Status::not_finite);
          CHECK(r.x == Vector2d(3, 4));
          CHECK(r.counts == Counts{.values = 1, .gradients = 1});
        });
  }
}

TEST_CASE("an f that falls for ever is unbounded, with the last finite point") {
  const auto check = [](const char* name, const auto& r) {
    INFO(name << ": " << r);
    CHECK(r.status == Status::unbounded);
    CHECK(r.x.allFinite());
    CHECK(std::isfinite(r.value));
    CHECK(r.value < -1e100);
  };
  with_each(objective([](const Vector2d& x) { return -x.squaredNorm(); },
                      [](const Vector2d& x, Vector2d& g) { g = -2 * x; },
                      [](const Vector2d&, Matrix2d& H) { H = -2 * Matrix2d::Identity(); }),
            Vector2d(1, 0.5), check);
  with_each(objective([](const Vector2d& x) { return std::pow(x[0], 3) + x[1] * x[1]; },
                      [](const Vector2d& x, Vector2d& g) { g << 3 * x[0] * x[0], 2 * x[1]; },
                      [](const Vector2d& x, Matrix2d& H) { H << 6 * x[0], 0, 0, 2; }),
            Vector2d(-1, 1), check);
}

TEST_CASE(
    "a linear f is unbounded for every optimizer, one that is linear where it does not bend for Newton") {
  for (const double bend : {0.0, 1.0}) {
    const Vector2d x0(1, 1);
    const auto slope = objective([=](const Vector2d& x) { return x[0] + 3 * x[1] + bend * x[1] * x[1]; },
                                 [=](const Vector2d& x, Vector2d& g) { g << 1, 3 + 2 * bend * x[1]; },
                                 [=](const Vector2d&, Matrix2d& H) { H << 0, 0, 0, 2 * bend; });
    const auto check = [&](const char* name, const auto& r) {
      INFO(name << ", bend " << bend << ": " << r);
      CHECK(r.status == Status::unbounded);
      CHECK(r.value < -1e150);
      CHECK(r.x.allFinite());
    };
    check("Newton{HagerZhang}", minimize(slope, x0, Newton{HagerZhang{}}));
    check("Newton{StrongWolfe}", minimize(slope, x0, Newton{StrongWolfe{}}));
    check("Newton{ExactStep}", minimize(slope, x0, Newton{ExactStep{}}));
    check("Newton{BarzilaiBorwein}", minimize(slope, x0, Newton{BarzilaiBorwein{}}));
    if (bend == 0) {
      with_each(slope, x0, check);
      check("Newton{ConjugateGradient}",
            minimize(slope, x0, Newton{LevenbergMarquardt{}, ConjugateGradient{}}));
    } else {
      check("Newton", minimize(slope, x0, Newton{}));
      check("Newton{TrustRegion}", minimize(slope, x0, Newton{TrustRegion{}}));
      check("Newton{Armijo}", minimize(slope, x0, Newton{Armijo{}}));
      CHECK(minimize(slope, x0, Newton{TrustRegion{}}).counts.values < 50);
    }
  }
}

TEST_CASE("L-BFGS that can lower f no further, where its minimum is 0, has not failed") {
  const auto powell =
      objective([](const Vector2d& x) { return std::pow(x[0] + 10 * x[1], 2) + std::pow(x[0] - x[1], 4); },
                [](const Vector2d& x, Vector2d& g) {
                  const double a = 2 * (x[0] + 10 * x[1]), b = 4 * std::pow(x[0] - x[1], 3);
                  g << a + b, 10 * a - b;
                });
  const auto rosenbrock = objective(
      [](const Vector2d& x) { return 100 * std::pow(x[1] - x[0] * x[0], 2) + std::pow(1 - x[0], 2); },
      [](const Vector2d& x, Vector2d& g) {
        const double b = 200 * (x[1] - x[0] * x[0]);
        g << -2 * b * x[0] - 2 * (1 - x[0]), b;
      });
  for (int i = 0; i < 40; ++i) {
    const Vector2d x0(3 * std::sin(i), 3 * std::cos(7 * i));
    for (const auto& f : {powell, rosenbrock, bowl}) {
      const auto r = minimize(f, x0, LimitedMemoryBfgs{}, StopWhen{.gradient_norm = 0});
      INFO(r);
      CHECK(r.usable());
      CHECK(r.value < 1e-25);
    }
  }
}

TEST_CASE("a point at infinity is no step, however low f is there") {
  // x₁ from 1e308 on at a slope of −1, for a metric that asks for more than the numbers have
  const auto slope =
      objective([](const Vector2d& x) { return std::isfinite(x[0]) ? 1e308 - x[0] + x[1] * x[1] : -1e308; },
                [](const Vector2d& x, Vector2d& g) { g << (std::isfinite(x[0]) ? -1 : 0), 2 * x[1]; },
                [](const Vector2d&, Matrix2d& H) { H << 1e-308, 0, 0, 2; });
  const auto check = [&](const char* name, const auto& r) {
    INFO(name << ": " << r);
    CHECK(r.x.allFinite());
  };
  with_each(slope, Vector2d(1.2e308, 1), check);
}

TEST_CASE("f that falls until its rounding hides what it still falls is unbounded, not at its least") {
  // x + 3y + y², and the same turned by half a radian
  for (const double turn : {0.0, 0.5}) {
    const double c = std::cos(turn), s = std::sin(turn);
    const auto valley = objective(
        [=](const Vector2d& x) {
          const double y = c * x[1] - s * x[0];
          return c * x[0] + s * x[1] + 3 * y + y * y;
        },
        [=](const Vector2d& x, Vector2d& g) {
          const double y = 3 + 2 * (c * x[1] - s * x[0]);
          g << c - s * y, s + c * y;
        },
        [=](const Vector2d&, Matrix2d& H) { H << 2 * s * s, -2 * s * c, -2 * s * c, 2 * c * c; });
    const auto check = [&](const char* name, const auto& r) {
      INFO(name << ", turned by " << turn << ": " << r);
      CHECK(r.status == Status::unbounded);
      CHECK(r.value < -1e15);
    };
    check("TrustRegion", minimize(valley, Vector2d(0, 0), Newton{TrustRegion{}, ConjugateGradient{}}));
    check("HagerZhang", minimize(valley, Vector2d(0, 0), Newton{HagerZhang{}, ConjugateGradient{}}));
  }
  // a bounded one that ends as far down, for it is flat there
  const auto deep = objective([](const Vector2d& x) { return x[0] + 1e-40 * x.squaredNorm(); },
                              [](const Vector2d& x, Vector2d& g) { g = Vector2d(1, 0) + 2e-40 * x; },
                              [](const Vector2d&, Matrix2d& H) { H = 2e-40 * Matrix2d::Identity(); });
  const auto r = minimize(deep, Vector2d(0, 0), Newton{});
  INFO(r);
  CHECK(r.usable());
  CHECK(r.value == Approx(-2.5e39));
}

TEST_CASE("f = −‖x‖² is unbounded from its maximum too, for a metric that sees the curvature") {
  const auto hill = objective([](const Vector2d& x) { return -x.squaredNorm(); },
                              [](const Vector2d& x, Vector2d& g) { g = -2 * x; },
                              [](const Vector2d&, Matrix2d& H) { H = -2 * Matrix2d::Identity(); });
  CHECK(minimize(hill, Vector2d(0, 0), Newton{}).status == Status::unbounded);
  CHECK(minimize(hill, Vector2d(0, 0), Newton{TrustRegion{}}).status == Status::unbounded);
}

TEST_CASE("Newton leaves the saddle of x⁴ − x² + y², on its axis and exactly on it") {
  for (const Vector2d& x0 : {Vector2d(0, 1), Vector2d(0, 0), Vector2d(1e-200, 1), Vector2d(0, -3)}) {
    const auto check = [&](const auto& r) {
      INFO(r);
      CHECK(r.converged());
      CHECK(r.value == Approx(-0.25).epsilon(1e-12));
      CHECK(std::abs(r.x[0]) == Approx(std::sqrt(0.5)));
    };
    check(minimize(saddle, x0, Newton{}));
    check(minimize(saddle, x0, Newton{TrustRegion{}}));
    check(minimize(saddle, x0, Newton{Armijo{}}));
    check(minimize(saddle, x0, Newton{HagerZhang{}}));
    check(minimize(saddle, x0, Newton{LevenbergMarquardt{}, Dense{.damping = 1e-5}}));
  }
}

TEST_CASE("a zero gradient with negative curvature and no way down is stationary, not converged") {
  const auto liar = objective([](const Vector2d& x) { return x.squaredNorm(); },
                              [](const Vector2d& x, Vector2d& g) { g = 2 * x; },
                              [](const Vector2d&, Matrix2d& H) { H << -2, 0, 0, 2; });
  const auto r = minimize(liar, Vector2d(0, 0), Newton{});
  CHECK(r.status == Status::stationary);
  CHECK(r.x == Vector2d(0, 0));
  CHECK(r.iterations == 0);
  CHECK(!r.usable());
}

TEST_CASE("from the minimum itself no step is taken") {
  with_each(bowl, Vector2d(0, 0), [](const char* name, const auto& r) {
    INFO(name);
    CHECK(r.converged());
    CHECK(r.iterations == 0);
    CHECK(r.counts.values == 1);
  });
}

TEST_CASE("a constant f has converged") {
  with_each(objective([](const Vector2d&) { return 7.0; }, [](const Vector2d&, Vector2d& g) { g.setZero(); }),
            Vector2d(1, 2), [](const char* name, const auto& r) {
              INFO(name);
              CHECK(r.converged());
              CHECK(r.x == Vector2d(1, 2));
            });
}

TEST_CASE("a gradient of the wrong sign fails the step and does not raise f") {
  with_each(objective([](const Vector2d& x) { return 0.5 * x.squaredNorm(); },
                      [](const Vector2d& x, Vector2d& g) { g = -x; },
                      [](const Vector2d&, Matrix2d& H) { H.setIdentity(); }),
            Vector2d(3, 4), [](const char* name, const auto& r) {
              INFO(name << ": " << r);
              CHECK(r.status == Status::step_failed);
              CHECK(r.value <= 12.5);
              CHECK(r.x.norm() == Approx(5));
            });
}

TEST_CASE("a gradient off by a factor of 2 or in one entry never raises f") {
  for (const Vector2d& factor : {Vector2d(2, 2), Vector2d(0.5, 0.5), Vector2d(1, -1), Vector2d(1, 0)}) {
    with_each(objective([](const Vector2d& x) { return x[0] * x[0] + 3 * x[1] * x[1] + x[0] * x[1]; },
                        [=](const Vector2d& x, Vector2d& g) {
                          g << factor[0] * (2 * x[0] + x[1]), factor[1] * (6 * x[1] + x[0]);
                        },
                        [](const Vector2d&, Matrix2d& H) { H << 2, 1, 1, 6; }),
              Vector2d(3, 4), [](const char* name, const auto& r) {
                INFO(name);
                CHECK(r.value <= 69);
              });
  }
}

TEST_CASE("a Hessian that is not finite fails the metric at the best point") {
  for (const double bad : {kNan, kInfinity}) {
    const auto f = objective([](const Vector2d& x) { return x.squaredNorm(); },
                             [](const Vector2d& x, Vector2d& g) { g = 2 * x; },
                             [=](const Vector2d& x, Matrix2d& H) { H << 4, 0, x.norm() < 3 ? bad : 0, 4; });
    const auto r = minimize(f, Vector2d(3, 4), Newton{FixedStep{0.5}});
    CHECK(r.status == Status::metric_failed);
    CHECK(r.iterations == 2);  // x·¾ at each
    CHECK(r.message.contains("at the point that the last step reached"));
    CHECK(r.x.norm() == Approx(5 * std::pow(0.75, 2)));
  }
}

TEST_CASE("a run that stands in a kink of f ends there, as no usable one") {
  const auto f =
      function([](const Vector2d& x) { return std::abs(x[0] - 0.3) + std::abs(x[1] + 0.2); },
               [](const Vector2d& x, Vector2d& g) { g << (x[0] > 0.3 ? 1 : -1), (x[1] > -0.2 ? 1 : -1); });
  for (const Vector2d& x0 : {Vector2d(1, 1), Vector2d(-3, 2), Vector2d(0.5, -7)}) {
    const auto check = [](const auto& r) {
      INFO(r);
      CHECK(r.status == Status::step_failed);
      CHECK(r.value <= 1e-15);
      CHECK(r.counts.values <= 1000);
    };
    check(minimize(f, x0, LimitedMemoryBfgs{}));
    check(minimize(f, x0, GradientDescent{}));
  }
}

TEST_CASE("an f that falls to where it is all rounding has no minimum there") {
  // three points on a line, and the σ of what is left of them: f → −∞ as σ → 0
  const auto f = autodiff([](const auto& x) {
    using std::exp;
    auto squares = 0 * x[0];
    for (int i = 0; i < 3; ++i) {
      const auto miss = 1.0 + 2.0 * i - x[0] - x[1] * double(i);
      squares += miss * miss;
    }
    return 0.5 * squares * exp(-2 * x[2]) / 3 + x[2];
  });
  for (const Eigen::Vector3d& x0 : {Eigen::Vector3d(0, 0, 0), Eigen::Vector3d(3, -1, 1)}) {
    for (const auto& r : {minimize(f, x0, Newton{}), minimize(f, x0, Newton{TrustRegion{}})}) {
      INFO(r);
      CHECK(r.value < -20);
      CHECK(!r.usable());
    }
  }
}

TEST_CASE("a Hessian of the wrong size fails the metric") {
  for (const Index size : {0, 1, 3}) {
    const auto f = function([](const VectorXd& x) { return x.squaredNorm(); },
                            [](const VectorXd& x, VectorXd& g) { g = 2 * x; },
                            [=](const VectorXd&, MatrixXd& H) { H = MatrixXd::Identity(size, size); });
    const auto r = minimize(f, VectorXd::Ones(2).eval(), Newton{});
    CHECK(r.status == Status::metric_failed);
    CHECK(r.x == VectorXd::Ones(2));
  }
}

TEST_CASE("a quadratic with an offset ends at its rounding, usable, whatever the offset") {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  for (const double offset : {1e3, -1e3, 1e6, 1e9, 1e12}) {
    for (int repeat = 0; repeat < 20; ++repeat) {
      const double a = std::exp(normal(random)), c = std::exp(normal(random)), b = 0.5 * std::sqrt(a * c);
      const Vector2d best(normal(random), normal(random));
      const auto f = objective(
          [=](const Vector2d& x) {
            const Vector2d e = x - best;
            return offset + 0.5 * (a * e[0] * e[0] + 2 * b * e[0] * e[1] + c * e[1] * e[1]);
          },
          [=](const Vector2d& x, Vector2d& g) {
            const Vector2d e = x - best;
            g << a * e[0] + b * e[1], b * e[0] + c * e[1];
          },
          [=](const Vector2d&, Matrix2d& H) { H << a, b, b, c; });
      with_each(f, Vector2d(10 * normal(random), 10 * normal(random)), [&](const char* name, const auto& r) {
        INFO(name << ", offset " << offset << ": " << r);
        CHECK(r.usable());
        // f resolves ε|offset|, that is x to √(ε|offset|/μ); 10 for the noise the loop allows for.
        const double resolved =
            std::sqrt(std::numeric_limits<double>::epsilon() * std::abs(offset) / std::min(a, c));
        CHECK((r.x - best).norm() <= 1e-6 + 30 * resolved);
      });
    }
  }
}

TEST_CASE("eˣ has its infimum at −∞: the run ends, finite, where nothing is left to gain") {
  with_each(objective([](const Vector2d& x) { return std::exp(x[0]) + x[1] * x[1]; },
                      [](const Vector2d& x, Vector2d& g) { g << std::exp(x[0]), 2 * x[1]; },
                      [](const Vector2d& x, Matrix2d& H) { H << std::exp(x[0]), 0, 0, 2; }),
            Vector2d(1, 1), [](const char* name, const auto& r) {
              INFO(name << ": " << r);
              CHECK((r.usable() || r.status == Status::max_iterations));
              CHECK(r.x.allFinite());
              CHECK(r.value <= 1e-3);
            });
}

TEST_CASE("limits of 0 return x0 with their status") {
  const Vector2d x0(3, 4);
  for (const auto& [stop, status] : {std::pair(StopWhen{.max_iterations = 0}, Status::max_iterations),
                                     std::pair(StopWhen{.max_seconds = 0}, Status::max_seconds),
                                     std::pair(StopWhen{.max_evaluations = 1}, Status::max_evaluations)}) {
    const auto r = minimize(bowl, x0, Newton{}, stop);
    CHECK(r.status == status);
    CHECK(r.x == x0);
    CHECK(r.value == 12.5);
    CHECK(r.counts.values == 1);
    CHECK(!r.usable());
  }
}

TEST_CASE("max_seconds ends a run in the middle of a search") {
  const auto f = objective(
      [](const Vector2d& x) {
        const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
        while (std::chrono::steady_clock::now() < until) {
        }
        return x.norm() == 5 ? 5.0 : 6.0;  // no step lowers f
      },
      [](const Vector2d& x, Vector2d& g) { g = x; });
  const auto r = minimize(f, Vector2d(3, 4), GradientDescent{Armijo{.max_trials = 100000}},
                          StopWhen{.max_seconds = 0.02});
  CHECK(r.status == Status::max_seconds);
  CHECK(r.counts.values <= 11);
}

TEST_CASE("x0 comes as any vector expression, and is not changed") {
  const GradientDescent newton{FixedStep{1.0}};
  std::vector<double> data{3, 4, 5, 6};
  const Eigen::Map<const Vector2d> map(data.data());
  MatrixXd M = MatrixXd::Ones(2, 3);
  const Eigen::Ref<const VectorXd> ref = M.col(1);
  const auto dynamic = function([](const VectorXd& x) { return 0.5 * x.squaredNorm(); },
                                [](const VectorXd& x, VectorXd& g) { g = x; });
  CHECK(minimize(bowl, map, newton).x.norm() == 0);
  CHECK(minimize(bowl, Vector2d(1, 2) + Vector2d::Ones(), newton).x.norm() == 0);
  CHECK(minimize(bowl, Vector2d::Constant(3), newton).x.norm() == 0);
  CHECK(minimize(dynamic, M.col(0), newton).x.norm() == 0);
  CHECK(minimize(dynamic, ref, newton).x.norm() == 0);
  CHECK(minimize(dynamic, VectorXd(data.size() > 3 ? 7 : 1).setOnes(), newton).x.size() == 7);
  CHECK(M == MatrixXd::Ones(2, 3));
  CHECK(data == std::vector<double>{3, 4, 5, 6});
  auto r = minimize(bowl, Vector2d(3, 4), GradientDescent{FixedStep{0.5}}, StopWhen{.max_iterations = 1});
  r = minimize(bowl, r.x, newton);
  CHECK(r.x.norm() == 0);
}

TEST_CASE("an objective may be move-only, unable to move, or come as std::ref") {
  struct MoveOnly {
    std::unique_ptr<double> scale = std::make_unique<double>(2);
    double value(const Vector2d& x) const { return *scale * x.squaredNorm(); }
    void gradient(const Vector2d& x, Vector2d& g) const { g = 2 * *scale * x; }
  };
  struct Fixed : MoveOnly {
    Fixed() = default;
    Fixed(const Fixed&) = delete;
    Fixed& operator=(const Fixed&) = delete;
  };
  const Vector2d x0(3, 4);
  CHECK(minimize(MoveOnly{}, x0, GradientDescent{}).converged());
  Fixed fixed;
  CHECK(minimize(fixed, x0, GradientDescent{}).converged());
  CHECK(minimize(std::ref(fixed), x0, GradientDescent{}).converged());
  CHECK(minimize(std::cref(fixed), x0, GradientDescent{}).converged());
}

TEST_CASE("a run inside an objective of another run disturbs neither") {
  const LimitedMemoryBfgs optimizer;
  const auto inner = [&](double a) {
    return minimize(objective([=](const Vector2d& x) { return (x - Vector2d(a, a)).squaredNorm(); },
                              [=](const Vector2d& x, Vector2d& g) { g = 2 * (x - Vector2d(a, a)); }),
                    Vector2d(0, 1), optimizer)
        .x[0];
  };
  const auto outer = objective([&](const Vector2d& x) { return std::pow(inner(x[0]) - 1, 2) + x[1] * x[1]; },
                               [&](const Vector2d& x, Vector2d& g) { g << 2 * (inner(x[0]) - 1), 2 * x[1]; });
  const auto r = minimize(outer, Vector2d(3, 4), optimizer);
  CHECK(r.usable());
  CHECK((r.x - Vector2d(1, 0)).norm() <= 1e-7);
}

TEST_CASE("an x0 that is empty, of the wrong length or not finite throws before anything is evaluated") {
  int calls = 0;
  const auto f = function([&](const VectorXd&) { return double(++calls); },
                          [&](const VectorXd&, VectorXd&) { ++calls; });
  CHECK(rejects([&] { minimize(f, VectorXd(0), GradientDescent{}); }, {"x0.size() = 0", "at least one"}));
  CHECK(rejects([&] { minimize(f, VectorXd{{1, kNan, 2}}, GradientDescent{}); }, {"x0(1) = nan"}));
  CHECK(rejects([&] { minimize(f, VectorXd{{kInfinity, 1}}, GradientDescent{}); }, {"x0(0) = inf"}));
  CHECK(calls == 0);
  const Quadratic q(Matrix2d(Matrix2d::Identity()), Vector2d(1, 1));
  CHECK(rejects([&] { minimize(q, VectorXd::Zero(3).eval(), GradientDescent{}); },
                {"x0.size() = 3", "dimension, 2"}));
}

TEST_CASE("options out of range throw before anything is evaluated, wherever they stand") {
  int calls = 0;
  const auto f = objective([&](const Vector2d&) { return double(++calls); },
                           [&](const Vector2d&, Vector2d&) { ++calls; });
  const Vector2d x0(1, 1);
  CHECK(rejects([&] { minimize(f, x0, GradientDescent{FixedStep{-1}}); }, {"FixedStep.step = -1"}));
  CHECK(rejects([&] { minimize(f, x0, Newton{Armijo{}, Dense{.damping = -1}}); }, {"Dense.damping = -1"}));
  CHECK(rejects([&] { minimize(f, x0, LimitedMemoryBfgs{HagerZhang{}, 0}); }, {"Lbfgs.memory = 0"}));
  CHECK(rejects([&] { minimize(f, x0, GradientDescent{}, StopWhen{.max_iterations = -1}); },
                {"max_iterations = -1"}));
  CHECK(calls == 0);
}

TEST_CASE(
    "what a rule or an observer throws comes through, at every call, and the next run is as if it had not "
    "been") {
  const LimitedMemoryBfgs optimizer;
  const Vector2d x0(-1, 1);
  const auto clean = minimize(saddle, x0, optimizer);
  for (int k = 0; k <= clean.iterations; ++k) {
    const auto rule = [&](const Progress<Vector2d>& now) -> std::optional<Status> {
      if (now.iteration == k) throw k;
      return {};
    };
    CHECK_THROWS_AS(minimize(saddle, x0, optimizer, StopWhen{} | rule), int);
    CHECK_THROWS_AS(minimize(saddle, x0, optimizer, StopWhen{}, rule), int);
    CHECK(minimize(saddle, x0, optimizer).x == clean.x);
  }
}

TEST_CASE("a rule that stops the run returns exactly the point it saw") {
  for (const Index k : {0, 1, 4}) {
    Vector2d seen;
    const auto rule = [&](const Progress<Vector2d>& now) {
      seen = now.x;
      return now.iteration == k ? std::optional(Status::stopped) : std::nullopt;
    };
    const auto r = minimize(saddle, Vector2d(-1, 1), GradientDescent{}, rule);
    CHECK(r.status == Status::stopped);
    CHECK(r.iterations == k);
    CHECK(r.x == seen);
    CHECK(r.value == saddle.value(seen));
  }
}

TEST_CASE("what an objective notes is in the message, also when it makes the words as it is asked") {
  struct Noted {
    double value(const Vector2d& x) const { return 0.5 * x.squaredNorm(); }
    void gradient(const Vector2d& x, Vector2d& g) const { g = x; }
    std::string note() const { return "noted " + std::string(60, '!'); }
  };
  const auto r = minimize(Noted{}, Vector2d(1, 2), GradientDescent{});
  const std::string overwritten(66, '?');  // where the words may have stood
  CHECK(r.message.contains("; noted " + std::string(60, '!')));
}

TEST_CASE("a gradient below its tolerance and within its own rounding is not looked at for long") {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (int repeat = 0; repeat < 12; ++repeat) {
    const MatrixXd R = MatrixXd::NullaryExpr(5, 5, [&] { return normal(random); });
    const MatrixXd A = 100 * R * R.transpose();
    const VectorXd b = A * VectorXd::NullaryExpr(5, [&] { return 1e4 * normal(random); });
    const auto f = function([&](const VectorXd& x) { return 0.5 * x.dot(A * x) - b.dot(x); },
                            [&](const VectorXd& x, VectorXd& g) { g = A * x - b; },
                            [&](const VectorXd&, MatrixXd& H) { H = A; });
    const auto r = minimize(f, VectorXd::Zero(5), Newton{}, StopWhen{.gradient_norm = 4e-9});
    INFO(r);
    CHECK(r.usable());
    CHECK(r.gradient_norm <= 4e-9);
    CHECK(r.iterations <= 40);
  }
}

TEST_CASE("nothing prints") {
  std::ostringstream out;
  auto* const cout = std::cout.rdbuf(out.rdbuf());
  auto* const cerr = std::cerr.rdbuf(out.rdbuf());
  with_each(saddle, Vector2d(0, 1), [](const char*, const auto&) {});
  std::cout.rdbuf(cout);
  std::cerr.rdbuf(cerr);
  CHECK(out.str().empty());
}

TEST_CASE("the stopping point does not depend on the units or the offset of f or x") {
  // f·2ᵏ and x·2ᵏ are exact in binary: the runs are the same bits after mapping back.
  const auto run = [](double f_unit, double x_unit, double x_shift) {
    const auto f = objective(
        [=](const Vector2d& x) { return f_unit * saddle.value((x - Vector2d(x_shift, 0)) / x_unit); },
        [=](const Vector2d& x, Vector2d& g) {
          saddle.gradient(Vector2d((x - Vector2d(x_shift, 0)) / x_unit), g);
          g *= f_unit / x_unit;
        },
        [=](const Vector2d& x, Matrix2d& H) {
          saddle.hessian(Vector2d((x - Vector2d(x_shift, 0)) / x_unit), H);
          H *= f_unit / (x_unit * x_unit);
        });
    const auto r = minimize(f, Vector2d(x_shift + 0.25 * x_unit, x_unit), Newton{});
    INFO(r);
    CHECK(r.usable());
    return Vector2d((r.x - Vector2d(x_shift, 0)).cwiseAbs() / x_unit);  // either of the two minima
  };
  const Vector2d reference(std::sqrt(0.5), 0);
  CHECK((run(1, 1, 0) - reference).norm() <= 1e-8);
  for (const double unit :
       {std::ldexp(1.0, -160), std::ldexp(1.0, -20), std::ldexp(1.0, 20), std::ldexp(1.0, 160)}) {
    CHECK((run(unit, 1, 0) - reference).norm() <= 2e-6);  // 1e-12 of what f has gained
    CHECK((run(1, unit, 0) - reference).norm() <= 2e-6);
  }
  CHECK((run(1, 1, 1024) - reference).norm() <= 1e-7);
}

TEST_CASE("a start far from the origin is not taken for the optimum") {
  // ‖∇f‖ ≤ ε‖x‖ would accept x = 9e5 where the optimum is 1e6.
  const auto far = objective([](const Vector2d& x) { return 0.5e-6 * (x - Vector2d(1e6, 0)).squaredNorm(); },
                             [](const Vector2d& x, Vector2d& g) { g = 1e-6 * (x - Vector2d(1e6, 0)); },
                             [](const Vector2d&, Matrix2d& H) { H = 1e-6 * Matrix2d::Identity(); });
  with_each(far, Vector2d(9e5, 0), [](const char* name, const auto& r) {
    INFO(name << ": " << r);
    CHECK(r.usable());
    CHECK((r.x - Vector2d(1e6, 0)).norm() <= 0.02);  // ‖∇f‖ ≤ 1e-8 is |x − x*| ≤ 0.01
  });
}
