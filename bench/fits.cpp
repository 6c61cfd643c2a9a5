// SPDX-License-Identifier: MIT
// What does a logistic regression cost, from zero to ‖∇f‖∞ ≤ 1e-8 with ridge 1e-3, and how does that grow?
//
// fit:    five shapes, isotropic and ill-conditioned, by each optimizer. A fit that is not there after ten seconds is stopped,
//         and says so. `passes` is how often the data were read: values and gradients come together, a Fisher matrix apart.
// growth: n from 10³ to 10⁷ at d = 20, and d from 10 to 3000 at n = 10⁴; bench/report.py prints the slopes on log axes.
#include "support/logistic_data.hpp"
#include "support/quick.hpp"
#include "support/timing.hpp"
#include <natgrad/natgrad.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace {

using bench::Conditioning;
using Eigen::Index;

constexpr double kSecondsAllowed = 10, kSecondsOfGrowth = 100;

/// The model refers to the data, so that 1.6 GB are not kept twice.
template <class Optimizer>
void fit(benchmark::State& state, Index n, Index d, Conditioning conditioning, const Optimizer& optimizer,
         double allowed = kSecondsAllowed) {
  const bench::LogisticData& data = bench::kept_logistic_data(n, d, conditioning);
  const natgrad::LogisticRegression model{data.X, data.y, {.ridge = bench::kRidge}};
  const natgrad::StopWhen stop{.gradient_norm = 1e-8, .max_seconds = allowed};
  natgrad::Result<Eigen::VectorXd> result;
  std::vector<double> seconds;
  for (auto _ : state) {
    seconds.push_back(
        bench::seconds_of([&] { result = natgrad::minimize(model, model.start(), optimizer, stop); }));
    state.SetIterationTime(seconds.back());
  }
  state.counters["median"] = bench::median(seconds);
  state.counters["passes"] = static_cast<double>(std::max(result.counts.values, result.counts.gradients)
                                                 + result.counts.hessians + result.counts.fishers);
  state.counters["iterations_of_fit"] = static_cast<double>(result.iterations);
  state.counters["gradient"] = result.gradient_norm;
  state.SetLabel(std::string(natgrad::to_string(result.status)));
}

template <class Add>
void for_each_optimizer(const Add& add) {
  add("GradientDescent", natgrad::GradientDescent{});
  add("LimitedMemoryBfgs", natgrad::LimitedMemoryBfgs{});
  add("Newton", natgrad::Newton{});
  add("NaturalGradient", natgrad::NaturalGradient{});
  add("NaturalGradient_SampledFisher", natgrad::NaturalGradient{natgrad::SampledFisher{}});
}

benchmark::internal::Benchmark* configured(benchmark::internal::Benchmark* b) {
  return b->UseManualTime()->Unit(benchmark::kMillisecond)->MinTime(bench::quick() ? 1e-9 : 0.3);
}

void register_fits() {
  std::vector<std::pair<Index, Index>> shapes{{1000, 5}, {10'000, 100}};
  if (!bench::quick()) shapes.insert(shapes.end(), {{100'000, 100}, {10'000, 1000}, {1'000'000, 20}});
  for (const auto [n, d] : shapes)
    for (const Conditioning conditioning : {Conditioning::isotropic, Conditioning::ill})
      for_each_optimizer([n = n, d = d, conditioning](const std::string& name, auto optimizer) {
        if (bench::quick() && conditioning == Conditioning::ill && name == "GradientDescent") return;
        configured(benchmark::RegisterBenchmark(
            ("fit/" + std::to_string(n) + "x" + std::to_string(d) + "/" + to_string(conditioning) + "/"
             + name)
                .c_str(),
            [=](benchmark::State& state) { fit(state, n, d, conditioning, optimizer); }));
      });
}

void register_growth() {
  const auto grow = [](const std::string& by, Index n, Index d) {
    for_each_optimizer([=](const std::string& name, auto optimizer) {
      if (name == "GradientDescent" || name == "Newton") return;  // Newton is NaturalGradient on this model
      const Index size = by == "n" ? n : d;
      configured(benchmark::RegisterBenchmark(
          ("growth_" + by + "/" + name + "/" + std::to_string(size)).c_str(), [=](benchmark::State& state) {
            fit(state, n, d, Conditioning::isotropic, optimizer, kSecondsOfGrowth);
          }));
    });
  };
  for (Index n = 1000; n <= (bench::quick() ? 10'000 : 10'000'000); n *= 10) grow("n", n, 20);
  for (const Index d : {10, 30, 100, 300, 1000, 3000})
    if (!bench::quick() || d <= 30) grow("d", 10'000, d);
}

const bool registered = [] {
  register_fits();
  register_growth();
  return true;
}();

}  // namespace
