// SPDX-License-Identifier: MIT
/// What a user's own parts may do wrong: step policies, rules, observers, aliases, scores.
#include "contract/each_optimizer.hpp"
#include "support/rejects.hpp"

#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>
#include <vector>

using namespace natgrad;
using namespace natgrad::test;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const VectorXd kStart{{3, -2}};

/// A step policy that answers with any number, whatever f is there.
struct Answer {
  double length;
  template <class Search>
  typename Search::Step operator()(Search&) const {
    return length;
  }
};

struct Throws {
  template <class Search>
  typename Search::Step operator()(Search& search) const {
    if (search.iteration() == 2) throw std::runtime_error("mine");
    return 0.1;
  }
};

/// Scores that a test makes.
struct Scored {
  std::function<void(Index, VectorXd&)> score_of;
  Index n = 3;
  double value(const VectorXd& x) const { return 0.5 * x.squaredNorm(); }
  void gradient(const VectorXd& x, VectorXd& g) const { g = x; }
  Index sample_count() const { return n; }
  void score(const VectorXd&, Index i, VectorXd& s) const { score_of(i, s); }
};

}  // namespace

TEST_CASE("a step policy that answers 0, a negative number, NaN or ∞ moves nothing and fails the step") {
  for (const double length : {0.0, -1.0, kNan, kInfinity, -kInfinity}) {
    for (const auto& r : {minimize(bowl(VectorXd::Ones(2)), kStart, GradientDescent{Answer{length}}),
                          minimize(bowl(VectorXd::Ones(2)), kStart, Newton{Answer{length}})}) {
      INFO("α = " << length << ": " << r);
      CHECK(!r.usable());
      CHECK(r.iterations == 0);
      CHECK(r.x == kStart);
    }
  }
}

TEST_CASE("a step policy that leads out of the domain is not followed") {
  const auto r = minimize(bowl(VectorXd::Ones(2)), kStart, GradientDescent{Answer{1e300}});
  CHECK(r.x == kStart);
  CHECK(!r.usable());
}

TEST_CASE("what a step policy throws comes through, and the optimizer is as before") {
  const GradientDescent optimizer{Throws{}};
  for (int repeat = 0; repeat < 2; ++repeat)
    CHECK_THROWS_WITH(minimize(bowl(VectorXd::Ones(2)), kStart, optimizer), "mine");
}

TEST_CASE(
    "an exception at any call of f, ∇f or ∇²f comes through as it was thrown, and the next run is whole") {
  AnyFunction clean = bowl(VectorXd{{1, 4}});
  clean.value_at = [](const VectorXd& x) { return std::cosh(x[0]) + std::cosh(2 * x[1]); };
  clean.gradient_at = [](const VectorXd& x, VectorXd& g) { g << std::sinh(x[0]), 2 * std::sinh(2 * x[1]); };
  clean.hessian_at = [](const VectorXd& x, MatrixXd& H) {
    H << std::cosh(x[0]), 0, 0, 4 * std::cosh(2 * x[1]);
  };
  const Newton optimizer{TrustRegion{}};
  const auto whole = minimize(clean, kStart, optimizer);
  const Index calls = whole.counts.values + whole.counts.gradients + whole.counts.hessians;
  for (Index k = 1; k <= calls; ++k) {
    Index call = 0;
    const auto count = [&] {
      if (++call == k) throw std::runtime_error("call " + std::to_string(k));
    };
    const AnyFunction f{[&](const VectorXd& x) { return count(), clean.value(x); },
                        [&](const VectorXd& x, VectorXd& g) { count(), clean.gradient(x, g); },
                        [&](const VectorXd& x, MatrixXd& H) { count(), clean.hessian(x, H); }};
    CHECK_THROWS_WITH(minimize(f, kStart, optimizer), "call " + std::to_string(k));
    CHECK(minimize(clean, kStart, optimizer).x == whole.x);
  }
}

TEST_CASE("a rule that stops at the last point, and one that would stop a point later, change nothing else") {
  const AnyFunction f = bowl(VectorXd{{1, 4}});
  const auto whole = minimize(f, kStart, Newton{});
  for (const Index k : {whole.iterations, whole.iterations + 1}) {
    const auto r = minimize(
        f, kStart, Newton{}, StopWhen{} | [=](const Progress<VectorXd>& now) {
          return now.iteration == k ? std::optional(Status::stopped) : std::nullopt;
        });
    CHECK(r.x == whole.x);
    CHECK(r.value == whole.value);
    CHECK((r.converged() || r.status == Status::stopped));
  }
}

TEST_CASE("x0 may be the result, a block or a Map of what f itself reads, and is not written to") {
  MatrixXd data{{3, 1}, {-2, 4}};
  const MatrixXd before = data;
  const AnyFunction f{[&](const VectorXd& x) { return 0.5 * (x - data.col(1)).squaredNorm(); },
                      [&](const VectorXd& x, VectorXd& g) { g = x - data.col(1); }};
  const auto r = minimize(f, data.col(0), LimitedMemoryBfgs{});
  CHECK((r.x - before.col(1)).norm() < 1e-7);
  CHECK(data == before);
  const Eigen::Map<const VectorXd> map(data.data(), 2);
  CHECK((minimize(f, map, LimitedMemoryBfgs{}).x - r.x).norm() == 0);
  auto again = r;
  again = minimize(f, again.x, LimitedMemoryBfgs{});
  CHECK(again.x == r.x);
  CHECK(data == before);
}

TEST_CASE("an objective that writes the gradient in place over what it reads gets its own memory") {
  // g is never x: an objective may fill g before it has read all of x.
  const AnyFunction f{[](const VectorXd& x) { return 0.5 * x.squaredNorm(); },
                      [](const VectorXd& x, VectorXd& g) {
                        REQUIRE(g.data() != x.data());
                        g.setConstant(kNan);
                        for (Index i = 0; i < x.size(); ++i) g[i] = x[i];
                      }};
  with_each(f, kStart, {}, [](const auto& r) { CHECK(r.converged()); });
}

TEST_CASE("options at the edge of what is allowed are defined, and beyond it throw") {
  const AnyFunction f = bowl(VectorXd{{1, 4}});
  CHECK(minimize(f, kStart, GradientDescent{}, StopWhen{.max_iterations = std::numeric_limits<Index>::max()})
            .converged());
  CHECK(minimize(f, kStart, GradientDescent{}, StopWhen{.gradient_norm = kInfinity}).iterations == 0);
  const auto exact = minimize(f, kStart, Newton{}, StopWhen{.gradient_norm = 0});
  CHECK(exact.usable());
  CHECK(exact.gradient_norm == 0);
  CHECK(minimize(f, kStart, GradientDescent{FixedStep{1e300}}, StopWhen{.max_iterations = 5}).x.allFinite());
  const auto refused = [&](const StopWhen& stop, const char* name) {
    return rejects([&] { minimize(f, kStart, GradientDescent{}, stop); }, {name});
  };
  CHECK(refused({.gradient_norm = kNan}, "StopWhen.gradient_norm = nan"));
  CHECK(refused({.gradient_norm = -1e-9}, "StopWhen.gradient_norm = -1e-09"));
  CHECK(refused({.decrement = kNan}, "StopWhen.decrement = nan"));
  CHECK(refused({.value_change = -1}, "StopWhen.value_change = -1"));
  CHECK(refused({.step_norm = kNan}, "StopWhen.step_norm = nan"));
  CHECK(refused({.max_evaluations = 0}, "StopWhen.max_evaluations = 0"));
  CHECK(refused({.max_seconds = kNan}, "StopWhen.max_seconds = nan"));
}

TEST_CASE("scores that are zero, equal, one alone, none or NaN fail no assertion and raise no f") {
  const auto fit = [](const Scored& f) { return minimize(f, kStart, NaturalGradient{EmpiricalFisher{}}); };
  const auto zero = fit({[](Index, VectorXd& s) { s.setZero(); }});
  INFO(zero);
  CHECK(zero.value <= 6.5);
  CHECK(zero.x.allFinite());
  const auto equal = fit({[](Index, VectorXd& s) { s << 1, 1; }});
  CHECK(equal.value <= 6.5);
  const auto one = fit({[](Index, VectorXd& s) { s << 1, -2; }, 1});
  CHECK(one.value <= 6.5);
  const auto bad = fit({[](Index i, VectorXd& s) { s << 1, i == 1 ? kNan : 0; }});
  CHECK(bad.status == Status::metric_failed);
  CHECK(bad.x == kStart);
  const Scored none{[](Index, VectorXd& s) { s.setZero(); }, 0};
  try {
    CHECK(fit(none).value <= 6.5);
  } catch (const std::invalid_argument& error) {
    CHECK(std::string(error.what()).find("wanted") != std::string::npos);
  }
}
