// SPDX-License-Identifier: MIT
#include "natgrad/optimizer/steepest_descent.hpp"

#include "support/catch.hpp"
#include <natgrad/natgrad.hpp>

#include <concepts>
#include <limits>
#include <string>

using namespace natgrad;
using Eigen::Vector2d;

namespace {

/// M = 4I, as a user would write it.
template <class V>
struct FourState : MetricState<V> {
  double curvature_ = 0;
  template <class Evaluator>
  bool prepare(Evaluator&, const Iterate<V>&) {
    return true;
  }
  bool solve(double, const V& g, V& d) {
    d = -g / 4;
    curvature_ = 4 * d.squaredNorm();
    return true;
  }
  bool descend(const V& g, V& d) { return solve(0, g, d); }
  double curvature() const { return curvature_; }
  double scaled_norm() const { return 2; }
};
struct Four {
  template <class F, class V>
  static consteval bool requirements_hold() {
    return true;
  }
  template <class F, class V>
  FourState<V> start(const F&, const V&) const {
    return {};
  }
};

/// The same in the fewest lines, with the sign of d, or d itself, wrong.
template <class V>
struct WrongState : FourState<V> {
  double factor;
  explicit WrongState(double by) : factor(by) {}
  bool solve(double, const V& g, V& d) {
    d = factor * g;
    return true;
  }
  bool descend(const V& g, V& d) { return solve(0, g, d); }
};
struct Wrong {
  double factor;
  template <class F, class V>
  WrongState<V> start(const F&, const V&) const {
    return WrongState<V>(factor);
  }
};

/// Damps d, and answers α alone.
struct DampedOnce {
  template <class Search>
  typename Search::Step operator()(Search& search) const {
    search.damp(typename Search::Scalar(1));
    return typename Search::Scalar(1);
  }
};

const auto bowl = function([](const Vector2d& x) { return 2 * x.squaredNorm(); },
                           [](const Vector2d& x, Vector2d& g) { g = 4 * x; });

}  // namespace

TEST_CASE("SteepestDescent joins any metric with any policy") {
  CHECK(std::same_as<decltype(SteepestDescent{}), SteepestDescent<Identity, BarzilaiBorwein>>);
  const SteepestDescent optimizer{Lbfgs{5, Identity{}}, StrongWolfe{.max_trials = 7}};
  CHECK(optimizer.metric().memory == 5);
  CHECK(optimizer.step().max_trials == 7);
  CHECK(minimize(bowl, Vector2d(3, 4), optimizer).converged());
}

TEST_CASE("a metric of the user's own needs no base class and no registration") {
  const auto r = minimize(bowl, Vector2d(3, 4), SteepestDescent{Four{}, FixedStep{1.0}});
  CHECK(r.converged());
  CHECK(r.iterations == 1);
  CHECK(r.x.norm() == 0);
  CHECK(minimize(bowl, Vector2d(3, 4), SteepestDescent{Four{}, Armijo{}}).counts.values == 2);
}

TEST_CASE("A gradient that takes g by value is not taken for zero") {
  struct Forgotten {
    double value(const Vector2d& x) const { return (x.array() - 3).square().sum(); }
    void gradient(const Vector2d& x, Vector2d g) const { g = 2 * (x.array() - 3); }
  };
  const auto r = minimize(Forgotten{}, Vector2d{0, 0}, GradientDescent{});
  CHECK(r.status == Status::not_finite);
  CHECK(advice(r.status).find("by reference") != std::string_view::npos);
}

TEST_CASE("A Hessian taken by value is not taken for a matrix") {
  struct Forgotten {
    double value(const Vector2d& x) const { return x.squaredNorm(); }
    void gradient(const Vector2d& x, Vector2d& g) const { g = 2 * x; }
    void hessian(const Vector2d&, Eigen::Matrix2d H) const { H = 2 * Eigen::Matrix2d::Identity(); }
  };
  CHECK(minimize(Forgotten{}, Vector2d{1, 1}, Newton{}).status == Status::metric_failed);
}

TEST_CASE("A gradient of another size is named") {
  struct Longer {
    double value(const Eigen::VectorXd& x) const { return x.squaredNorm(); }
    void gradient(const Eigen::VectorXd&, Eigen::VectorXd& g) const { g = Eigen::VectorXd::Ones(3); }
  };
  const Eigen::VectorXd x0 = Eigen::VectorXd::Ones(2);
  CHECK_THROWS_WITH(minimize(Longer{}, x0, LimitedMemoryBfgs{}),
                    "natgrad: gradient(x, g): g.size() = 3, wanted the size of x: write into g as it comes");
}

TEST_CASE("quasi-Newton memory goes on top of a metric of the user's own") {
  const auto r = minimize(bowl, Vector2d(3, 4), SteepestDescent{Lbfgs<Wrong>{5, {-0.125}}, HagerZhang{}});
  CHECK(r.converged());
  CHECK(std::string(r.message).find("uphill") == std::string::npos);
}

TEST_CASE("a metric whose d is uphill or not finite is told so") {
  for (const double factor : {0.25, std::numeric_limits<double>::quiet_NaN()}) {
    for (const auto& r :
         {minimize(bowl, Vector2d(3, 4), SteepestDescent{Wrong{factor}, Armijo{}}),
          minimize(bowl, Vector2d(3, 4), SteepestDescent{Wrong{factor}, BarzilaiBorwein{}})}) {
      INFO(r);
      CHECK(std::string(r.message).find("uphill") != std::string::npos);
    }
  }
}

TEST_CASE("α alone is of the d that was damped last") {
  const auto f = function([](const Vector2d& x) { return 2 * x.squaredNorm(); },
                          [](const Vector2d& x, Vector2d& g) { g = 4 * x; },
                          [](const Vector2d&, Eigen::Matrix2d& H) { H = 4 * Eigen::Matrix2d::Identity(); });
  // d = −(4 + 1·4)⁻¹·4x = −x/2
  const auto r = minimize(f, Vector2d(3, 4), Newton{DampedOnce{}}, StopWhen{.max_iterations = 1});
  CHECK(r.x == Vector2d(1.5, 2));
}
