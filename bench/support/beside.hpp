// SPDX-License-Identifier: MIT
#pragma once

/// A piece of work and its limit, in turns: what slows the machine down slows both, and the median of the ratios stands.

#include "support/limits.hpp"
#include "support/timing.hpp"

#include <benchmark/benchmark.h>

#include <vector>

namespace bench {

/// Alternates work with a read of the n doubles at `data`.
template <class Work>
void beside_read(benchmark::State& state, const double* data, Eigen::Index n, const Work& work) {
  std::vector<double> ratios, reads, all;
  for (auto _ : state) {
    reads.push_back(seconds_of([&] { read_once(data, n); }));
    all.push_back(seconds_of(work));
    state.SetIterationTime(all.back());
    ratios.push_back(all.back() / reads.back());
  }
  state.counters["median"] = median(all);
  state.counters["ratio"] = median(ratios);
  state.counters["GB/s_read"] = static_cast<double>(n) * 8e-9 / median(reads);
}

/// Alternates work with a burst of FMAs; flops: what is useful of the work.
template <class Work>
void beside_peak(benchmark::State& state, double flops, const Work& work) {
  std::vector<double> ratios, peaks, all;
  for (auto _ : state) {
    peaks.push_back(fma_rate());
    all.push_back(seconds_of(work));
    state.SetIterationTime(all.back());
    ratios.push_back(peaks.back() / (flops / all.back()));
  }
  state.counters["median"] = median(all);
  state.counters["ratio"] = median(ratios);
  state.counters["GFLOP/s"] = flops / median(all) * 1e-9;
  state.counters["GFLOP/s_peak"] = median(peaks) * 1e-9;
}

}  // namespace bench
