// SPDX-License-Identifier: MIT
// What does one minimisation of a small function cost? Nanoseconds, heap allocations, evaluations, to ‖∇f‖∞ ≤ 1e-9.
//
// Bars: Rosenbrock by Newton in at most 350 ns and without an allocation. The limit beside it is Newton's method written by
// hand for this one function, in plain doubles.
#include "support/allocations.hpp"
#include "support/logistic_data.hpp"
#include "support/small_problems.hpp"
#include <natgrad/natgrad.hpp>

#include <benchmark/benchmark.h>

#include <cmath>
#include <string>

namespace {

constexpr double kTolerance = 1e-9;

template <class F, class V, class Optimizer>
void minimise(benchmark::State& state, const F& f, const V& start, const Optimizer& optimizer) {
  const natgrad::StopWhen stop{.gradient_norm = kTolerance};
  const auto result = natgrad::minimize(f, start, optimizer, stop);
  V x0 = start;
  for (auto _ : state) {
    benchmark::DoNotOptimize(x0.data());  // a start that the compiler does not know
    benchmark::ClobberMemory();
    auto again = natgrad::minimize(f, x0, optimizer, stop);
    benchmark::DoNotOptimize(again.x.data());
  }
  const long before = bench::allocation_count;
  natgrad::minimize(f, x0, optimizer, stop);
  state.counters["allocations"] = static_cast<double>(bench::allocation_count - before);
  state.counters["values"] = static_cast<double>(result.counts.values);
  state.counters["gradients"] = static_cast<double>(result.counts.gradients);
  state.counters["hessians"] = static_cast<double>(result.counts.hessians + result.counts.fishers);
  state.counters["gradient"] = static_cast<double>(result.gradient_norm);
  state.SetLabel(std::string(natgrad::to_string(result.status)));
}

template <class Problem>
void with_each_optimizer(const Problem& f) {
  const std::string name = Problem::name;
  const auto add = [&](const char* optimizer_name, auto optimizer) {
    benchmark::RegisterBenchmark(
        (name + '/' + optimizer_name).c_str(),
        [f, optimizer](benchmark::State& state) { minimise(state, f, Problem::start(), optimizer); });
  };
  add("Newton", natgrad::Newton{});
  add("Newton_TrustRegion", natgrad::Newton{natgrad::TrustRegion{}});
  add("Newton_Armijo", natgrad::Newton{natgrad::Armijo{}});
  add("LimitedMemoryBfgs", natgrad::LimitedMemoryBfgs{});
  add("GradientDescent", natgrad::GradientDescent{});
}

// ---- the limit: nothing but the arithmetic of this one function --------------------------------------------------------

/// Newton's method with halved steps on Rosenbrock's function; returns the number of iterations.
int rosenbrock_by_hand(double& x, double& y) {
  const auto value = [](double u, double v) {
    const double a = 1 - u, b = v - u * u;
    return a * a + 100 * b * b;
  };
  double f = value(x, y);
  for (int iteration = 0; iteration < 100; ++iteration) {
    const double b = y - x * x;
    const double gx = -2 * (1 - x) - 400 * x * b, gy = 200 * b;
    if (std::abs(gx) <= kTolerance && std::abs(gy) <= kTolerance) return iteration;
    const double hxx = 2 - 400 * (b - 2 * x * x), hxy = -400 * x, hyy = 200;
    const double determinant = hxx * hyy - hxy * hxy;
    double dx = -gx, dy = -gy;
    if (hxx > 0 && determinant > 0) {
      dx = (hxy * gy - hyy * gx) / determinant;
      dy = (hxy * gx - hxx * gy) / determinant;
    }
    const double slope = gx * dx + gy * dy;
    double alpha = 1, trial = value(x + dx, y + dy);
    while (!(trial <= f + 1e-4 * alpha * slope) && alpha > 1e-10) {
      alpha /= 2;
      trial = value(x + alpha * dx, y + alpha * dy);
    }
    x += alpha * dx, y += alpha * dy, f = trial;
  }
  return 100;
}

void by_hand(benchmark::State& state) {
  int iterations = 0;
  double point[2], *escaped = point;
  for (auto _ : state) {
    point[0] = -1.2, point[1] = 1;
    benchmark::DoNotOptimize(escaped);
    benchmark::ClobberMemory();
    iterations = rosenbrock_by_hand(point[0], point[1]);
    benchmark::ClobberMemory();
  }
  if (!(std::abs(point[0] - 1) < 1e-6)) state.SkipWithError("the loop by hand did not arrive");
  state.counters["allocations"] = 0;
  state.counters["hessians"] = iterations;
}

// ---- a logistic regression of two parameters ---------------------------------------------------------------------------

template <class Optimizer>
void logistic(benchmark::State& state, const Optimizer& optimizer) {
  const bench::LogisticData data =
      bench::logistic_data(state.range(0), state.range(1), bench::Conditioning::isotropic);
  const natgrad::LogisticRegression model{data.X, data.y, {.ridge = bench::kRidge}};
  minimise(state, model, model.start(), optimizer);
}

const bool registered = [] {
  benchmark::RegisterBenchmark("rosenbrock/by_hand_plain_double", by_hand);
  with_each_optimizer(bench::Rosenbrock{});
  with_each_optimizer(bench::Beale{});
  with_each_optimizer(bench::PowellSingular{});
  with_each_optimizer(bench::Wood{});
  const auto add = [](const char* name, auto optimizer) {
    benchmark::RegisterBenchmark(name, [optimizer](benchmark::State& state) {
      logistic(state, optimizer);
    })->Args({100, 2});
  };
  add("logistic/Newton", natgrad::Newton{});
  add("logistic/NaturalGradient", natgrad::NaturalGradient{});
  add("logistic/LimitedMemoryBfgs", natgrad::LimitedMemoryBfgs{});
  return true;
}();

}  // namespace
